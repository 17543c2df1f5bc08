/** Copy, cut and paste on the board: elements within and between boards, and lines of text that become notes. */

import type { ElementId, Rect } from '../model/element.ts';
import { newId } from '../model/ids.ts';
import type { NewElement } from '../model/plan.ts';
import { translate } from '../model/rect.ts';
import { noteHeight } from '../render/measures.ts';
import { counted } from '../tools/describe.ts';
import { freePlaceNear, type Size } from '../tools/freePlace.ts';
import { movable, relativeTo } from '../tools/moving.ts';
import {
  block,
  copyOut,
  linesOf,
  MOST_PASTED,
  PASTEBOARD_TYPE,
  type Pasted,
  pastedBounds,
  readCopied,
} from '../tools/pasteboard.ts';
import type { Editor } from './editor.ts';

export function copy(editor: Editor, data: DataTransfer): boolean {
  const ids = movable(editor.board, editor.target());
  if (ids.length === 0) return false;
  const { json, text } = copyOut(editor.board, ids);
  data.setData(PASTEBOARD_TYPE, json);
  data.setData('text/plain', text);
  editor.announce(`Copied ${counted(ids.flatMap((id) => editor.board.get(id) ?? []))}.`);
  return true;
}

export function cut(editor: Editor, data: DataTransfer): boolean {
  if (editor.refuse() || !copy(editor, data)) return false;
  editor.deleteSelection();
  return true;
}

export function paste(editor: Editor, data: DataTransfer): boolean {
  const copied = readCopied(data.getData(PASTEBOARD_TYPE));
  const lines = copied === null ? linesOf(data.getData('text/plain')) : [];
  const wanted = copied?.length ?? lines.length;
  if (wanted > MOST_PASTED) {
    const most = MOST_PASTED.toLocaleString('en-GB');
    editor.tell({ text: `${wanted.toLocaleString('en-GB')} at once are too many. Paste up to ${most} at a time.` });
    return true;
  }
  const elements = copied === null ? notesOf(editor, lines) : placed(editor, copied);
  if (elements.length === 0) return false;
  const ids = editor.create({ type: 'create', elements });
  const tops = ids.flatMap((id) => editor.board.get(id) ?? []);
  const [first] = tops;
  if (first === undefined) return false;
  editor.announce(`Pasted ${counted(tops)}.`);
  editor.reveal(first.id);
  return true;
}

/** A free place for a block, as near to the middle of the view as there is one. */
function roomFor(editor: Editor, size: Size): Rect {
  const middle = editor.view.middle();
  const ground = editor.board.frameAt({ ...middle, w: 0, h: 0 }, new Set());
  return freePlaceNear(editor.board, middle, size, ground);
}

function notesOf(editor: Editor, lines: readonly string[]): readonly NewElement[] {
  if (lines.length === 0) return [];
  const { places, w, h } = block(lines.length);
  const room = roomFor(editor, { w, h });
  return lines.flatMap((text, index): readonly NewElement[] => {
    const place = places[index];
    if (place === undefined) return [];
    const rect = { ...translate(place, room.x, room.y), h: noteHeight(text, editor.text.measurer) };
    const parent = editor.board.frameAt(rect, new Set());
    return [{ kind: 'note', rect: relativeTo(editor.board, parent, rect), parent, colour: editor.colour.value, text }];
  });
}

/** In a free place near the middle of the view, keeping what lies inside what; each falls into the frame that is there. */
function placed(editor: Editor, pasted: readonly Pasted[]): readonly NewElement[] {
  const bounds = pastedBounds(pasted);
  if (bounds === null) return [];
  const room = roomFor(editor, bounds);
  const dx = Math.round(room.x - bounds.x);
  const dy = Math.round(room.y - bounds.y);
  const ids: ElementId[] = pasted.map(() => newId());
  return pasted.flatMap(({ element, parent }, index): readonly NewElement[] => {
    const id = ids[index];
    if (id === undefined) return [];
    if (parent !== null) return [{ ...element, id, parent: ids[parent] ?? null }];
    const rect: Rect = translate(element.rect, dx, dy);
    const frame = element.kind === 'frame' ? null : editor.board.frameAt(rect, new Set());
    return [{ ...element, id, rect: relativeTo(editor.board, frame, rect), parent: frame }];
  });
}
