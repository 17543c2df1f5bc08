/** Having finished what a step asks: said and taken back by oneself, and seen by all as one figure without names. */

import { takesPart } from '../../model/agenda.ts';
import type { Finishing } from '../../model/gathering/finishing.ts';
import { Icon } from '../icons.tsx';
import type { Services } from '../services.ts';
import type { Attendance } from './attendance.ts';

interface Props {
  readonly attendance: Attendance;
  readonly services: Services;
}

/** How many have finished; `null` where it is not told, or nobody has been asked to do anything. */
export function finishedWords({ share, count, of }: Finishing): string | null {
  if (count !== null && of !== null) {
    if (of === 0) return null;
    return count === of ? 'Everyone has finished' : `${count} of ${of} have finished`;
  }
  if (share === null) return null;
  if (share >= 100) return 'Everyone has finished';
  if (share >= 75) return 'Most of the group have finished';
  if (share >= 50) return 'About half the group have finished';
  return share >= 25 ? 'Some of the group have finished' : 'Few have finished yet';
}

/** Whether the step asks this person for something that they can finish. */
function isAsked({ person, phase }: Attendance): boolean {
  const { role } = person.value;
  return phase.value !== null && takesPart(person.value) && (role === 'participant' || role === 'table');
}

export function FinishedButton({ attendance, services, icon = false }: Props & { readonly icon?: boolean }) {
  const phase = attendance.phase.value;
  if (phase === null || !isAsked(attendance)) return null;
  const { finished } = attendance.own.value;
  const said = finished
    ? 'You have not finished yet.'
    : 'You have finished. Everybody sees how many have, and nobody sees who.';
  return (
    <button
      type="button"
      class={icon ? 'btn ico finished' : 'btn big finished'}
      aria-pressed={finished}
      aria-label={icon ? 'I have finished' : undefined}
      title={icon ? 'I have finished' : undefined}
      onClick={() => void attendance.ask(services, 'step.finished', { phase: phase.key, finished: !finished }, said)}
    >
      <Icon name="check" />
      {icon ? null : 'I have finished'}
    </button>
  );
}

/** Below what is asked: how the group knows that the step is done, the button, and how many have. */
export function FinishedPart({ attendance, services }: Props) {
  const phase = attendance.phase.value;
  if (phase === null || !isAsked(attendance)) return null;
  const words = finishedWords(attendance.gathering.value.finishing);
  return (
    <div class="finished-part">
      <FinishedButton attendance={attendance} services={services} />
      <p>
        {phase.check === '' ? null : (
          <>
            <b>We are done when:</b> <span dir="auto">{phase.check}</span>{' '}
          </>
        )}
        {words === null ? null : <span class="num">{words}.</span>}
      </p>
    </div>
  );
}
