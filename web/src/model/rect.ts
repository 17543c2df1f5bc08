/** Rectangles: pure arithmetic over axis-parallel boxes in one coordinate system. */

import type { Rect } from './element.ts';

export function translate(rect: Rect, dx: number, dy: number): Rect {
  return { x: rect.x + dx, y: rect.y + dy, w: rect.w, h: rect.h };
}

export function inflate(rect: Rect, by: number): Rect {
  return { x: rect.x - by, y: rect.y - by, w: rect.w + 2 * by, h: rect.h + 2 * by };
}

export function contains(rect: Rect, x: number, y: number): boolean {
  return x >= rect.x && x <= rect.x + rect.w && y >= rect.y && y <= rect.y + rect.h;
}

/** How far a point lies outside a rectangle; 0 inside it. */
export function distance(rect: Rect, x: number, y: number): number {
  const dx = Math.max(rect.x - x, 0, x - rect.x - rect.w);
  const dy = Math.max(rect.y - y, 0, y - rect.y - rect.h);
  return Math.hypot(dx, dy);
}

export function sameRect(a: Rect, b: Rect): boolean {
  return a.x === b.x && a.y === b.y && a.w === b.w && a.h === b.h;
}

/** The smallest rectangle around all of them; `null` of none. */
export function union(rects: Iterable<Rect>): Rect | null {
  let left = Number.POSITIVE_INFINITY;
  let top = Number.POSITIVE_INFINITY;
  let right = Number.NEGATIVE_INFINITY;
  let bottom = Number.NEGATIVE_INFINITY;
  for (const rect of rects) {
    left = Math.min(left, rect.x);
    top = Math.min(top, rect.y);
    right = Math.max(right, rect.x + rect.w);
    bottom = Math.max(bottom, rect.y + rect.h);
  }
  return left > right ? null : { x: left, y: top, w: right - left, h: bottom - top };
}

/**
 * Reading order: rows from top to bottom, and from left to right in each.
 *
 * A row is begun by its topmost thing; what starts above the middle of that one belongs to the same row. People line notes up
 * by eye, so an exact comparison of `y` would read a row of three in a random order.
 */
export function inReadingOrder<T extends { readonly id: string; readonly rect: Rect }>(things: Iterable<T>): T[] {
  const sorted = [...things].sort((a, b) => a.rect.y - b.rect.y || a.rect.x - b.rect.x || (a.id < b.id ? -1 : 1));
  const ordered: T[] = [];
  let row: T[] = [];
  let limit = Number.NEGATIVE_INFINITY;
  const close = () => ordered.push(...row.sort((a, b) => a.rect.x - b.rect.x || (a.id < b.id ? -1 : 1)));
  for (const thing of sorted) {
    if (row.length > 0 && thing.rect.y >= limit) {
      close();
      row = [];
    }
    if (row.length === 0) limit = thing.rect.y + thing.rect.h / 2;
    row.push(thing);
  }
  close();
  return ordered;
}
