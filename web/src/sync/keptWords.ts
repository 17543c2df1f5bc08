/** Words that could not be saved: which they are, and which of them turn out to be on the board after all. */

import type { Board } from '../model/board.ts';
import { type ElementId, elementId } from '../model/element.ts';
import { typedWords } from '../model/updateParts.ts';
import type { Entry } from './outbox.ts';
import type { Kept } from './state.ts';

function keptId(element: ElementId, at: number): string {
  return `${element}.${at}`;
}

function elementOf(kept: Kept): ElementId {
  return elementId(kept.id.split('.', 1)[0] ?? '');
}

export function keptOf(element: ElementId, text: string, reason: string, at: number): Kept {
  return { id: keptId(element, at), text, reason, at };
}

/** The edits that were about one element alone, as typing is. */
function editsOf(id: ElementId, lost: readonly Entry[]): Uint8Array[] {
  return lost.filter(({ ids }) => ids.length === 1 && ids[0] === id).map(({ update }) => update);
}

/** The words of everything the lost edits touched. What the author had deleted is not kept. */
export function keptWords(board: Board, lost: readonly Entry[], reason: string, at: number): Kept[] {
  const ids = new Set(lost.flatMap((entry) => entry.ids));
  return [...ids].flatMap((id) => {
    const text = board.knows(id) ? (board.get(id)?.text ?? '') : typedWords(editsOf(id, lost));
    return text.trim() === '' ? [] : [keptOf(id, text, reason, at)];
  });
}

/** The words that lost edits brought, for when there is no board to read them from. */
export function lostWords(lost: readonly Entry[], reason: string, at: number): Kept[] {
  const ids = new Set(lost.flatMap((entry) => entry.ids));
  return [...ids].flatMap((id) => {
    const text = typedWords(editsOf(id, lost));
    return text.trim() === '' ? [] : [keptOf(id, text, reason, at)];
  });
}

/** The words of something that was deleted while its author wrote in it. */
export function takenAway(board: Board, id: ElementId, at: number): Kept[] {
  const text = board.words(id);
  const reason = 'Somebody deleted this while you were writing in it.';
  return text.trim() === '' ? [] : [keptOf(id, text, reason, at)];
}

/** Those whose words are on the board as they were: the edit that was lost moved or coloured them, or was saved after all. */
export function needlesslyKept(kept: readonly Kept[], board: Board): Kept[] {
  return kept.filter((one) => board.get(elementOf(one))?.text === one.text);
}
