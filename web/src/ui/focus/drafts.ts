/** Drafts whose words are marked: which they are, and what they are called, before the close and after it. */

import type { Board } from '../../model/board.ts';
import type { BoardElement } from '../../model/element.ts';
import type { Gathering } from '../../model/gathering/gathering.ts';
import { digestOf, type Word, wordingOf, wordsIn } from '../../model/marking.ts';
import { things } from './things.ts';

/** A draft as it reads now. */
export interface Draft {
  readonly thing: BoardElement;
  /** "Draft 2". */
  readonly name: string;
  readonly digest: string;
  readonly words: readonly Word[];
}

/** The drafts of a region, in its order. What says nothing is none. */
export function draftsIn(board: Board, gathering: Gathering, region: string | null): readonly Draft[] {
  return things(board, gathering, region)
    .map((thing) => {
      const wording = wordingOf(thing);
      return { thing, digest: digestOf(wording), words: wordsIn(wording) };
    })
    .filter(({ words }) => words.length > 0)
    .map((draft, index) => ({ ...draft, name: `Draft ${index + 1}` }));
}
