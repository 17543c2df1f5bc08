/** You, as everybody else sees you: name, role, and the way to change the name. */

import type { ComponentChildren } from 'preact';
import type { Role, Room } from '../net/room.ts';
import { Icon } from './icons.tsx';
import { Avatar } from './People.tsx';

const ROLES: Partial<Record<Role, string>> = {
  host: 'You, hosting',
  cohost: 'You, hosting',
  harvester: 'You, harvesting',
  table: 'You, hosting a table',
  observer: 'You, observing',
};

interface Props {
  readonly room: Room;
  readonly rename: () => void;
  readonly children?: ComponentChildren;
}

export function YouBar({ room, rename, children }: Props) {
  const me = room.me.value;
  if (me === null) return null;
  return (
    <div class="me">
      <button type="button" class="who" aria-haspopup="dialog" onClick={rename}>
        <Avatar person={me} />
        <span class="who-words">
          <span dir="auto">{me.name}</span>
          <small>{ROLES[me.role] ?? 'You'}</small>
        </span>
        <Icon name="pencil" small />
        <span class="sr">Change your name</span>
      </button>
      {children}
    </div>
  );
}
