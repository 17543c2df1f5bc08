/** Lifted elements: what a gesture, here or elsewhere, is moving just now, and where it is meanwhile. */

import type { BoardElement, ElementId, Rect } from '../model/element.ts';
import { resized } from './handles.ts';
import type { Model } from './painter.ts';
import type { Preview } from './preview.ts';

export interface Tree extends Model {
  get(id: ElementId): BoardElement | undefined;
}

/** What somebody else holds. */
export interface Hold {
  readonly conn: number;
  readonly name: string;
  readonly hue: number;
  readonly host: boolean;
  readonly selection: readonly ElementId[];
  readonly editing: ElementId | null;
  readonly drag: Rect | null;
  /** Their name is written beside what they hold, because no cursor shows it. */
  readonly named: boolean;
}

export interface Lift {
  /** World rectangles of what is moving. */
  readonly rects: ReadonlyMap<ElementId, Rect>;
  /** What the scene leaves out; connectors whose ends are moving too. */
  readonly hidden: ReadonlySet<ElementId>;
}

export const NO_LIFT: Lift = { rects: new Map(), hidden: new Set() };

/** Works out what is moving. Frames take everything in them along; a frame that is resized leaves its contents where they are. */
export function liftOf(
  tree: Tree,
  preview: Preview,
  holds: readonly Hold[],
  connectors: readonly BoardElement[],
  endsOf: (connector: BoardElement) => readonly ElementId[],
): Lift {
  const dragging = holds.filter((hold) => hold.drag !== null);
  if (preview.kind !== 'move' && preview.kind !== 'resize' && dragging.length === 0) return NO_LIFT;
  const rects = new Map<ElementId, Rect>();
  const hidden = new Set<ElementId>();
  const move = (id: ElementId, dx: number, dy: number, hide: boolean) => {
    if (rects.has(id)) return;
    const rect = tree.worldRect(id);
    if (rect === undefined) return;
    rects.set(id, { x: rect.x + dx, y: rect.y + dy, w: rect.w, h: rect.h });
    if (hide) hidden.add(id);
    for (const child of tree.children(id)) move(child.id, dx, dy, hide);
  };
  const resize = (id: ElementId, rect: Rect) => {
    if (rects.has(id)) return;
    rects.set(id, rect);
    hidden.add(id);
    // The scene paints the contents over nothing otherwise: a resized frame is lifted without moving them.
    for (const child of tree.children(id)) move(child.id, 0, 0, true);
  };
  if (preview.kind === 'move') for (const id of preview.ids) move(id, preview.dx, preview.dy, !preview.copy);
  if (preview.kind === 'resize') resize(preview.id, preview.rect);
  for (const { drag, selection } of dragging) {
    if (drag === null) continue;
    const still = drag.w === 0 && drag.h === 0;
    for (const id of selection) {
      const rect = tree.worldRect(id);
      if (rect === undefined) continue;
      if (still) move(id, drag.x, drag.y, true);
      else resize(id, resized({ ...rect, x: rect.x + drag.x, y: rect.y + drag.y }, 'se', drag.w, drag.h, LEAST));
    }
  }
  if (hidden.size > 0) {
    for (const connector of connectors) {
      if (endsOf(connector).some((id) => hidden.has(id))) hidden.add(connector.id);
    }
  }
  return { rects, hidden };
}

const LEAST = { w: 1, h: 1 } as const;
