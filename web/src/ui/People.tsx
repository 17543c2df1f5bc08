/** Who is here: a row of avatars that opens into the list. Round for people, square for hosts. */

import { useId } from 'preact/hooks';
import type { Person, Room } from '../net/room.ts';
import { isHosting, ROLES } from '../sync/state.ts';
import { Icon } from './icons.tsx';
import { initials, listed, roleWord } from './names.ts';

const HUES = 8;

export function Avatar({ person }: { readonly person: Pick<Person, 'name' | 'role' | 'hue'> }) {
  const look = isHosting(person.role) ? 'host' : `p${((person.hue % HUES) + HUES) % HUES}`;
  return (
    <span class={`av ${look}`} aria-hidden="true">
      {initials(person.name)}
    </span>
  );
}

/** "Table 10" comes after "Table 9". */
const BY_NAME = new Intl.Collator(undefined, { numeric: true });

/** One entry for each seat, however many devices it has open: hosts first, then by name. */
export function present(people: readonly Person[]): readonly Person[] {
  const seats = new Map<string, Person>();
  for (const person of people) {
    const known = seats.get(person.seat);
    if (known === undefined || person.self) seats.set(person.seat, person);
  }
  return [...seats.values()].sort(
    (a, b) => ROLES.indexOf(a.role) - ROLES.indexOf(b.role) || BY_NAME.compare(a.name, b.name),
  );
}

/** "Rosa and 22 others are here." */
export function presentLine(people: readonly Person[]): string {
  const others = people.filter((person) => !person.self);
  const [first, ...rest] = others;
  if (first === undefined) return 'Only you are here';
  if (rest.length <= 2)
    return `${listed(others.map((person) => person.name))} ${others.length === 1 ? 'is' : 'are'} here`;
  return `${first.name} and ${rest.length} others are here`;
}

interface Props {
  readonly room: Room;
  /** How many avatars there is room for; 0 shows the count alone. */
  readonly most: number;
}

export function People({ room, most }: Props) {
  const id = useId();
  const people = present(room.people.value);
  const shown = people.slice(0, people.length === most + 1 ? most + 1 : most);
  const more = people.length - shown.length;
  // Nobody has told us yet.
  if (people.length === 0) return null;
  return (
    <>
      <button type="button" class="people" popovertarget={id}>
        <span class="sr">{presentLine(people)}</span>
        {most === 0 ? (
          <>
            <Icon name="people" />
            <span class="num" aria-hidden="true">
              {people.length}
            </span>
          </>
        ) : (
          <span class="avs" aria-hidden="true">
            {shown.map((person) => (
              <Avatar key={person.seat} person={person} />
            ))}
            {more > 0 ? <span class="av more num">+{more}</span> : null}
          </span>
        )}
      </button>
      <div id={id} class="pop people-pop" popover="auto" role="dialog" aria-label="Who is here">
        <h2>{people.length === 1 ? 'Only you are here' : `${people.length} people are here`}</h2>
        <ul>
          {people.map((person) => (
            <li key={person.seat}>
              <Avatar person={person} />
              <span>
                <bdi>{person.name}</bdi>
                {person.self ? ' (you)' : ''}
              </span>
              <small>{roleWord(person.role)}</small>
            </li>
          ))}
        </ul>
      </div>
    </>
  );
}
