/** Which elements lie where: an R-tree over world rectangles, kept up to date one element at a time. */

import RBush, { type BBox } from 'rbush';
import type { ElementId, Rect } from './element.ts';

interface Entry extends BBox {
  readonly id: ElementId;
}

function entryOf(id: ElementId, rect: Rect): Entry {
  return { id, minX: rect.x, minY: rect.y, maxX: rect.x + rect.w, maxY: rect.y + rect.h };
}

export class SpatialIndex {
  readonly #tree = new RBush<Entry>(16);
  readonly #entries = new Map<ElementId, Entry>();

  /** Adds many at once; three times faster than one by one. None of them may be in the index. */
  load(items: Iterable<readonly [ElementId, Rect]>): void {
    const entries: Entry[] = [];
    for (const [id, rect] of items) {
      const entry = entryOf(id, rect);
      this.#entries.set(id, entry);
      entries.push(entry);
    }
    this.#tree.load(entries);
  }

  set(id: ElementId, rect: Rect): void {
    this.delete(id);
    const entry = entryOf(id, rect);
    this.#entries.set(id, entry);
    this.#tree.insert(entry);
  }

  delete(id: ElementId): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#entries.delete(id);
    this.#tree.remove(entry);
  }

  /** Ids of what touches the rectangle, in no order. */
  search(rect: Rect): ElementId[] {
    const found = this.#tree.search({ minX: rect.x, minY: rect.y, maxX: rect.x + rect.w, maxY: rect.y + rect.h });
    return found.map((entry) => entry.id);
  }
}
