/**
 * Edits that have no receipt yet, in the order they were made.
 *
 * Invariant: a number belongs to one edit for good, and numbers ascend; so a receipt for one is a receipt for all before it.
 */

import type { ElementId } from '../model/element.ts';
import type { SemanticEdit } from '../model/semanticEdit.ts';
import type { ClientMessage } from './messages.ts';

/** An edit as its author made it. */
export interface Made {
  readonly update: Uint8Array;
  /** The elements it touched: whose words to keep should it be refused. */
  readonly ids: readonly ElementId[];
  /** What it was, to make it again on a board of another history; `null` if it was stored by a page that did not note it. */
  readonly edits: readonly SemanticEdit[] | null;
}

export interface Entry extends Made {
  readonly cseq: number;
  /** The epoch of the board it was made on; `null` if that is not known. */
  readonly epoch: number | null;
  /** When it was made, or found again in storage; monotonic ms. */
  readonly at: number;
}

export interface Outbox {
  readonly next: number;
  readonly entries: readonly Entry[];
}

/** What the server takes together in parts of one edit. */
export const MAX_EDIT_BYTES = 4 * 1024 * 1024;
/** The longest framing of an edit or a part around its bytes: array, type, three numbers, length. */
const FRAMING_BYTES = 64;

export const EMPTY_OUTBOX: Outbox = { next: 1, entries: [] };

export function append(outbox: Outbox, made: Made, epoch: number | null, now: number): Outbox {
  const entry: Entry = { ...made, cseq: outbox.next, epoch, at: now };
  return { next: outbox.next + 1, entries: [...outbox.entries, entry] };
}

/** Drops every edit up to and with `cseq`. */
export function acknowledge(outbox: Outbox, cseq: number): Outbox {
  const entries = outbox.entries.filter((entry) => entry.cseq > cseq);
  return entries.length === outbox.entries.length ? outbox : { next: outbox.next, entries };
}

/** Puts what the server lacks in the place of all that wait. It is as old as the oldest of them, and says what they said. */
export function supersede(
  outbox: Outbox,
  updates: readonly Uint8Array[],
  about: readonly ElementId[],
  epoch: number | null,
  now: number,
): Outbox {
  const ids = [...new Set([...outbox.entries.flatMap((entry) => entry.ids), ...about])];
  const at = outbox.entries[0]?.at ?? now;
  const all = outbox.entries.flatMap((entry) => entry.edits ?? []);
  const entries = updates.map((update, index): Entry => {
    const edits = index === updates.length - 1 ? all : [];
    return { cseq: outbox.next + index, update, ids, edits, epoch, at };
  });
  return { next: outbox.next + entries.length, entries };
}

/** Forgets all that wait. Numbers go on, because the old ones belong to edits the server has seen. */
export function clear(outbox: Outbox): Outbox {
  return { next: outbox.next, entries: [] };
}

/** The messages that carry an edit: one, or parts if it is too large for a frame. */
export function messagesFor(entry: Entry, maxFrameBytes: number): ClientMessage[] {
  const { cseq, update } = entry;
  const room = Math.max(1, maxFrameBytes - FRAMING_BYTES);
  if (update.length <= room) return [{ type: 'edit', cseq, update }];
  const count = Math.ceil(update.length / room);
  return Array.from({ length: count }, (_, index) => ({
    type: 'part' as const,
    cseq,
    index,
    count,
    bytes: update.subarray(index * room, (index + 1) * room),
  }));
}
