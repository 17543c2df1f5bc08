/** The people of the gathering: what they are, where they sit, and what a host may do about it. */

import { useSignal } from '@preact/signals';
import { isHosting, type Role } from '../../sync/state.ts';
import { Dialog } from '../Dialog.tsx';
import { roleWord } from '../names.ts';
import type { HostProps } from './Console.tsx';
import { Reasoned } from './Reasoned.tsx';
import { MOST_TABLES, type Seating, seatedAt, spread } from './seating.ts';
import { TableList } from './TableList.tsx';

const GIVEN: readonly { readonly role: Role; readonly label: string }[] = [
  { role: 'cohost', label: 'Co-host' },
  { role: 'harvester', label: 'Harvester' },
  { role: 'participant', label: 'Participant' },
  { role: 'observer', label: 'Observer' },
];

interface Seat {
  readonly seat: string;
  readonly name: string;
  readonly role: Role;
  readonly here: boolean;
}

export function PeopleHere(props: HostProps) {
  const { attendance, services } = props;
  const { people, devices } = attendance.gathering.value;
  const opened = useSignal<string | null>(null);
  const removing = useSignal<Seat | null>(null);
  const here = new Map(attendance.room.people.value.map(({ seat, role }) => [seat, role]));
  // Between their turns they sit at a device that is here.
  const shared = new Set([...devices].flatMap(([device, { seats }]) => (here.has(device) ? [...seats.keys()] : [])));
  // Of those who simply take part the gathering tells no role: they are here, or have a place at a table.
  const known = new Set(
    [...here.keys(), ...people.roles.keys(), ...people.at.keys()].filter((seat) => !devices.has(seat)),
  );
  const seats = [...known]
    .map((seat): Seat => {
      const role = people.roles.get(seat) ?? here.get(seat) ?? 'participant';
      return { seat, name: attendance.nameOf(seat), role, here: here.has(seat) || shared.has(seat) };
    })
    .filter(({ role }) => role !== 'display')
    .sort((a, b) => Number(b.here) - Number(a.here) || a.name.localeCompare(b.name));
  const { consented } = people;

  return (
    <details>
      <summary>
        <h3>
          People
          <span class="r num">{seats.length === 1 ? '1 person' : `${seats.length} people`}</span>
        </h3>
      </summary>
      {consented === null ? null : (
        <p class="soft">
          Words may be kept: {consented.yes} yes, {consented.no} no, {consented.open} have not said.
        </p>
      )}
      <label class="switch">
        <span>
          Let newcomers wait
          <small>Who comes from now on waits until you let them in.</small>
        </span>
        <input
          type="checkbox"
          role="switch"
          aria-checked={people.lobby}
          checked={people.lobby}
          onChange={() => void attendance.ask(services, 'people.lobby', { on: !people.lobby })}
        />
      </label>
      <Tables {...props} seats={seats} />
      <TableList {...props} />
      <ul class="seats">
        {seats.map((person) => (
          <li key={person.seat}>
            <button
              type="button"
              class="step"
              aria-expanded={opened.value === person.seat}
              onClick={() => {
                opened.value = opened.value === person.seat ? null : person.seat;
              }}
            >
              <span class={person.here ? 'st here' : 'st'} aria-hidden="true" />
              <span class="step-title">
                <bdi>{person.name}</bdi>
                <span class="sr">{person.here ? ', here' : ', away'}</span>
              </span>
              <span class="m">
                {people.lead === person.seat ? 'Leads' : roleWord(person.role)}
                {tableOf(people, person.seat)}
              </span>
            </button>
            {opened.value === person.seat ? (
              <SeatActions
                {...props}
                person={person}
                remove={() => {
                  removing.value = person;
                }}
              />
            ) : null}
          </li>
        ))}
      </ul>
      {removing.value === null ? null : (
        <RemoveDialog
          {...props}
          person={removing.value}
          close={() => {
            removing.value = null;
          }}
        />
      )}
    </details>
  );
}

function tableOf(
  people: { readonly tables: ReadonlyMap<string, string>; readonly at: ReadonlyMap<string, string> },
  seat: string,
): string {
  const title = people.tables.get(people.at.get(seat) ?? '');
  return title === undefined ? '' : `, ${title}`;
}

function sat(seating: Seating): { readonly tables: Seating['tables']; readonly seats: Seating['seats'] } {
  return { tables: seating.tables, seats: seating.seats };
}

function Tables({ attendance, services, seats }: HostProps & { readonly seats: readonly Seat[] }) {
  const { people } = attendance.gathering.value;
  const count = people.tables.size;
  const sitting = seats.filter(({ role }) => !isHosting(role) && role !== 'observer').map(({ seat }) => seat);
  const set = (next: number): void => {
    const said = next === 0 ? 'There are no tables.' : next === 1 ? 'There is one table.' : `${next} tables.`;
    void attendance.ask(services, 'people.tables', sat(spread(sitting, next, people.tables, people.at)), said);
  };
  return (
    <div class="console-row">
      <span>Tables</span>
      <fieldset class="stepper" aria-label="Tables">
        <Reasoned
          label="A table less"
          icon="minus"
          reason={count === 0 ? 'There are no tables.' : null}
          run={() => set(count - 1)}
        />
        <b class="num">{count === 0 ? 'none' : count === 1 ? '1 table' : `${count} tables`}</b>
        <Reasoned
          label="A table more"
          icon="plus"
          reason={count >= MOST_TABLES ? 'There are as many tables as there can be.' : null}
          run={() => set(count + 1)}
        />
      </fieldset>
    </div>
  );
}

interface SeatProps extends HostProps {
  readonly person: Seat;
  readonly remove: () => void;
}

function SeatActions({ attendance, services, person, remove }: SeatProps) {
  const { people } = attendance.gathering.value;
  const { seat, name, role } = person;
  const self = attendance.room.me.value?.seat === seat;
  return (
    <fieldset class="step-actions" aria-label={`What can be done about ${name}`}>
      {role === 'host' || role === 'table' ? null : (
        <label class="console-row">
          <span>Takes part as</span>
          <select
            class="input"
            value={role}
            onChange={(event) =>
              void attendance.ask(
                services,
                'people.promote',
                { seat, role: event.currentTarget.value },
                `${name} has another role now.`,
              )
            }
          >
            {GIVEN.map((given) => (
              <option key={given.role} value={given.role}>
                {given.label}
              </option>
            ))}
          </select>
        </label>
      )}
      {people.tables.size === 0 ? null : (
        <label class="console-row">
          <span>Sits at</span>
          <select
            class="input"
            value={people.at.get(seat) ?? ''}
            onChange={(event) => {
              const table = event.currentTarget.value === '' ? null : event.currentTarget.value;
              void attendance.ask(services, 'people.tables', sat(seatedAt(seat, table, people.tables, people.at)));
            }}
          >
            <option value="">No table</option>
            {[...people.tables].map(([key, title]) => (
              <option key={key} value={key}>
                {title}
              </option>
            ))}
          </select>
        </label>
      )}
      <Reasoned
        label={`Let ${self ? 'me' : name} lead`}
        reason={
          people.lead === seat
            ? 'Leads already.'
            : isHosting(role)
              ? null
              : 'Only hosts lead. Make them a co-host first.'
        }
        run={() => void attendance.ask(services, 'people.lead', { seat }, `${name} leads now.`)}
      />
      <Reasoned
        label="Remove…"
        reason={self ? 'This is you.' : people.lead === seat ? 'Somebody else has to lead first.' : null}
        run={remove}
      />
    </fieldset>
  );
}

interface RemoveProps extends HostProps {
  readonly person: Seat;
  readonly close: () => void;
}

function RemoveDialog({ attendance, services, person, close }: RemoveProps) {
  return (
    <Dialog
      title={`End the seat of ${person.name}`}
      lead="They are told, and what they wrote stays unless they withdraw it. The link they came by lets nobody new in any more."
      close={close}
    >
      <p class="row">
        <button
          type="button"
          class="btn stop"
          onClick={() => {
            close();
            const said = `The seat of ${person.name} has ended. Invite others by a new link.`;
            void attendance.ask(services, 'people.remove', { seat: person.seat }, said).then((done) => {
              if (done) services.toaster.show({ text: said });
            });
          }}
        >
          End their seat
        </button>
        <button type="button" class="btn" onClick={close}>
          Keep it
        </button>
      </p>
    </Dialog>
  );
}
