/** From a set of elements and a distance to the plan that moves them, and into which frames they fall. */

import type { BoardElement, ElementId, Rect } from '../model/element.ts';
import type { Placing, Plan } from '../model/plan.ts';
import { translate } from '../model/rect.ts';
import type { ToolBoard } from './input.ts';

/** What a move takes hold of: nothing that is locked, and nothing that moves along with a frame above it anyway. */
export function movable(board: ToolBoard, ids: Iterable<ElementId>): readonly ElementId[] {
  const chosen = new Set(ids);
  return [...chosen].filter((id) => {
    const element = board.get(id);
    if (element === undefined || element.locked || element.kind === 'conn') return false;
    for (let above = element.parent; above !== null; above = board.get(above)?.parent ?? null) {
      if (chosen.has(above)) return false;
    }
    return true;
  });
}

/** The elements and everything in them. */
export function withContents(board: ToolBoard, ids: Iterable<ElementId>): ReadonlySet<ElementId> {
  const found = new Set<ElementId>();
  const add = (id: ElementId) => {
    if (found.has(id)) return;
    found.add(id);
    for (const child of board.children(id)) add(child.id);
  };
  for (const id of ids) add(id);
  return found;
}

/** The frame an element falls into at a place of the world. */
export function frameFor(
  board: ToolBoard,
  element: BoardElement,
  rect: Rect,
  exclude: ReadonlySet<ElementId>,
): ElementId | null {
  const frame = board.frameAt(rect, exclude);
  if (frame === null || element.kind !== 'frame') return frame;
  // A region goes into another only if it lies wholly inside; touching one must not swallow it.
  const outer = board.worldRect(frame);
  const inside =
    outer !== undefined &&
    rect.x >= outer.x &&
    rect.y >= outer.y &&
    rect.x + rect.w <= outer.x + outer.w &&
    rect.y + rect.h <= outer.y + outer.h;
  return inside ? frame : null;
}

/** A world rectangle as seen from a frame. */
export function relativeTo(board: ToolBoard, parent: ElementId | null, rect: Rect): Rect {
  const frame = parent === null ? undefined : board.worldRect(parent);
  return frame === undefined ? rect : translate(rect, -frame.x, -frame.y);
}

/** Puts elements at world rectangles, each into the frame that lies there. */
export function placePlan(board: ToolBoard, targets: ReadonlyMap<ElementId, Rect>): Plan {
  const exclude = withContents(board, targets.keys());
  const places: Placing[] = [];
  for (const [id, rect] of targets) {
    const element = board.get(id);
    if (element === undefined) continue;
    const whole = { x: Math.round(rect.x), y: Math.round(rect.y), w: Math.round(rect.w), h: Math.round(rect.h) };
    const parent = frameFor(board, element, whole, exclude);
    places.push({ id, rect: relativeTo(board, parent, whole), parent });
  }
  return { type: 'place', places };
}

/** Moves elements by a distance. */
export function movePlan(board: ToolBoard, ids: readonly ElementId[], dx: number, dy: number): Plan {
  const targets = new Map<ElementId, Rect>();
  for (const id of ids) {
    const rect = board.worldRect(id);
    if (rect !== undefined) targets.set(id, translate(rect, dx, dy));
  }
  return placePlan(board, targets);
}

/** The frame that would take in all of them, for the drag preview; `null` where they fall into several or none. */
export function dropTarget(board: ToolBoard, ids: readonly ElementId[], dx: number, dy: number): ElementId | null {
  const exclude = withContents(board, ids);
  let target: ElementId | null = null;
  for (const [index, id] of ids.entries()) {
    const element = board.get(id);
    const rect = board.worldRect(id);
    if (element === undefined || rect === undefined) continue;
    const frame = frameFor(board, element, translate(rect, dx, dy), exclude);
    if (index > 0 && frame !== target) return null;
    target = frame;
  }
  return target;
}

/** Gives one element a new world rectangle. The contents of a frame stay where they are in the world. */
export function resizePlan(board: ToolBoard, id: ElementId, rect: Rect): Plan {
  const element = board.get(id);
  const before = board.worldRect(id);
  if (element === undefined || before === undefined) return { type: 'place', places: [] };
  const places: Placing[] = [{ id, rect: relativeTo(board, element.parent, rect), parent: element.parent }];
  const dx = before.x - rect.x;
  const dy = before.y - rect.y;
  if (element.kind === 'frame' && (dx !== 0 || dy !== 0)) {
    for (const child of board.children(id))
      places.push({ id: child.id, rect: translate(child.rect, dx, dy), parent: id });
  }
  return { type: 'place', places };
}
