/** How the group stands, and the buttons that are always there: bring people here, lock a region, the room display. */

import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { isSealed, pollNow, progressWords } from '../../model/agenda.ts';
import { visibleRect } from '../../model/camera.ts';
import { Icon } from '../icons.tsx';
import { present } from '../People.tsx';
import { leavePopover } from '../popover.ts';
import type { Services } from '../services.ts';
import type { Attendance } from './attendance.ts';
import type { HostProps } from './Console.tsx';
import { PutBackDialog } from './PutBackDialog.tsx';
import { Reasoned } from './Reasoned.tsx';
import { RoomDisplayDialog } from './RoomDisplayDialog.tsx';

const HOLD_S = 60;

export function Steady(props: HostProps) {
  const showsDisplay = useSignal(false);
  const putsBack = useSignal(false);
  return (
    <section aria-label="The group">
      <Progress {...props} />
      <div class="grid2">
        <BringHere {...props} />
        <LockRegion {...props} />
        <RingBell {...props} />
        <HideCursors {...props} />
        <button
          type="button"
          class="btn"
          aria-haspopup="dialog"
          onClick={() => {
            putsBack.value = true;
          }}
        >
          <Icon name="undo" small />
          Put back…
        </button>
        <button
          type="button"
          class="btn"
          aria-haspopup="dialog"
          onClick={() => {
            showsDisplay.value = true;
          }}
        >
          <Icon name="screen" small />
          Room display
        </button>
      </div>
      {putsBack.value ? (
        <PutBackDialog
          {...props}
          close={() => {
            putsBack.value = false;
          }}
        />
      ) : null}
      {showsDisplay.value ? (
        <RoomDisplayDialog
          {...props}
          close={() => {
            showsDisplay.value = false;
          }}
        />
      ) : null}
    </section>
  );
}

/** For everybody to see, and to hear who wishes to. */
export function ringBell(attendance: Attendance, services: Services): void {
  // Whoever rings is told by the bell itself.
  void attendance.ask(services, 'mod.bell');
}

function RingBell({ attendance, services }: HostProps) {
  const { stage } = attendance.gathering.value.show;
  return (
    <Reasoned
      label="Ring the bell"
      sign="bell"
      keys="Alt+B"
      reason={stage === 'closed' ? 'The gathering has ended.' : null}
      run={() => ringBell(attendance, services)}
    />
  );
}

function HideCursors({ attendance, services }: HostProps) {
  const { show, moderating } = attendance.gathering.value;
  const hidden = !moderating.cursors;
  return (
    <Reasoned
      label="Hide all cursors"
      pressed={hidden}
      reason={show.stage === 'live' ? null : 'This is for when the gathering goes on.'}
      run={() => void attendance.ask(services, 'mod.cursors', { hidden: !hidden })}
    />
  );
}

/** One figure, of what matters now: who has written, who has voted, or else who is here. */
function Progress({ attendance }: HostProps) {
  const gathering = attendance.gathering.value;
  const phase = attendance.phase.value;
  const poll = pollNow(gathering);
  if (poll?.open === true) {
    return (
      <Meter title="Voted" words={`${poll.turnout} of ${poll.of}`} share={poll.of === 0 ? 0 : poll.turnout / poll.of} />
    );
  }
  if (phase !== null && isSealed(phase) && !phase.revealed) {
    const { progress } = gathering.sealing;
    const words = progressWords(progress);
    return words === null ? (
      <p class="soft console-line">How many have written is not told in a small group.</p>
    ) : (
      <Meter title="Written" words={words} share={(progress ?? 0) / 100} />
    );
  }
  const here = present(attendance.room.people.value).filter(({ role }) => role !== 'display').length;
  const seats = Math.max(here, gathering.people.seats);
  return <Meter title="Here" words={`${here} of ${seats} seats`} share={seats === 0 ? 0 : here / seats} />;
}

function Meter({ title, words, share }: { readonly title: string; readonly words: string; readonly share: number }) {
  return (
    <>
      <h3>
        {title}
        <span class="r num">{words}</span>
      </h3>
      <div class="meter" aria-hidden="true">
        <i style={{ width: `${Math.round(100 * share)}%` }} />
      </div>
    </>
  );
}

function BringHere({ attendance, editor, services }: HostProps) {
  const id = useId();
  const { summon } = attendance.gathering.value.moderating;
  const bring = (hold: number): void => {
    leavePopover(id);
    const { x, y, w, h } = visibleRect(editor.camera.peek(), editor.viewport.peek());
    const view = [x, y, w, h].map(Math.round);
    const said = hold === 0 ? 'Everybody is asked to come here.' : 'Everybody sees what you see, for a minute.';
    void attendance.ask(services, 'mod.summon', { view, hold }, said);
  };
  const goesOn = summon !== null && (summon.until === null || summon.until > attendance.now.value);
  return (
    <span class="host-place">
      <button type="button" class="btn" popovertarget={id}>
        <Icon name="people" small />
        Bring people here
      </button>
      <div id={id} class="pop host-pop" popover="auto">
        <button type="button" class="btn bare" onClick={() => bring(0)}>
          Ask them to come
        </button>
        <button type="button" class="btn bare" onClick={() => bring(HOLD_S)}>
          Hold their view for a minute
        </button>
        {goesOn ? (
          <button
            type="button"
            class="btn bare"
            onClick={() => {
              leavePopover(id);
              void attendance.ask(services, 'mod.release', {}, 'Everybody looks where they like again.');
            }}
          >
            Let them go
          </button>
        ) : null}
      </div>
    </span>
  );
}

function LockRegion({ attendance, services }: HostProps) {
  const id = useId();
  const { show, moderating } = attendance.gathering.value;
  const count = moderating.locked.length;
  return (
    <span class="host-place">
      <button type="button" class="btn" popovertarget={id}>
        <Icon name="lock" small />
        Lock a region
        {count === 0 ? null : <span class="num">({count})</span>}
      </button>
      <div id={id} class="pop host-pop" popover="auto" role="dialog" aria-label="Regions to lock">
        {show.regions.map(({ key, title }) => {
          const locked = moderating.locked.includes(key);
          return (
            <button
              key={key}
              type="button"
              class="btn bare"
              aria-pressed={locked}
              onClick={() =>
                void attendance.ask(
                  services,
                  'mod.lock',
                  { region: key, locked: !locked },
                  locked ? `${title} is open again.` : `${title} is locked.`,
                )
              }
            >
              <Icon name="lock" small />
              <span dir="auto">{title}</span>
              {locked ? <small>locked</small> : null}
            </button>
          );
        })}
        {show.regions.length === 0 ? <p class="soft">This run of show has no regions.</p> : null}
      </div>
    </span>
  );
}
