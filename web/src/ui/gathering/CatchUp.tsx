/** Somebody comes while it goes on: where we are, and five lines to catch up with. */

import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { stepOf, takesPart } from '../../model/agenda.ts';
import { Dialog } from '../Dialog.tsx';
import type { Editor } from '../editor.ts';
import type { Services } from '../services.ts';
import type { Attendance } from './attendance.ts';
import { catchUp, type Line } from './fiveLines.ts';

const OFFERED_MS = 20_000;

interface Props {
  readonly attendance: Attendance;
  readonly editor: Editor;
  readonly services: Services;
}

/** Offers it once, to whoever has just come to a gathering that is past its beginning. */
export function CatchUp({ attendance, editor, services }: Props) {
  const lines = useSignal<readonly Line[] | null>(null);
  /** The message that offers it; `null` before it was decided, and none once the person has answered. */
  const offer = useRef<'none' | number | null>(null);
  const { toaster, announcer } = services;
  const { show } = attendance.gathering.value;

  // The step it tells of is the one that goes on.
  useEffect(() => {
    if (show.stage === 'none' || offer.current === 'none') return;
    const answered = offer.current !== null && !toaster.list.peek().some(({ key }) => key === offer.current);
    if (answered || (offer.current === null && !isLate(attendance))) {
      offer.current = 'none';
      return;
    }
    if (offer.current !== null) toaster.close(offer.current);
    else announcer.say('You can catch up in five lines.');
    const shown = toaster.show({
      text: whereWords(attendance),
      action: {
        label: 'Catch up in five lines',
        run: () => {
          const gathering = attendance.gathering.peek();
          lines.value = catchUp(gathering, editor.board, attendance.person.peek(), attendance.room.serverTime());
        },
      },
    });
    offer.current = shown;
    // It lies over the foot of what is asked, and whoever has begun there needs it no more.
    const timer = setTimeout(() => toaster.close(shown), OFFERED_MS);
    return () => clearTimeout(timer);
  }, [show.stage, show.at]);

  if (lines.value === null) return null;
  return (
    <Dialog
      title="Where we are, in five lines"
      close={() => {
        lines.value = null;
      }}
    >
      <dl class="catch-up">
        {lines.value.map(({ about, words }) => (
          <div key={about}>
            <dt>{about}</dt>
            <dd dir="auto">{words}</dd>
          </div>
        ))}
      </dl>
      <p class="row">
        <button
          type="button"
          class="btn main"
          onClick={() => {
            lines.value = null;
          }}
        >
          Start now
        </button>
      </p>
    </Dialog>
  );
}

/** Whether there is something to catch up with: a step was over when one came, and one takes part without running it. */
function isLate(attendance: Attendance): boolean {
  const { show } = attendance.gathering.peek();
  const { room } = attendance;
  const came = room.serverTime() - (Date.now() - room.came);
  const begun = show.stage === 'live' && show.phases.some(({ left }) => left !== null && left < came);
  return begun && !attendance.hosting.peek() && takesPart(attendance.person.peek());
}

function whereWords(attendance: Attendance): string {
  const step = stepOf(attendance.gathering.peek());
  const title = attendance.phase.peek()?.title;
  return step === null || title === undefined
    ? 'We are between two steps.'
    : `We are at step ${step.n} of ${step.m}: ${title}`;
}
