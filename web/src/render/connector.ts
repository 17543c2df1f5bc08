/** Connectors: their ends are stored, their route is derived from where those ends are now. */

import type { BoardElement, ElementId, Rect } from '../model/element.ts';

export type End = { readonly id: ElementId } | { readonly x: number; readonly y: number };
export type RouteKind = 'straight' | 'curve' | 'elbow';

export interface Connector {
  readonly a: End;
  readonly b: End;
  readonly route: RouteKind;
  readonly label: string;
}

export interface Route {
  /** x, y, x, y …; a curve as its sampled line, for hit tests and bounds. */
  readonly line: readonly number[];
  /** The four points of the cubic, if it is one. */
  readonly cubic: readonly number[] | null;
  readonly labelX: number;
  readonly labelY: number;
  /** Radians, the direction in which the arrow head points. */
  readonly angle: number;
  readonly bounds: Rect;
}

/** Between an element's edge and the line: the border stays whole. */
const GAP = 4;
const SAMPLES = 20;

function readEnd(value: unknown): End | null {
  if (typeof value !== 'object' || value === null) return null;
  const { id, x, y } = value as { readonly id?: unknown; readonly x?: unknown; readonly y?: unknown };
  if (typeof id === 'string') return { id: id as ElementId };
  if (typeof x === 'number' && typeof y === 'number' && Number.isFinite(x) && Number.isFinite(y)) return { x, y };
  return null;
}

/** Reads the payload of a connector; `null` if an end is missing. */
export function readConnector(payload: unknown): Connector | null {
  if (typeof payload !== 'object' || payload === null) return null;
  const { a, b, route, label } = payload as Readonly<Record<'a' | 'b' | 'route' | 'label', unknown>>;
  const from = readEnd(a);
  const to = readEnd(b);
  if (from === null || to === null) return null;
  return {
    a: from,
    b: to,
    route: route === 'straight' || route === 'elbow' ? route : 'curve',
    label: typeof label === 'string' ? label : '',
  };
}

interface Port {
  readonly x: number;
  readonly y: number;
  /** The direction out of the element: one of the four axes. */
  readonly dx: number;
  readonly dy: number;
}

/** The route between two boxes; a free end is a box without size. */
export function routeBetween(from: Rect, to: Rect, kind: RouteKind): Route {
  if (kind === 'straight') return straight(from, to);
  const [start, end] = ports(from, to);
  return kind === 'elbow' ? elbow(start, end) : curve(start, end);
}

function straight(from: Rect, to: Rect): Route {
  const ax = from.x + from.w / 2;
  const ay = from.y + from.h / 2;
  const bx = to.x + to.w / 2;
  const by = to.y + to.h / 2;
  const [sx, sy] = edge(from, bx - ax, by - ay);
  const [ex, ey] = edge(to, ax - bx, ay - by);
  return {
    line: [sx, sy, ex, ey],
    cubic: null,
    labelX: (sx + ex) / 2,
    labelY: (sy + ey) / 2,
    angle: Math.atan2(ey - sy, ex - sx),
    bounds: boundsOf([sx, sy, ex, ey]),
  };
}

/** Where the ray from the middle of a box leaves it. */
function edge(box: Rect, dx: number, dy: number): readonly [number, number] {
  const x = box.x + box.w / 2;
  const y = box.y + box.h / 2;
  if (dx === 0 && dy === 0) return [x, y];
  const gap = box.w === 0 && box.h === 0 ? 0 : GAP;
  const share = Math.min(
    dx === 0 ? Number.POSITIVE_INFINITY : (box.w / 2 + gap) / Math.abs(dx),
    dy === 0 ? Number.POSITIVE_INFINITY : (box.h / 2 + gap) / Math.abs(dy),
    1,
  );
  return [x + dx * share, y + dy * share];
}

/** The sides that face each other, by the axis on which the boxes are further apart. */
function ports(from: Rect, to: Rect): readonly [Port, Port] {
  const gapX = Math.max(to.x - from.x - from.w, from.x - to.x - to.w);
  const gapY = Math.max(to.y - from.y - from.h, from.y - to.y - to.h);
  if (gapX >= gapY) {
    const right = to.x + to.w / 2 >= from.x + from.w / 2 ? 1 : -1;
    return [side(from, right, 0), side(to, -right, 0)];
  }
  const down = to.y + to.h / 2 >= from.y + from.h / 2 ? 1 : -1;
  return [side(from, 0, down), side(to, 0, -down)];
}

function side(box: Rect, dx: number, dy: number): Port {
  const gap = box.w === 0 && box.h === 0 ? 0 : GAP;
  return {
    x: box.x + box.w / 2 + dx * (box.w / 2 + gap),
    y: box.y + box.h / 2 + dy * (box.h / 2 + gap),
    dx,
    dy,
  };
}

function curve(start: Port, end: Port): Route {
  const reach = Math.max(20, Math.hypot(end.x - start.x, end.y - start.y) * 0.42);
  const cubic = [
    start.x,
    start.y,
    start.x + start.dx * reach,
    start.y + start.dy * reach,
    end.x + end.dx * reach,
    end.y + end.dy * reach,
    end.x,
    end.y,
  ] as const;
  const line: number[] = [];
  for (let step = 0; step <= SAMPLES; step += 1) {
    const t = step / SAMPLES;
    line.push(cubicAt(cubic[0], cubic[2], cubic[4], cubic[6], t), cubicAt(cubic[1], cubic[3], cubic[5], cubic[7], t));
  }
  return {
    line,
    cubic,
    labelX: cubicAt(cubic[0], cubic[2], cubic[4], cubic[6], 0.5),
    labelY: cubicAt(cubic[1], cubic[3], cubic[5], cubic[7], 0.5),
    angle: Math.atan2(0 - end.dy, 0 - end.dx),
    bounds: boundsOf(line),
  };
}

function cubicAt(a: number, b: number, c: number, d: number, t: number): number {
  const s = 1 - t;
  return s * s * s * a + 3 * s * s * t * b + 3 * s * t * t * c + t * t * t * d;
}

function elbow(start: Port, end: Port): Route {
  const middleX = (start.x + end.x) / 2;
  const middleY = (start.y + end.y) / 2;
  const line =
    start.dx !== 0
      ? [start.x, start.y, middleX, start.y, middleX, end.y, end.x, end.y]
      : [start.x, start.y, start.x, middleY, end.x, middleY, end.x, end.y];
  return {
    line,
    cubic: null,
    labelX: middleX,
    labelY: middleY,
    angle: Math.atan2(0 - end.dy, 0 - end.dx),
    bounds: boundsOf(line),
  };
}

function boundsOf(line: readonly number[]): Rect {
  let left = Number.POSITIVE_INFINITY;
  let top = Number.POSITIVE_INFINITY;
  let right = Number.NEGATIVE_INFINITY;
  let bottom = Number.NEGATIVE_INFINITY;
  for (let index = 0; index + 1 < line.length; index += 2) {
    const x = line[index] ?? 0;
    const y = line[index + 1] ?? 0;
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return { x: left, y: top, w: right - left, h: bottom - top };
}

/** How far a point is from a route. */
export function distanceToRoute(route: Route, x: number, y: number): number {
  const { line } = route;
  let nearest = Number.POSITIVE_INFINITY;
  for (let index = 0; index + 3 < line.length; index += 2) {
    const ax = line[index] ?? 0;
    const ay = line[index + 1] ?? 0;
    const dx = (line[index + 2] ?? 0) - ax;
    const dy = (line[index + 3] ?? 0) - ay;
    const square = dx * dx + dy * dy;
    const t = square === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / square));
    nearest = Math.min(nearest, Math.hypot(x - ax - dx * t, y - ay - dy * t));
  }
  return nearest;
}

/** What routes need to know of a board. */
export interface Places {
  worldRect(id: ElementId): Rect | undefined;
}

export interface KeptRoute {
  readonly element: BoardElement;
  readonly from: Rect;
  readonly to: Rect;
  readonly route: Route;
  readonly connector: Connector;
  path: Path2D | null;
}

/** Routes by connector, kept while neither it nor its ends have moved. */
export class Routes {
  readonly #kept = new Map<ElementId, KeptRoute>();

  /** The route of a connector now; `null` if it has lost an end. */
  of(element: BoardElement, places: Places): KeptRoute | null {
    const known = this.#kept.get(element.id);
    const connector = known?.element === element ? known.connector : readConnector(element.payload);
    if (connector === null) return null;
    const from = this.#endRect(connector.a, known?.from, element, places);
    const to = this.#endRect(connector.b, known?.to, element, places);
    if (from === undefined || to === undefined) return null;
    if (known !== undefined && known.element === element && same(known.from, from) && same(known.to, to)) return known;
    if (this.#kept.size > 5_000) this.#kept.clear();
    const made: KeptRoute = {
      element,
      from,
      to,
      connector,
      route: routeBetween(from, to, connector.route),
      path: null,
    };
    this.#kept.set(element.id, made);
    return made;
  }

  #endRect(end: End, known: Rect | undefined, element: BoardElement, places: Places): Rect | undefined {
    if ('id' in end) return places.worldRect(end.id);
    // A free end lives in the coordinates of the connector's own frame, as its rectangle does.
    const own = places.worldRect(element.id);
    const x = end.x + (own === undefined ? 0 : own.x - element.rect.x);
    const y = end.y + (own === undefined ? 0 : own.y - element.rect.y);
    if (known !== undefined && known.x === x && known.y === y) return known;
    return { x, y, w: 0, h: 0 };
  }
}

function same(a: Rect, b: Rect): boolean {
  return a === b || (a.x === b.x && a.y === b.y && a.w === b.w && a.h === b.h);
}
