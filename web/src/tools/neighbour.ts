/** The nearest element in a direction: what an arrow key moves to. */

import type { BoardElement, ElementId, Rect } from '../model/element.ts';
import { headHeight } from '../render/measures.ts';

export type Direction = 'left' | 'right' | 'up' | 'down';

interface Middle {
  readonly x: number;
  readonly y: number;
}

/** How much further a step to the side counts than a step ahead. */
const SIDE_COST = 2;

/** Where an element is for the purpose of moving about: a frame is at its head, else it would be in the middle of its contents. */
export function anchor(element: BoardElement, rect: Rect): Middle {
  if (element.kind !== 'frame') return { x: rect.x + rect.w / 2, y: rect.y + rect.h / 2 };
  return { x: rect.x + Math.min(rect.w, 120) / 2, y: rect.y + headHeight(element) / 2 };
}

/** The best candidate in a direction from a point, or `null` if nothing lies that way. */
export function neighbour(
  from: Middle,
  direction: Direction,
  candidates: Iterable<{ readonly id: ElementId; readonly at: Middle }>,
): ElementId | null {
  let best: ElementId | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const { id, at } of candidates) {
    const dx = at.x - from.x;
    const dy = at.y - from.y;
    const ahead = direction === 'left' ? -dx : direction === 'right' ? dx : direction === 'up' ? -dy : dy;
    const aside = Math.abs(direction === 'left' || direction === 'right' ? dy : dx);
    // Inside a right angle ahead; what lies more to the side belongs to another key.
    if (ahead < 1 || aside > ahead * 2.5) continue;
    const cost = ahead + aside * SIDE_COST;
    if (cost < least) {
      least = cost;
      best = id;
    }
  }
  return best;
}
