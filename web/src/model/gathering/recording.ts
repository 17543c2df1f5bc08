/** The names on records: who put theirs there, and who is asked to. */

import { each, type Fields, number, some, words } from './reading.ts';

/** What somebody takes upon themselves in a record. */
export type Part = 'commit' | 'lead' | 'help';

/** A name that its owner put on a record. */
export interface RecordName {
  readonly seat: string;
  readonly part: Part;
  /** A digest of what the record promised then. */
  readonly words: string;
  /** What its owner says to it; empty for nothing. */
  readonly own: string;
}

/** How far an action is. */
export type Status = 'not_started' | 'moving' | 'stuck' | 'done' | 'let_go';

/** How an action stood from a server time on. */
export interface Standing {
  readonly status: Status;
  readonly at: number;
  /** Who said so, as long as their name is on it. */
  readonly seat: string | null;
  readonly reason: string | null;
}

export interface Recording {
  /** By element; whoever came first in front. */
  readonly names: ReadonlyMap<string, readonly RecordName[]>;
  readonly agreed: readonly string[];
  /** By element; the latest last. */
  readonly standing: ReadonlyMap<string, readonly Standing[]>;
}

export interface OwnRecording {
  /** What one is asked to lead, and by whom. */
  readonly offered: readonly { readonly element: string; readonly by: string }[];
  /** What one has asked others to lead. */
  readonly offering: readonly { readonly element: string; readonly to: string; readonly declined: boolean }[];
  /** Standings that one has said, and that are told without one's name. */
  readonly stood: readonly { readonly element: string; readonly at: number }[];
}

export function readName(value: unknown): RecordName | null {
  const [seat, part, digest, own = ''] = each(value, words);
  const known = some(part, ['commit', 'lead', 'help']);
  if (seat === undefined || known === null || digest === undefined) return null;
  return { seat, part: known, words: digest, own };
}

export function readStanding(value: unknown): Standing | null {
  if (!Array.isArray(value)) return null;
  const [status, at, seat, reason] = value as readonly unknown[];
  const known = some(status, ['not_started', 'moving', 'stuck', 'done', 'let_go']);
  const time = number(at);
  return known === null || time === null ? null : { status: known, at: time, seat: words(seat), reason: words(reason) };
}

export function readOwnRecording(recording: Fields): OwnRecording {
  return {
    offered: each(recording.offered, (value) => {
      const [element, by] = each(value, words);
      return element === undefined || by === undefined ? null : { element, by };
    }),
    offering: each(recording.offering, (value) => {
      const [element, to] = each(value, words);
      const declined = Array.isArray(value) && value[2] === true;
      return element === undefined || to === undefined ? null : { element, to, declined };
    }),
    stood: each(recording.stood, (value) => {
      const [element, at]: readonly unknown[] = Array.isArray(value) ? value : [];
      const [id, time] = [words(element), number(at)];
      return id === null || time === null ? null : { element: id, at: time };
    }),
  };
}
