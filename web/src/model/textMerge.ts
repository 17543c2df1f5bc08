/** Two people in one text: what one has typed and what arrived meanwhile, and where the caret goes. */

import { type TextChange, textDiff } from './textDiff.ts';

/** Where a caret at `position` stands after a change by somebody else. */
export function caretAfter(change: TextChange, position: number): number {
  if (position <= change.index) return position;
  if (position >= change.index + change.remove) return position + change.insert.length - change.remove;
  return change.index;
}

/**
 * Puts the change that led from `base` to `local` on top of `remote`, which came from the same base. Where both changed the same
 * words, both versions stay: nobody's typing is thrown away.
 */
export function mergeText(base: string, local: string, remote: string): string {
  const mine = textDiff(base, local);
  const theirs = textDiff(base, remote);
  if (mine === null) return remote;
  if (theirs === null) return local;
  const start = caretAfter(theirs, mine.index);
  const end = Math.max(start, caretAfter(theirs, mine.index + mine.remove));
  const overlap = mine.index < theirs.index + theirs.remove && theirs.index < mine.index + mine.remove;
  if (!overlap) return remote.slice(0, start) + mine.insert + remote.slice(end);
  const after = theirs.index + theirs.insert.length;
  return remote.slice(0, after) + mine.insert + remote.slice(after);
}
