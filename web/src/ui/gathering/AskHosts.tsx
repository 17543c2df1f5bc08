/** What only hosts do, and table hosts and harvesters ask them for; and what one has asked for and can take back. */

import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { label } from '../../model/outline.ts';
import { Reasoned } from './Reasoned.tsx';
import { spanWords, whatWords } from './requestWords.ts';
import { Part, type TableProps } from './TableDialog.tsx';

const MORE_S = [60, 120, 300] as const;

export function AskHosts(props: TableProps) {
  const { attendance } = props;
  const isTableHost = attendance.person.value.role === 'table';
  const sits = attendance.person.value.table !== null;
  return (
    <>
      {isTableHost ? <AskTime {...props} /> : null}
      {isTableHost && sits ? <AskMove {...props} /> : null}
      <AskAside {...props} />
      <Asked {...props} />
    </>
  );
}

const TOLD = 'Hosts are asked.';

function AskTime({ attendance, services }: TableProps) {
  const { timer } = attendance.gathering.value.show;
  const stopped = timer !== null && timer.ends === null;
  const none = attendance.phase.value === null ? 'No step goes on just now.' : null;
  return (
    <Part title="Ask hosts for time">
      <div class="row">
        {MORE_S.map((seconds) => (
          <Reasoned
            key={seconds}
            label={`${spanWords(seconds)} more`}
            reason={none}
            run={() => void attendance.ask(services, 'request.time', { seconds }, TOLD)}
          />
        ))}
        <Reasoned
          label={stopped ? 'Let the clock run on' : 'Stop the clock'}
          reason={none}
          run={() => void attendance.ask(services, 'request.stop', { stopped: !stopped }, TOLD)}
        />
      </div>
    </Part>
  );
}

/** Somebody of one's own table to another one, or from there to one's own. */
function AskMove({ attendance, services }: TableProps) {
  const id = useId();
  const { people } = attendance.gathering.value;
  const own = attendance.person.value.table;
  const me = attendance.room.me.value?.seat;
  const who = useSignal('');
  const to = useSignal('');
  const others = [...people.tables].filter(([key]) => key !== own);
  const here = new Map(attendance.room.people.value.map(({ seat, role }) => [seat, role]));
  // Of those who simply take part the gathering tells no role: they are here, or have a place at a table.
  const seats = [...new Set([...here.keys(), ...people.roles.keys(), ...people.at.keys()])].filter((seat) => {
    const role = people.roles.get(seat) ?? here.get(seat);
    return seat !== me && role !== 'display' && role !== 'observer';
  });
  if (others.length === 0) return null;
  const leaves = people.at.get(who.value) === own;
  const table = leaves ? to.value : own;
  const why =
    who.value === '' ? 'Choose a person first.' : leaves && to.value === '' ? 'Choose a table for them first.' : null;
  return (
    <Part title="Ask hosts to move somebody">
      <div class="row move">
        <label class="field" for={`${id}-who`}>
          <span>Who</span>
          <select
            id={`${id}-who`}
            class="input"
            value={who.value}
            onChange={(event) => {
              who.value = event.currentTarget.value;
            }}
          >
            <option value="">Choose</option>
            {seats.map((seat) => (
              <option key={seat} value={seat}>
                {attendance.nameOf(seat)}
              </option>
            ))}
          </select>
        </label>
        {leaves ? (
          <label class="field" for={`${id}-to`}>
            <span>To</span>
            <select
              id={`${id}-to`}
              class="input"
              value={to.value}
              onChange={(event) => {
                to.value = event.currentTarget.value;
              }}
            >
              <option value="">Choose</option>
              {others.map(([key, title]) => (
                <option key={key} value={key}>
                  {title}
                </option>
              ))}
            </select>
          </label>
        ) : null}
        <Reasoned
          label={leaves || who.value === '' ? 'Ask to move them' : 'Ask for them to come to us'}
          reason={why}
          run={() => {
            void attendance.ask(services, 'request.move', { seat: who.value, table }, TOLD).then((done) => {
              if (done) who.value = '';
            });
          }}
        />
      </div>
    </Part>
  );
}

/** The note that is selected, or one that was set aside. */
function AskAside({ attendance, editor, services }: TableProps) {
  const id = useId();
  const { moderating, show } = attendance.gathering.value;
  const reason = useSignal('');
  const board = attendance.room.board.value;
  board.version.value;
  const [chosen, ...more] = editor.selection.value;
  const element = chosen === undefined || more.length > 0 ? undefined : board.get(chosen);
  const isNote = element !== undefined && element.kind !== 'frame' && element.kind !== 'conn';
  const begun = show.stage === 'live' || show.stage === 'closed';
  const unsaid =
    reason.value.trim() === '' ? 'Say why first. Hosts read it, and everybody once it is set aside.' : null;
  const why = begun ? null : 'You can ask this once the gathering has begun.';
  const ask = (command: string, about: string): void => {
    void attendance.ask(services, command, { element: about, reason: reason.value.trim() }, TOLD).then((done) => {
      if (done) reason.value = '';
    });
  };
  return (
    <Part title="Ask hosts to set a note aside">
      {isNote ? (
        <blockquote class="chosen" dir="auto">
          {label(element)}
        </blockquote>
      ) : (
        <p class="soft">Select one note on the board or in the outline first.</p>
      )}
      {isNote || moderating.aside.length > 0 ? (
        <label class="field" for={`${id}-reason`}>
          <span>Why</span>
          <input
            id={`${id}-reason`}
            class="input"
            dir="auto"
            maxLength={200}
            value={reason.value}
            onInput={(event) => {
              reason.value = event.currentTarget.value;
            }}
          />
        </label>
      ) : null}
      {isNote ? (
        <div class="row">
          <Reasoned label="Ask to set it aside" reason={why ?? unsaid} run={() => ask('request.aside', element.id)} />
        </div>
      ) : null}
      {moderating.aside.length === 0 ? null : (
        <ul class="asides">
          {moderating.aside.map((aside) => (
            <li key={aside.element}>
              <span dir="auto">
                Set aside from {show.regions.find(({ key }) => key === aside.region)?.title ?? 'the board'}:{' '}
                {aside.reason}
              </span>
              <Reasoned
                label="Ask to bring it back"
                reason={unsaid}
                run={() => ask('request.restore', aside.element)}
              />
            </li>
          ))}
        </ul>
      )}
    </Part>
  );
}

function Asked({ attendance, services }: TableProps) {
  const { requests } = attendance.own.value;
  if (requests.length === 0) return null;
  return (
    <Part title="You have asked hosts">
      <ul class="asides">
        {requests.map((request) => (
          <li key={request.request}>
            <span dir="auto">{whatWords(attendance, request)}</span>
            <Reasoned
              label="Take it back"
              reason={null}
              run={() =>
                void attendance.ask(services, 'request.drop', { request: request.request }, 'You no longer ask for it.')
              }
            />
          </li>
        ))}
      </ul>
    </Part>
  );
}
