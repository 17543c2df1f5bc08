/** Everything on a board in the order in which it is read: region by region, each row by row, and last what lies outside. */

import type { Board } from '../model/board.ts';
import type { ElementId } from '../model/element.ts';

interface Known {
  readonly version: number;
  readonly ids: readonly ElementId[];
}

const known = new WeakMap<Board, Known>();

export function readingOrder(board: Board): readonly ElementId[] {
  const version = board.version.value;
  const kept = known.get(board);
  if (kept?.version === version) return kept.ids;
  const ids: ElementId[] = [];
  const add = (parent: ElementId) => {
    ids.push(parent);
    for (const child of board.children(parent)) add(child.id);
  };
  for (const region of board.regions()) add(region.id);
  for (const loose of board.children(null)) if (loose.kind !== 'frame') add(loose.id);
  known.set(board, { version, ids });
  return ids;
}
