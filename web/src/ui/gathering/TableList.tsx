/** The tables, as hosts run them: whether people choose, and for each its people, its time, and a call. */

import { useSignal } from '@preact/signals';
import { clockText } from '../../model/agenda.ts';
import type { HostProps } from './Console.tsx';
import { Reasoned } from './Reasoned.tsx';
import { Devices } from './TableDialog.tsx';

const TIME_S = 300;

export function TableList({ attendance, services }: HostProps) {
  const sharing = useSignal(false);
  const { people, tables } = attendance.gathering.value;
  if (people.tables.size === 0) return null;
  const none = attendance.phase.value === null ? 'No step goes on just now.' : null;
  return (
    <>
      <label class="switch">
        <span>
          Let people choose their table
          <small>Not while each table writes for itself.</small>
        </span>
        <input
          type="checkbox"
          role="switch"
          aria-checked={tables.choosing}
          checked={tables.choosing}
          onChange={() => void attendance.ask(services, 'table.choosing', { on: !tables.choosing })}
        />
      </label>
      <ul>
        {[...people.tables].map(([key, title]) => {
          const count = [...people.at.values()].filter((at) => at === key).length;
          const timer = tables.timers.get(key);
          const set = (seconds: number, said: string): void => {
            void attendance.ask(services, 'table.timer', { table: key, seconds }, said);
          };
          return (
            <li key={key} class="ask-item">
              <span>
                <span dir="auto">{title}</span>
                <small class="num">{count === 1 ? '1 person' : `${count} people`}</small>
              </span>
              <span class="answers">
                {timer === undefined ? (
                  <Reasoned
                    label={`5 min for ${title}`}
                    reason={none}
                    run={() => set(TIME_S, `5 minutes for ${title}.`)}
                  />
                ) : (
                  <>
                    <b class="num">{clockText(Math.max(0, timer.ends - attendance.now.value))}</b>
                    <Reasoned
                      label={`End the time of ${title}`}
                      icon="close"
                      reason={null}
                      run={() => set(0, `${title} has no time of its own any more.`)}
                    />
                  </>
                )}
              </span>
            </li>
          );
        })}
      </ul>
      <p class="row">
        <Reasoned
          label="A device that a table shares"
          reason={null}
          run={() => {
            sharing.value = true;
          }}
        />
      </p>
      {sharing.value ? (
        <Devices.Part
          attendance={attendance}
          services={services}
          close={() => {
            sharing.value = false;
          }}
          missed={() => {
            sharing.value = false;
          }}
        />
      ) : null}
    </>
  );
}
