/** What serves something on the board, and making a card that does. */

import { writingIn } from '../../model/agenda.ts';
import type { Board } from '../../model/board.ts';
import { LINKS } from '../../model/cardFields.ts';
import { type ElementId, elementId } from '../../model/element.ts';
import type { Gathering } from '../../model/gathering/gathering.ts';
import type { Region } from '../../model/gathering/region.ts';
import { type Serving, serving, servingRegions } from '../../model/records.ts';
import type { Editor } from '../editor.ts';
import type { Attendance } from '../gathering/attendance.ts';
import { closedBecause } from '../observing.ts';

const LONGEST = 80;

type Index = ReadonlyMap<ElementId, readonly Serving[]>;

/** The latest of each board: a list of records asks in every row. */
const indexes = new WeakMap<Board, { readonly version: number; readonly gathering: Gathering; readonly by: Index }>();

/** Which records serve what, as the board is now. */
export function servingOn(board: Board, gathering: Gathering): Index {
  const version = board.version.peek();
  const known = indexes.get(board);
  if (known?.version === version && known.gathering === gathering) return known.by;
  const by = serving(board, gathering);
  indexes.set(board, { version, gathering, by });
  return by;
}

export function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1).trimEnd()}…` : text;
}

/** The region in which the person at this device can make a card that serves this; `null` if in none just now. */
export function spawningRegion(id: ElementId, attendance: Attendance, editor: Editor): Region | null {
  if (closedBecause(editor.room) !== null) return null;
  const gathering = attendance.gathering.value;
  const { stage } = gathering.show;
  if (stage !== 'live' && stage !== 'closed') return null;
  const open = servingRegions(editor.board, gathering, id).find(
    ({ key }) =>
      writingIn(gathering, key, attendance.person.value, attendance.minute).may &&
      (attendance.hosting.value || !gathering.moderating.locked.includes(key)),
  );
  return open ?? null;
}

export function spawnWords(region: Region): string {
  return region.makes === 'action' ? 'Make an action of this' : `Make a card of this in ${region.title}`;
}

/** Makes a card that serves something, and opens it to be written. Closed without a word in it, it goes again. */
export function spawn(id: ElementId, region: Region, editor: Editor): void {
  if (region.element === null) return;
  const made = editor.addNote({ parent: elementId(region.element), text: '', edit: false });
  if (made === null) return;
  editor.board.editText(made, id, undefined, LINKS);
  editor.board.endText(made);
  editor.edit(made);
}
