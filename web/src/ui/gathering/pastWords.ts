/** What is said of a region that is put back. */

import type { Outcome, PastTime } from '../../model/rewinding.ts';
import { inWords } from '../names.ts';
import { timeWords } from './words.ts';

/** A time to choose, as `5 minutes ago, 10:42`. */
export function choiceWords({ at, since, what }: PastTime): string {
  return `${sinceWords({ at, since, what })}, ${timeWords(at)}`;
}

function sinceWords({ since, what }: PastTime): string {
  switch (since) {
    case 'minutes':
      return what === '1' ? 'A minute ago' : `${what} minutes ago`;
    case 'step':
      return `When “${what}” began`;
    case 'reveal':
      return 'Just after the reveal';
    case 'undo':
      return 'Just before it was put back last';
    case 'began':
      return 'When the gathering began';
  }
}

/** What would come of it, a sentence each; none if nothing has changed. */
export function wouldWords({ back, away, changed, home, stays }: Outcome): readonly string[] {
  return [
    counted(back, 'thing that was deleted comes back', 'things that were deleted come back'),
    counted(away, 'thing that is new leaves the board', 'things that are new leave the board'),
    counted(changed, 'gets its earlier words, place or colour', 'get their earlier words, place or colour'),
    counted(home, 'goes back to where it was moved from', 'go back to where they were moved from'),
    counted(
      stays,
      'stays here: people write unseen where it came from',
      'stay here: people write unseen where they came from',
    ),
  ].filter((line) => line !== null);
}

function counted(count: number, one: string, more: string): string | null {
  if (count === 0) return null;
  const number = inWords(count);
  return `${number[0]?.toUpperCase()}${number.slice(1)} ${count === 1 ? one : more}.`;
}

/** Why nothing can be put back just now; `null` where it can. `would` is what would come of it, as far as that is known. */
export function closedWords(time: number | null, would: readonly string[] | null, busy: boolean): string | null {
  if (time === null) return 'Choose a time first.';
  if (busy || would === null) return 'One moment.';
  return would.length === 0 ? 'Nothing has changed since then.' : null;
}
