/** What has no receipt, made again on a board that was rebuilt; and the words of whatever has no place there. */

import type { Board } from '../model/board.ts';
import { replay } from '../model/replay.ts';
import { keptOf, lostWords } from './keptWords.ts';
import type { Entry } from './outbox.ts';
import type { Kept } from './state.ts';

const GONE = 'The board was tidied up, and the place of these words is gone.';

/**
 * Makes edits again, as new edits of the board's own author.
 *
 * Returns:
 *   The words to keep for their author.
 */
export function rebase(board: Board, entries: readonly Entry[], at: number): Kept[] {
  const noted = entries.flatMap(({ edits }) => (edits === null ? [] : [edits]));
  const displaced = replay(board, noted).map(({ id, text }) => keptOf(id, text, GONE, at));
  // An earlier page did not note what it changed: of those edits the words are all that can be read.
  const unnoted = entries.filter(({ edits }) => edits === null);
  return [...displaced, ...lostWords(unnoted, GONE, at)];
}
