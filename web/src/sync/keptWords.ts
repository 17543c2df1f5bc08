/** Words that could not be saved: which they are, and which of them turn out to be on the board after all. */

import type { Board } from '../model/board.ts';
import { type ElementId, elementId } from '../model/element.ts';
import { typedWords } from '../model/updateParts.ts';
import type { Neutralised } from './messages.ts';
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

/** The words of an element as the author of these edits saw them last, if one of them wrote there. */
export function writtenIn(element: ElementId, unsaved: readonly Entry[]): string {
  const fields = new Map<string, string>();
  for (const edit of unsaved.flatMap(({ edits }) => edits ?? [])) {
    if (edit.id !== element) continue;
    if (edit.type === 'create') for (const [field, words] of Object.entries(edit.texts)) fields.set(field, words);
    if (edit.type === 'text') fields.set(edit.field, edit.after);
  }
  return [...fields.values()].filter((words) => words.trim() !== '').join('\n');
}

// What a gathering undoes says until when, which the server alone knows: its own sentence is told.
const UNDONE: Readonly<Record<string, string>> = {
  locked: 'Not added: the board is locked.',
  element_locked: 'Not added: a host has locked this.',
  role: 'Not added: only a host can change this.',
  quota_seat: 'Not added: you have as much on this board as one person may.',
  quota_board: 'Not added: the board is full.',
  removed: 'Not added: somebody removed this meanwhile.',
};

export function undoneBecause({ code, message }: Neutralised): string {
  return UNDONE[code] ?? `Not added: ${message.charAt(0).toLowerCase()}${message.slice(1)}`;
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
