/** Free places: where something new can lie without covering what is there. */

import type { BoardElement, ElementId, Rect } from '../model/element.ts';
import { inflate } from '../model/rect.ts';
import { REGION_HEADER, REGION_PAD, THEME_PAD } from '../render/measures.ts';

export interface Size {
  readonly w: number;
  readonly h: number;
}

export interface PlacesBoard {
  get(id: ElementId): BoardElement | undefined;
  worldRect(id: ElementId): Rect | undefined;
  search(rect: Rect): readonly BoardElement[];
}

/** Between two notes that were put beside each other. */
export const NOTE_GAP = 12;
/** How many rings around a point are looked at before something is laid over what is there. */
const RINGS = 24;
const THEME_HEADER = 72;

interface Options {
  /** What does not count: it is about to move. */
  readonly exclude?: ReadonlySet<ElementId>;
  /** What will lie there in a moment. */
  readonly taken?: readonly Rect[];
}

function overlaps(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

function isFree(board: PlacesBoard, rect: Rect, within: ReadonlySet<ElementId>, options: Options): boolean {
  const room = inflate(rect, NOTE_GAP / 2 - 1);
  if (options.taken?.some((other) => overlaps(room, other)) === true) return false;
  return !board.search(room).some((element) => {
    if (element.kind === 'conn' || within.has(element.id)) return false;
    return options.exclude?.has(element.id) !== true;
  });
}

/** A frame and the frames around it: their ground may be built on. */
function grounds(board: PlacesBoard, frame: ElementId | null): ReadonlySet<ElementId> {
  const found = new Set<ElementId>();
  for (let id = frame; id !== null && !found.has(id); id = board.get(id)?.parent ?? null) found.add(id);
  return found;
}

/** How much of a rectangle is already covered; frames count as much as what they cover. */
function covered(board: PlacesBoard, rect: Rect, within: ReadonlySet<ElementId>, options: Options): number {
  let area = 0;
  const add = (other: Rect) => {
    const w = Math.min(rect.x + rect.w, other.x + other.w) - Math.max(rect.x, other.x);
    const h = Math.min(rect.y + rect.h, other.y + other.h) - Math.max(rect.y, other.y);
    if (w > 0 && h > 0) area += w * h;
  };
  for (const other of options.taken ?? []) add(other);
  for (const element of board.search(rect)) {
    if (element.kind === 'conn' || within.has(element.id) || options.exclude?.has(element.id) === true) continue;
    const other = board.worldRect(element.id);
    if (other !== undefined) add(other);
  }
  return area;
}

/**
 * The first free place in a frame, row by row below its head. In a full frame the place that covers least: what belongs to the
 * frame stays where people look for it, and can be pulled apart by hand.
 */
export function freePlaceIn(board: PlacesBoard, frame: ElementId, size: Size, options: Options = {}): Rect {
  const outer = board.worldRect(frame);
  if (outer === undefined) return { x: 0, y: 0, ...size };
  const theme = (board.get(frame)?.parent ?? null) !== null;
  const pad = theme ? THEME_PAD : REGION_PAD;
  const left = outer.x + pad;
  const top = outer.y + (theme ? THEME_HEADER : REGION_HEADER);
  const columns = Math.max(1, Math.floor((outer.w - pad * 2 + NOTE_GAP) / (size.w + NOTE_GAP)));
  const rows = Math.max(1, Math.floor((outer.y + outer.h - pad - top + NOTE_GAP) / (size.h + NOTE_GAP)));
  const within = grounds(board, frame);
  const cell = (column: number, row: number): Rect => ({
    x: Math.round(left + column * (size.w + NOTE_GAP)),
    y: Math.round(top + row * (size.h + NOTE_GAP)),
    w: size.w,
    h: size.h,
  });
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const rect = cell(column, row);
      if (isFree(board, rect, within, options)) return rect;
    }
  }
  let best = cell(0, 0);
  let least = Number.POSITIVE_INFINITY;
  // Thirds of a cell: enough to find the gap that ragged rows leave, and bounded by the size of the frame.
  for (let row = 0; row <= rows - 1 + 1e-9; row += 1 / 3) {
    for (let column = 0; column <= columns - 1 + 1e-9; column += 1 / 3) {
      const rect = cell(column, row);
      const area = covered(board, rect, within, options);
      if (area < least) {
        least = area;
        best = rect;
      }
    }
  }
  return best;
}

/** The free place nearest to a point, around which the new thing would be centred. */
export function freePlaceNear(
  board: PlacesBoard,
  centre: { readonly x: number; readonly y: number },
  size: Size,
  frame: ElementId | null,
  options: Options = {},
): Rect {
  const x = Math.round(centre.x - size.w / 2);
  const y = Math.round(centre.y - size.h / 2);
  const within = grounds(board, frame);
  for (let ring = 0; ring <= RINGS; ring += 1) {
    for (const [column, row] of ringOf(ring)) {
      const rect = { x: x + column * (size.w + NOTE_GAP), y: y + row * (size.h + NOTE_GAP), ...size };
      if (isFree(board, rect, within, options)) return rect;
    }
  }
  return { x, y, ...size };
}

/** The cells at a distance, those to the right and below first: that is how people fill a page. */
function ringOf(ring: number): readonly (readonly [number, number])[] {
  if (ring === 0) return [[0, 0]];
  const cells: [number, number][] = [];
  for (let column = -ring; column <= ring; column += 1) {
    for (let row = -ring; row <= ring; row += 1) {
      if (Math.max(Math.abs(column), Math.abs(row)) === ring) cells.push([column, row]);
    }
  }
  const cost = ([column, row]: readonly [number, number]) =>
    Math.hypot(column, row) + (column < 0 ? 0.3 : 0) + (row < 0 ? 0.4 : row > 0 ? 0.1 : 0);
  return cells.sort((a, b) => cost(a) - cost(b));
}

/** The place beside a note for the one that continues it: to the right, else below, else anywhere free nearby. */
export function placeBeside(board: PlacesBoard, id: ElementId): Rect | null {
  const rect = board.worldRect(id);
  const element = board.get(id);
  if (rect === undefined || element === undefined) return null;
  const within = grounds(board, element.parent);
  const outer = element.parent === null ? undefined : board.worldRect(element.parent);
  const inside = (place: Rect) =>
    outer === undefined || (place.x + place.w <= outer.x + outer.w && place.y + place.h <= outer.y + outer.h);
  const right = { x: rect.x + rect.w + NOTE_GAP, y: rect.y, w: rect.w, h: rect.h };
  const below = { x: rect.x, y: rect.y + rect.h + NOTE_GAP, w: rect.w, h: rect.h };
  for (const place of [right, below]) if (inside(place) && isFree(board, place, within, {})) return place;
  if (element.parent !== null) return freePlaceIn(board, element.parent, rect);
  return freePlaceNear(board, { x: right.x + rect.w / 2, y: right.y + rect.h / 2 }, rect, null);
}
