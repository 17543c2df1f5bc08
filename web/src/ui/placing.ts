/** Placing: where something new goes that nobody has pointed out a place for. */

import type { ElementId, Rect } from '../model/element.ts';
import type { WorldPoint } from '../model/point.ts';
import { union } from '../model/rect.ts';
import { NOTE_SIZE } from '../render/measures.ts';
import { freePlaceIn, freePlaceNear, type Size } from '../tools/freePlace.ts';
import { relativeTo } from '../tools/moving.ts';
import type { Editor } from './editor.ts';

/**
 * Where something new goes, and into which frame.
 *
 * Args:
 *   at: Where its middle was wished for.
 *   wanted: The frame that was wished for; `undefined` leaves it to the place.
 *
 * Returns:
 *   `rect` relative to `parent`.
 */
export function placeFor(
  editor: Editor,
  size: Size,
  at: WorldPoint | undefined,
  wanted: ElementId | null | undefined,
): { readonly rect: Rect; readonly parent: ElementId | null } {
  const { board } = editor;
  const plots = editor.plots.value;
  // In a gathering not every region is open.
  const homeFor = (frame: ElementId | null) => (plots === null ? frame : plots.homeFor(frame));
  if (at !== undefined) {
    const place = { x: Math.round(at.x - size.w / 2), y: Math.round(at.y - size.h / 2), ...size };
    const parent = wanted === undefined ? board.frameAt(place, new Set()) : wanted;
    if (homeFor(parent) === parent) return { rect: relativeTo(board, parent, place), parent };
  }
  const home = homeFor(wanted === undefined ? homeFrame(editor) : wanted);
  const place = home === null ? freePlaceNear(board, editor.view.middle(), size, null) : freePlaceIn(board, home, size);
  const parent = home ?? (wanted === undefined ? board.frameAt(place, new Set()) : null);
  return { rect: relativeTo(board, parent, place), parent };
}

/** The frame a person is at: that of the focused element, or else the one in the middle of the view. */
function homeFrame(editor: Editor): ElementId | null {
  const [first] = editor.target();
  const element = first === undefined ? undefined : editor.board.get(first);
  if (element !== undefined) return element.kind === 'frame' ? element.id : element.parent;
  return editor.board.frameAt({ ...editor.view.middle(), w: 0, h: 0 }, new Set());
}

/** A point beside all regions, where things lie that belong to none. */
export function outsideRegions(editor: Editor): { readonly x: number; readonly y: number } {
  const { board } = editor;
  const bounds = union(board.regions().flatMap((region) => board.worldRect(region.id) ?? []));
  return bounds === null
    ? editor.view.middle()
    : { x: bounds.x + bounds.w + 40 + NOTE_SIZE.w / 2, y: bounds.y + NOTE_SIZE.h / 2 };
}
