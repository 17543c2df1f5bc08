/**
 * The live elements as one hierarchy: who is in which frame, where it is in the world, and what is painted over what.
 *
 * Invariant: after `apply` the index equals one built afresh from the same stored elements, whatever the order of changes.
 * Tolerance, so that no edit of anybody can make a board unreadable:
 *   – an element whose frame was deleted stays where it was, as a child of the next living frame above, or of the board;
 *   – an element whose parent is missing or no frame is on the board;
 *   – frames that were put into each other at once are taken apart at the one with the smallest id.
 */

import type { BoardElement, ElementId, Rect, StoredElement } from './element.ts';
import { compareDepth } from './order.ts';
import { inReadingOrder, sameRect, translate } from './rect.ts';
import { SpatialIndex } from './spatialIndex.ts';

interface Node {
  readonly element: BoardElement;
  readonly world: Rect;
  /** Its position in painter's order; valid once that has been drawn up. */
  rank: number;
}

/** What shares a parent, in order of depth. Frames lie under the rest. */
interface Siblings {
  readonly frames: Node[];
  readonly others: Node[];
}

export interface IndexChange {
  readonly added: ElementId[];
  readonly updated: ElementId[];
  readonly removed: ElementId[];
}

/** Above this many at once it is cheaper to sort everything again than to patch. */
const PATCH_LIMIT = 64;

export class ElementIndex {
  /** Everything in the document, deleted elements too: their places still hold their children's. */
  readonly #stored = new Map<ElementId, StoredElement>();
  /** Who names whom as parent, living or not. */
  readonly #named = new Map<ElementId, Set<ElementId>>();
  readonly #nodes = new Map<ElementId, Node>();
  readonly #members = new Map<ElementId | null, Set<ElementId>>();
  readonly #space = new SpatialIndex();

  readonly #siblings = new Map<ElementId | null, Siblings>();
  #painted: Node[] | null = null;
  #elements: readonly BoardElement[] | null = null;
  readonly #reading = new Map<ElementId | null, readonly BoardElement[]>();

  get size(): number {
    return this.#nodes.size;
  }

  /** How many there are with the deleted ones, as the server counts. */
  get total(): number {
    return this.#stored.size;
  }

  get(id: ElementId): BoardElement | undefined {
    return this.#nodes.get(id)?.element;
  }

  stored(id: ElementId): StoredElement | undefined {
    return this.#stored.get(id);
  }

  worldRect(id: ElementId): Rect | undefined {
    return this.#nodes.get(id)?.world;
  }

  members(parent: ElementId | null): ReadonlySet<ElementId> {
    return this.#members.get(parent) ?? new Set();
  }

  /** The element and everything inside it, parents before children. */
  withDescendants(ids: Iterable<ElementId>): ElementId[] {
    const found = new Set<ElementId>();
    const visit = (id: ElementId): void => {
      if (found.has(id) || !this.#nodes.has(id)) return;
      found.add(id);
      for (const child of this.members(id)) visit(child);
    };
    for (const id of ids) visit(id);
    return [...found];
  }

  /** Brings the index up to date with the given stored elements, and with those that are no longer in the document at all. */
  apply(changes: readonly StoredElement[], gone: readonly ElementId[] = []): IndexChange {
    const affected = new Set<ElementId>();
    const shifted: ElementId[] = [];
    for (const next of changes) {
      const previous = this.#stored.get(next.id);
      this.#stored.set(next.id, next);
      if (previous?.parent !== next.parent) this.#rename(next.id, previous?.parent ?? null, next.parent);
      affected.add(next.id);
      if (previous === undefined || movesChildren(previous, next)) shifted.push(next.id);
    }
    for (const id of gone) {
      const previous = this.#stored.get(id);
      if (previous === undefined) continue;
      this.#stored.delete(id);
      this.#rename(id, previous.parent, null);
      affected.add(id);
      shifted.push(id);
    }
    const visited = new Set<ElementId>();
    for (const id of shifted) this.#collectNamed(id, affected, visited);
    return this.#settle(affected);
  }

  /** Painter's order: a frame before what is in it, frames before other things beside them, then (z, id). */
  painted(): readonly BoardElement[] {
    this.#elements ??= this.#paint().map((node) => node.element);
    return this.#elements;
  }

  rank(id: ElementId): number {
    this.#paint();
    return this.#nodes.get(id)?.rank ?? -1;
  }

  /** What touches a world rectangle, in painter's order. */
  search(rect: Rect): readonly BoardElement[] {
    const found = this.#space.search(rect);
    const painted = this.#paint();
    if (found.length * 3 > painted.length) {
      const ids = new Set(found);
      return this.painted().filter((element) => ids.has(element.id));
    }
    return found
      .flatMap((id) => this.#nodes.get(id) ?? [])
      .sort((a, b) => a.rank - b.rank)
      .map((node) => node.element);
  }

  reading(parent: ElementId | null): readonly BoardElement[] {
    const known = this.#reading.get(parent);
    if (known !== undefined) return known;
    const members = [...this.members(parent)].flatMap((id) => this.#nodes.get(id)?.element ?? []);
    const ordered = inReadingOrder(members);
    this.#reading.set(parent, ordered);
    return ordered;
  }

  #rename(id: ElementId, from: ElementId | null, to: ElementId | null): void {
    if (from !== null) this.#named.get(from)?.delete(id);
    if (to === null) return;
    const named = this.#named.get(to);
    if (named === undefined) this.#named.set(to, new Set([id]));
    else named.add(id);
  }

  #collectNamed(id: ElementId, into: Set<ElementId>, visited: Set<ElementId>): void {
    if (visited.has(id)) return;
    visited.add(id);
    for (const child of this.#named.get(id) ?? []) {
      into.add(child);
      this.#collectNamed(child, into, visited);
    }
  }

  /** The frames above an element, nearest first; deleted ones too, because they still say where things are. */
  #framesAbove(element: StoredElement): StoredElement[] {
    const chain: StoredElement[] = [];
    let current = element;
    for (;;) {
      const parent = current.parent === null ? undefined : this.#stored.get(current.parent);
      if (parent === undefined || parent.kind !== 'frame' || this.#cutsRing(current)) return chain;
      chain.push(parent);
      current = parent;
    }
  }

  /** Whether the element is the smallest id of a ring of frames, where the ring is taken apart. */
  #cutsRing(element: StoredElement): boolean {
    if (element.kind !== 'frame') return false;
    const seen = new Set<ElementId>([element.id]);
    let parent = element.parent;
    let smallest = true;
    while (parent !== null) {
      if (parent === element.id) return smallest;
      if (seen.has(parent)) return false;
      seen.add(parent);
      if (parent < element.id) smallest = false;
      const next = this.#stored.get(parent);
      if (next === undefined || next.kind !== 'frame') return false;
      parent = next.parent;
    }
    return false;
  }

  #place(stored: StoredElement): Node {
    const { deleted: _, ...element } = stored;
    let x = 0;
    let y = 0;
    let parent: ElementId | null = null;
    let parentX = 0;
    let parentY = 0;
    const above = this.#framesAbove(stored);
    for (const frame of above.reverse()) {
      x += frame.rect.x;
      y += frame.rect.y;
      if (!frame.deleted) {
        parent = frame.id;
        parentX = x;
        parentY = y;
      }
    }
    const world = translate(stored.rect, x, y);
    if (parent === stored.parent && x === parentX && y === parentY) return { element, world, rank: -1 };
    return { element: { ...element, parent, rect: translate(world, -parentX, -parentY) }, world, rank: -1 };
  }

  #settle(affected: ReadonlySet<ElementId>): IndexChange {
    const change: IndexChange = { added: [], updated: [], removed: [] };
    const isFirst = this.#nodes.size === 0;
    const patch = affected.size <= PATCH_LIMIT;
    const loaded: (readonly [ElementId, Rect])[] = [];
    for (const id of affected) {
      const stored = this.#stored.get(id);
      const previous = this.#nodes.get(id);
      if (previous !== undefined) this.#leave(previous, patch);
      if (stored === undefined || stored.deleted) {
        if (previous === undefined) continue;
        this.#nodes.delete(id);
        this.#space.delete(id);
        change.removed.push(id);
        continue;
      }
      const next = this.#place(stored);
      this.#nodes.set(id, next);
      this.#join(next, patch);
      if (isFirst) loaded.push([id, next.world]);
      else if (previous === undefined || !sameRect(previous.world, next.world)) this.#space.set(id, next.world);
      change[previous === undefined ? 'added' : 'updated'].push(id);
    }
    if (loaded.length > 0) this.#space.load(loaded);
    this.#painted = null;
    this.#elements = null;
    return change;
  }

  #leave(node: Node, patch: boolean): void {
    const { id, parent } = node.element;
    this.#members.get(parent)?.delete(id);
    this.#reading.delete(parent);
    const siblings = this.#siblings.get(parent);
    if (siblings === undefined) return;
    if (!patch) {
      this.#siblings.delete(parent);
      return;
    }
    const list = node.element.kind === 'frame' ? siblings.frames : siblings.others;
    const at = position(list, node);
    if (list[at] === node) list.splice(at, 1);
  }

  #join(node: Node, patch: boolean): void {
    const { id, parent } = node.element;
    const members = this.#members.get(parent);
    if (members === undefined) this.#members.set(parent, new Set([id]));
    else members.add(id);
    this.#reading.delete(parent);
    const siblings = this.#siblings.get(parent);
    if (siblings === undefined) return;
    if (!patch) {
      this.#siblings.delete(parent);
      return;
    }
    const list = node.element.kind === 'frame' ? siblings.frames : siblings.others;
    list.splice(position(list, node), 0, node);
  }

  #siblingsIn(parent: ElementId | null): Siblings {
    const known = this.#siblings.get(parent);
    if (known !== undefined) return known;
    const made: Siblings = { frames: [], others: [] };
    for (const id of this.members(parent)) {
      const node = this.#nodes.get(id);
      if (node !== undefined) (node.element.kind === 'frame' ? made.frames : made.others).push(node);
    }
    made.frames.sort(byDepth);
    made.others.sort(byDepth);
    this.#siblings.set(parent, made);
    return made;
  }

  #paint(): readonly Node[] {
    if (this.#painted !== null) return this.#painted;
    const painted: Node[] = [];
    const add = (node: Node): void => {
      node.rank = painted.length;
      painted.push(node);
    };
    const visit = (parent: ElementId | null): void => {
      const { frames, others } = this.#siblingsIn(parent);
      for (const frame of frames) {
        add(frame);
        visit(frame.element.id);
      }
      for (const other of others) add(other);
    };
    visit(null);
    this.#painted = painted;
    return painted;
  }
}

function movesChildren(previous: StoredElement, next: StoredElement): boolean {
  return (
    previous.deleted !== next.deleted ||
    previous.parent !== next.parent ||
    previous.kind !== next.kind ||
    previous.rect.x !== next.rect.x ||
    previous.rect.y !== next.rect.y
  );
}

function byDepth(a: Node, b: Node): number {
  return compareDepth(a.element, b.element);
}

/** Where a node is, or belongs, in a list in order of depth. */
function position(list: readonly Node[], node: Node): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = list[middle];
    if (other !== undefined && byDepth(other, node) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
