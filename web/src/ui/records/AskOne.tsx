/** Choosing one person here, and saying something to them alone. */

import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import type { Person } from '../../net/room.ts';
import type { Attendance } from '../gathering/attendance.ts';
import { Reasoned } from '../gathering/Reasoned.tsx';
import { present } from '../People.tsx';

interface Props {
  readonly attendance: Attendance;
  /** What the choice is for. */
  readonly label: string;
  /** What the button says. */
  readonly verb: string;
  /** Seats that are not to be chosen: one's own, and those who were told already. */
  readonly known: ReadonlySet<string>;
  readonly ask: (seat: string) => Promise<boolean>;
}

export function AskOne({ attendance, label, verb, known, ask }: Props) {
  const id = useId();
  // Kept here and not in the list: whoever leaves it must not make somebody else the one who was chosen.
  const chosen = useSignal<Pick<Person, 'seat' | 'name'> | null>(null);
  const others = present(attendance.room.people.value).filter(
    ({ seat, role }) => !known.has(seat) && role !== 'observer' && role !== 'display',
  );
  const one = chosen.value === null || known.has(chosen.value.seat) ? null : chosen.value;
  const gone = one !== null && !others.some(({ seat }) => seat === one.seat);
  if (others.length === 0 && one === null) return null;
  return (
    <div class="ask-one">
      <label for={id}>{label}</label>
      <select
        id={id}
        class="input"
        value={one?.seat ?? ''}
        onChange={({ currentTarget: { value } }) => {
          chosen.value = others.find(({ seat }) => seat === value) ?? null;
        }}
      >
        <option value="">Choose</option>
        {(gone ? [one, ...others] : others).map(({ seat, name }) => (
          <option key={seat} value={seat}>
            {name}
          </option>
        ))}
      </select>
      <Reasoned
        label={verb}
        reason={one === null ? 'Choose somebody first.' : gone ? 'They are not here just now.' : null}
        run={() => {
          if (one === null) return;
          void ask(one.seat).then((done) => {
            if (done && chosen.peek() === one) chosen.value = null;
          });
        }}
      />
    </div>
  );
}
