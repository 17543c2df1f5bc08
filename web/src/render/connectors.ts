/** Connectors on the board: how they are painted, and what of them a point meets. It comes later, for few boards have any. */

import type { BoardElement, Rect } from '../model/element.ts';
import type { WorldPoint } from '../model/point.ts';
import { distance } from '../model/rect.ts';
import { paintArrow, paintConnector, paintLabel } from './paintConnector.ts';
import type { Painter } from './painter.ts';
import { distanceToRoute } from './route.ts';
import { type Places, Routes } from './routes.ts';

/** A connector is thin: it is met from a little further away than a box. */
const SLACK = 4;

export class Connectors {
  readonly #routes = new Routes();

  /** Paints the line of a connector, if it runs through the area at all. It lies under the elements. */
  paintLine(painter: Painter, element: BoardElement, places: Places, area: Rect | null): void {
    const kept = this.#routes.of(element, places);
    if (kept !== null && (area === null || touches(kept.route.bounds, area))) paintConnector(painter, kept);
  }

  /** Paints what lies over the elements: its head and its words. */
  paintOver(painter: Painter, element: BoardElement, places: Places, area: Rect | null): void {
    const kept = this.#routes.of(element, places);
    if (kept === null || (area !== null && !touches(kept.route.bounds, area))) return;
    paintArrow(painter, kept);
    paintLabel(painter, kept);
  }

  /** Whether a point is on a connector, or beside it by no more than the tolerance in world units. */
  meets(element: BoardElement, places: Places, { x, y }: WorldPoint, tolerance: number): boolean {
    const kept = this.#routes.of(element, places);
    const near = tolerance + SLACK;
    return kept !== null && distance(kept.route.bounds, x, y) <= near && distanceToRoute(kept.route, x, y) <= near;
  }
}

function touches(a: Rect, b: Rect): boolean {
  return a.x <= b.x + b.w && b.x <= a.x + a.w && a.y <= b.y + b.h && b.y <= a.y + a.h;
}
