/** What can be voted on or shown of a region: its notes and cards, also those in its themes. */

import { regionOf } from '../../model/agenda.ts';
import type { Board } from '../../model/board.ts';
import { type BoardElement, type ElementId, elementId } from '../../model/element.ts';
import type { Gathering } from '../../model/gathering/gathering.ts';
import { label } from '../../model/outline.ts';

/** Regions in regions: nobody nests so deep, and a loop ends here. */
const DEEPEST = 32;

/** What can be voted on: the notes and cards of a region, also those in its themes. */
export function things(board: Board, gathering: Gathering, region: string | null): readonly BoardElement[] {
  const frame = regionOf(gathering, region)?.element;
  if (frame === undefined || frame === null) return [];
  const found: BoardElement[] = [];
  const look = (parent: ElementId, depth: number): void => {
    for (const child of board.children(parent)) {
      if (child.kind === 'note' || child.kind === 'card') found.push(child);
      else if (depth < DEEPEST) look(child.id, depth + 1);
    }
  };
  look(elementId(frame), 0);
  return found;
}

/** The theme a thing lies in, if it lies in one. */
export function themeOf(board: Board, thing: BoardElement, gathering: Gathering, region: string | null): string | null {
  const parent = thing.parent === null ? undefined : board.get(thing.parent);
  return parent === undefined || parent.id === regionOf(gathering, region)?.element ? null : label(parent);
}

/** What got most dots when these were last voted on comes first, so that the group goes on with that. */
export function topFirst<T extends { readonly id: string }>(
  list: readonly T[],
  { deciding }: Gathering,
  region: string | null,
): readonly T[] {
  const last = deciding.polls.findLast((poll) => poll.kind === 'dots' && poll.region === region && !poll.open);
  const dots = (thing: T): number => last?.result?.totals.get(thing.id) ?? 0;
  return list.toSorted((a, b) => dots(b) - dots(a));
}
