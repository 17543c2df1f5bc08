/** Words that could not be saved: which they are, and which of them turn out to be on the board after all. */

import type { Board } from '../model/board.ts';
import { type ElementId, elementId } from '../model/element.ts';
import type { Entry } from './outbox.ts';
import type { Kept } from './state.ts';

function keptId(element: ElementId, at: number): string {
  return `${element}.${at}`;
}

function elementOf(kept: Kept): ElementId {
  return elementId(kept.id.split('.', 1)[0] ?? '');
}

/** The words of everything the lost edits touched. What the author had deleted is not kept. */
export function keptWords(board: Board, lost: readonly Entry[], reason: string, at: number): Kept[] {
  const ids = new Set(lost.flatMap((entry) => entry.ids));
  return [...ids].flatMap((id) => {
    const text = board.get(id)?.text ?? '';
    return text.trim() === '' ? [] : [{ id: keptId(id, at), text, reason, at }];
  });
}

/** Those whose words are on the board as they were: the edit that was lost moved or coloured them, or was saved after all. */
export function needlesslyKept(kept: readonly Kept[], board: Board): Kept[] {
  return kept.filter((one) => board.get(elementOf(one))?.text === one.text);
}
