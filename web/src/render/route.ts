/** Routes: the lines of connectors, from side to side of what they join, round what lies between where that is simple. */

import type { Rect } from '../model/element.ts';
import { contains, inflate, union } from '../model/rect.ts';

export type RouteKind = 'straight' | 'curve' | 'elbow';

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

interface Port {
  readonly x: number;
  readonly y: number;
  /** The direction out of the element: one of the four axes. */
  readonly dx: number;
  readonly dy: number;
}

/** What a route should keep clear of, and the size of the label it carries. */
export interface Around {
  readonly obstacles: readonly Rect[];
  readonly label: Size | null;
}

export interface Size {
  readonly w: number;
  readonly h: number;
}

const NOTHING_AROUND: Around = { obstacles: [], label: null };

/**
 * The route between two boxes; a free end is a box without size.
 *
 * Args:
 *   around: What a curve goes round if another pair of sides allows it. A straight line and an elbow were asked for as they are;
 *     only their label looks for its place.
 */
export function routeBetween(from: Rect, to: Rect, kind: RouteKind, around: Around = NOTHING_AROUND): Route {
  const boxes = [from, to].filter((box) => box.w > 0 && box.h > 0);
  const { label } = around;
  const obstacles = [...around.obstacles.map((box) => inflate(box, CLEARANCE)), ...boxes];
  if (kind === 'straight') return labelled(straight(from, to), label, obstacles).route;
  const [start, end] = ports(from, to);
  if (kind === 'elbow') return labelled(elbow(start, end), label, obstacles).route;
  const natural = labelled(curve(start, end, REACH), label, obstacles);
  const crowded = around.obstacles.length === 0 || around.obstacles.length > MOST_OBSTACLES;
  return crowded ? natural.route : clearest(from, to, natural, label, obstacles);
}

/** Kept free between a route and what it goes round. */
const CLEARANCE = 6;
const SIDES = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
] as const;
/** How far a curve runs on in the direction of its side, as a share of the distance. */
const REACH = 0.42;
const SHORT_REACH = 0.2;
const LEAST_REACH = 20;
/** In a thicket there is no way round, and looking for one would take long. */
const MOST_OBSTACLES = 60;
/** What a unit of a route inside an obstacle counts, beside one in the open. */
const INSIDE_COST = 8;
/** What another pair of sides than the natural one has to be better by, and one that faces away. */
const DETOUR_COST = 24;
const AWAY_COST = 60;
/** A route this much costlier than its length is worth looking for another. */
const UNTROUBLED = 1;

function clearest(from: Rect, to: Rect, natural: Labelled, label: Size | null, obstacles: readonly Rect[]): Route {
  const trouble = natural.cost + INSIDE_COST * insideLength(natural.route, obstacles);
  if (trouble < UNTROUBLED) return natural.route;
  let best = natural.route;
  let least = lengthOf(natural.route.line) + trouble;
  for (const [ax, ay] of SIDES) {
    for (const [bx, by] of SIDES) {
      const start = side(from, ax, ay);
      const end = side(to, bx, by);
      const dx = end.x - start.x;
      const dy = end.y - start.y;
      const away = (ax * dx + ay * dy < 0 ? AWAY_COST : 0) + (bx * dx + by * dy > 0 ? AWAY_COST : 0);
      for (const reach of [REACH, SHORT_REACH]) {
        const route = curve(start, end, reach);
        const way = lengthOf(route.line) + DETOUR_COST + away + INSIDE_COST * insideLength(route, obstacles);
        if (way >= least) continue;
        const candidate = labelled(route, label, obstacles);
        if (way + candidate.cost >= least) continue;
        least = way + candidate.cost;
        best = candidate.route;
      }
    }
  }
  return best;
}

function lengthOf(line: readonly number[]): number {
  let length = 0;
  for (let index = 0; index + 3 < line.length; index += 2) {
    length += Math.hypot((line[index + 2] ?? 0) - (line[index] ?? 0), (line[index + 3] ?? 0) - (line[index + 1] ?? 0));
  }
  return length;
}

/** How much of a route lies in obstacles. */
function insideLength({ line, bounds }: Route, obstacles: readonly Rect[]): number {
  const near = obstacles.filter(
    (box) =>
      box.x < bounds.x + bounds.w &&
      bounds.x < box.x + box.w &&
      box.y < bounds.y + bounds.h &&
      bounds.y < box.y + box.h,
  );
  if (near.length === 0) return 0;
  let inside = 0;
  for (let index = 0; index + 3 < line.length; index += 2) {
    const ax = line[index] ?? 0;
    const ay = line[index + 1] ?? 0;
    const bx = line[index + 2] ?? 0;
    const by = line[index + 3] ?? 0;
    if (near.some((box) => contains(box, (ax + bx) / 2, (ay + by) / 2))) inside += Math.hypot(bx - ax, by - ay);
  }
  return inside;
}

/** How far beside its line a label may stand, and what it costs to be there or away from the middle, as a length of line. */
const ASIDE = 6;
const ASIDE_COST = 60;
const OFF_MIDDLE_COST = 12;
/** What a unit of area counts that a label covers: a label wholly over a note is as bad as a line through several. */
const COVERING_COST = 0.2;

interface Labelled {
  readonly route: Route;
  readonly cost: number;
}

/** The same route with its label where it covers least, as near to the middle of the line as may be. */
function labelled(route: Route, size: Size | null, obstacles: readonly Rect[]): Labelled {
  if (size === null) return { route, cost: 0 };
  let best = { x: route.labelX, y: route.labelY };
  let least = Number.POSITIVE_INFINITY;
  for (let step = 3; step <= 17; step += 1) {
    const share = step / 20;
    const { x, y, dx, dy } = along(route.line, share);
    const aside = Math.abs(dy) * (size.w / 2) + Math.abs(dx) * (size.h / 2) + ASIDE;
    for (const off of [0, aside, -aside]) {
      const at = { x: x - dy * off, y: y + dx * off };
      const box = { x: at.x - size.w / 2, y: at.y - size.h / 2, ...size };
      const covered = obstacles.reduce((area, other) => area + sharedArea(box, other), 0);
      const cost = covered * COVERING_COST + Math.abs(share - 0.5) * OFF_MIDDLE_COST + (off === 0 ? 0 : ASIDE_COST);
      if (cost < least) {
        least = cost;
        best = at;
      }
    }
  }
  const label = { x: best.x - size.w / 2, y: best.y - size.h / 2, ...size };
  const bounds = union([route.bounds, label]) ?? route.bounds;
  return { route: { ...route, labelX: best.x, labelY: best.y, bounds }, cost: least };
}

function sharedArea(a: Rect, b: Rect): number {
  const w = Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x);
  const h = Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y);
  return w > 0 && h > 0 ? w * h : 0;
}

/** The point at a share of a line's length, and the direction there. */
function along(line: readonly number[], share: number): { x: number; y: number; dx: number; dy: number } {
  let left = lengthOf(line) * share;
  for (let index = 0; index + 3 < line.length; index += 2) {
    const ax = line[index] ?? 0;
    const ay = line[index + 1] ?? 0;
    const dx = (line[index + 2] ?? 0) - ax;
    const dy = (line[index + 3] ?? 0) - ay;
    const length = Math.hypot(dx, dy);
    if (left <= length && length > 0) {
      return { x: ax + (dx * left) / length, y: ay + (dy * left) / length, dx: dx / length, dy: dy / length };
    }
    left -= length;
  }
  return { x: line[line.length - 2] ?? 0, y: line[line.length - 1] ?? 0, dx: 1, dy: 0 };
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

function curve(start: Port, end: Port, share: number): Route {
  const reach = Math.max(LEAST_REACH, Math.hypot(end.x - start.x, end.y - start.y) * share);
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
