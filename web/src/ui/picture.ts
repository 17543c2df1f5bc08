/** The picture: everything the canvas shows just now, gathered from the editor and the room. */

import { settings } from '../net/device.ts';
import type { Person, Room } from '../net/room.ts';
import type { CursorOf } from '../render/cursors.ts';
import type { Picture } from '../render/layers.ts';
import type { Hold } from '../render/lift.ts';
import { isHosting } from '../sync/state.ts';
import { theme } from '../theme/theme.ts';
import type { Editor } from './editor.ts';
import { prefersStillness } from './motion.ts';

export function pictureOf(editor: Editor, room: Room, coarse: boolean): Picture {
  const people = new Map(room.people.peek().map((person) => [person.conn, person]));
  const holds: Hold[] = [];
  const cursors: CursorOf[] = [];
  for (const presence of room.presence.peek().values()) {
    const person = people.get(presence.conn);
    if (person === undefined || person.self) continue;
    const host = isHosting(person.role);
    const shown = presence.cursor !== null && showsCursor(person);
    const who = { conn: person.conn, name: person.name, hue: person.hue, host };
    if (shown && presence.cursor !== null) cursors.push({ ...who, x: presence.cursor.x, y: presence.cursor.y });
    if (presence.selection.length > 0 || presence.editing !== null) {
      holds.push({
        ...who,
        selection: presence.selection,
        editing: presence.editing,
        drag: presence.drag,
        named: !shown,
      });
    }
  }
  return {
    tree: room.board.peek(),
    theme: theme.peek(),
    camera: editor.camera.peek(),
    selection: editor.selection.peek(),
    editing: editor.editing.peek(),
    hover: editor.pointing.hover.peek(),
    preview: editor.preview.peek(),
    holds,
    cursors,
    coarse,
    plots: editor.plots.peek(),
    connectors: editor.connectors.peek(),
    canWrite: room.canWrite.peek(),
    still: prefersStillness(),
    authorOf: (id) => room.authorOf(id),
  };
}

/** Hosts point for everybody; the others' cursors can be switched off. */
function showsCursor(person: Person): boolean {
  return isHosting(person.role) || settings.peek().cursors;
}
