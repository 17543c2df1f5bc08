/** What is under a point. The order is that of painting, from the top: elements, then connectors, then frames. */

import type { BoardElement, ElementId, Rect } from '../model/element.ts';
import type { WorldPoint } from '../model/point.ts';
import { contains, distance } from '../model/rect.ts';
import { headHeight } from '../render/measures.ts';

export interface HitBoard {
  all(): readonly BoardElement[];
  worldRect(id: ElementId): Rect | undefined;
  search(rect: Rect): readonly BoardElement[];
}

export interface HitOptions {
  /** How far beside an element a point may lie, in world units. */
  readonly tolerance: number;
  readonly connectors: readonly BoardElement[];
  /** Whether the point is on a connector, or hardly beside it. */
  meets(connector: BoardElement): boolean;
}

export function hitElement(board: HitBoard, point: WorldPoint, options: HitOptions): BoardElement | undefined {
  const { tolerance } = options;
  const area = { x: point.x - tolerance, y: point.y - tolerance, w: tolerance * 2, h: tolerance * 2 };
  const found = board.search(area);
  let near: BoardElement | undefined;
  let nearest = Number.POSITIVE_INFINITY;
  for (const element of found.toReversed()) {
    if (element.kind === 'frame' || element.kind === 'conn') continue;
    const rect = board.worldRect(element.id);
    if (rect === undefined) continue;
    // What the point lies in comes before what it only lies near, whichever is on top.
    if (contains(rect, point.x, point.y)) return element;
    const off = distance(rect, point.x, point.y);
    if (off <= tolerance && off < nearest) {
      near = element;
      nearest = off;
    }
  }
  if (near !== undefined) return near;
  const met = options.connectors.find((connector) => options.meets(connector));
  return met ?? found.findLast((element) => element.kind === 'frame');
}

/**
 * Whether a press on a frame takes hold of it. Its head and its edge do; the ground inside is like the board's, so that one
 * can sweep over the notes in a region without dragging the region.
 */
export function holdsFrame(frame: BoardElement, rect: Rect, point: WorldPoint, edge: number): boolean {
  if (point.y <= rect.y + headHeight(frame)) return true;
  return point.x <= rect.x + edge || point.x >= rect.x + rect.w - edge || point.y >= rect.y + rect.h - edge;
}
