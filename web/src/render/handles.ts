/** Handles of a selection: where they are on screen, and which one a point is on. */

import type { BoardElement, Rect } from '../model/element.ts';
import type { ScreenPoint } from '../model/point.ts';

export const HANDLES = ['nw', 'n', 'ne', 'e', 'se', 's', 'sw', 'w'] as const;
export type Handle = (typeof HANDLES)[number];

/** Side of the area that takes the pointer, in CSS pixels. */
export const FINE_TARGET = 24;
export const COARSE_TARGET = 44;
/** Side of the square that is drawn. */
export const HANDLE_SIZE = 10;
/** How far the outline of a selection stands off its element. */
export const OUTLINE_OFFSET = 2.5;

const UNIT: Readonly<Record<Handle, readonly [number, number]>> = {
  nw: [0, 0],
  n: [0.5, 0],
  ne: [1, 0],
  e: [1, 0.5],
  se: [1, 1],
  s: [0.5, 1],
  sw: [0, 1],
  w: [0, 0.5],
};

/** The middle of a handle of a box that is given in CSS pixels. */
export function handlePoint(handle: Handle, box: Rect): { readonly x: number; readonly y: number } {
  const [u, v] = UNIT[handle];
  return { x: box.x + box.w * u, y: box.y + box.h * v };
}

/** The handles a box has room for: corners unless it is smaller than one target, sides when there is a target between. */
export function handlesOf(box: Rect, coarse: boolean): readonly Handle[] {
  const target = coarse ? COARSE_TARGET : FINE_TARGET;
  if (Math.max(box.w, box.h) < target) return [];
  return HANDLES.filter((handle) => {
    if (handle.length === 2) return true;
    return handle === 'n' || handle === 's' ? box.w >= target * 3 : box.h >= target * 3;
  });
}

/** The handle under a point; `box` and point in CSS pixels. The corner nearest to the point wins. */
export function handleAt(point: ScreenPoint, box: Rect, coarse: boolean): Handle | null {
  // On a box smaller than its targets the inside must stay free for moving: then targets reach outwards only.
  const target = coarse ? COARSE_TARGET : FINE_TARGET;
  const inside = Math.min(target / 2, Math.max(0, Math.min(box.w, box.h) / 4));
  let best: Handle | null = null;
  let nearest = Number.POSITIVE_INFINITY;
  for (const handle of handlesOf(box, coarse)) {
    const [u, v] = UNIT[handle];
    const dx = point.x - (box.x + box.w * u);
    const dy = point.y - (box.y + box.h * v);
    const reach = (offset: number, unit: number) => {
      const outward = unit === 0.5 ? true : unit === 0 ? offset <= 0 : offset >= 0;
      return Math.abs(offset) <= (outward ? target / 2 : inside);
    };
    if (!reach(dx, u) || !reach(dy, v)) continue;
    const distance = Math.hypot(dx, dy);
    if (distance < nearest) {
      nearest = distance;
      best = handle;
    }
  }
  return best;
}

export function cursorOf(handle: Handle): string {
  switch (handle) {
    case 'nw':
    case 'se':
      return 'nwse-resize';
    case 'ne':
    case 'sw':
      return 'nesw-resize';
    case 'n':
    case 's':
      return 'ns-resize';
    case 'e':
    case 'w':
      return 'ew-resize';
  }
}

/** Whether an element of this kind can be given another size by hand. */
export function isResizable(element: BoardElement): boolean {
  return !element.locked && element.kind !== 'conn' && element.kind !== 'stamp' && element.kind !== 'unknown';
}

/** The smallest size a kind may be given: large enough to be found, read and taken hold of. */
export function smallest(kind: BoardElement['kind']): { readonly w: number; readonly h: number } {
  switch (kind) {
    case 'frame':
      return { w: 160, h: 120 };
    case 'note':
      return { w: 64, h: 36 };
    case 'text':
      return { w: 48, h: 24 };
    default:
      return { w: 16, h: 16 };
  }
}

/** A world rectangle after one of its handles was moved. */
export function resized(
  rect: Rect,
  handle: Handle,
  dx: number,
  dy: number,
  least: { readonly w: number; readonly h: number },
): Rect {
  let { x, y, w, h } = rect;
  if (handle.includes('e')) w = Math.max(least.w, rect.w + dx);
  if (handle.includes('s')) h = Math.max(least.h, rect.h + dy);
  if (handle.includes('w')) {
    w = Math.max(least.w, rect.w - dx);
    x = rect.x + rect.w - w;
  }
  if (handle.includes('n')) {
    h = Math.max(least.h, rect.h - dy);
    y = rect.y + rect.h - h;
  }
  return { x: Math.round(x), y: Math.round(y), w: Math.round(w), h: Math.round(h) };
}
