/** Sitting in with a table: whoever of the host team wishes to see what a table shares is announced there first. */

import '../styles/console.css';
import { Dialog } from '../Dialog.tsx';
import type { Services } from '../services.ts';
import type { Attendance } from './attendance.ts';

interface Props {
  readonly attendance: Attendance;
  readonly services: Services;
}

export function SitIn({ attendance, services }: Props) {
  const { people, visits, show } = attendance.gathering.value;
  const me = attendance.room.me.value?.seat;
  const visit = visits.find(({ seat }) => seat === me) ?? null;
  const notes = attendance.own.value.sealing.notes.filter(({ table }) => table !== null && table === visit?.table);
  const closed = show.stage === 'live' ? null : 'This opens when the gathering goes on.';
  return (
    <>
      <ul>
        {[...people.tables].map(([key, title]) => {
          const sits = visit?.table === key;
          const others = [...people.at.values()].filter((table) => table === key).length;
          return (
            <li key={key} class="ask-item">
              <span dir="auto">
                {title} <small>{others === 1 ? 'One person' : `${others} people`}</small>
              </span>
              {closed !== null && !sits ? null : (
                <button
                  type="button"
                  class="btn"
                  aria-pressed={sits}
                  onClick={() =>
                    sits
                      ? void attendance.ask(services, 'visit.end', {}, `You have left ${title}.`)
                      : void attendance.ask(services, 'visit.begin', { table: key }, `${title} is told that you come.`)
                  }
                >
                  {sits ? 'Leave' : 'Sit in'}
                  <span class="sr"> {sits ? title : `with ${title}`}</span>
                </button>
              )}
            </li>
          );
        })}
      </ul>
      {closed === null ? null : <p class="soft console-line">{closed}</p>}
      {visit === null ? null : (
        <p class="soft console-line">
          {visit.here
            ? `You sit in with ${people.tables.get(visit.table) ?? 'a table'}. Everybody there knows.`
            : 'They are told now. You see what they share in a few seconds.'}
        </p>
      )}
      {visit?.here !== true ? null : notes.length === 0 ? (
        <p class="soft console-line">They have shared nothing yet.</p>
      ) : (
        <ul aria-label={`What ${people.tables.get(visit.table) ?? 'the table'} shares`}>
          {notes.map(({ note, text }) => (
            <li key={note} class="chosen" dir="auto">
              {text}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** For harvesters, who have no console. */
export function SitInDialog({ attendance, services, close }: Props & { readonly close: () => void }) {
  return (
    <Dialog
      title="Sit in with a table"
      lead="The table is told before you see what it shares among itself, and when you leave."
      close={close}
    >
      <SitIn attendance={attendance} services={services} />
    </Dialog>
  );
}
