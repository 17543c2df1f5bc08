/** The names on records: who put theirs there, and who is asked to. */

import { each, type Fields, some, words } from './reading.ts';

/** What somebody takes upon themselves in a record. */
export type Part = 'commit' | 'lead' | 'help';

/** A name that its owner put on a record. */
export interface RecordName {
  readonly seat: string;
  readonly part: Part;
  /** A digest of what the record promised then. */
  readonly words: string;
}

export interface Recording {
  /** By element; whoever came first in front. */
  readonly names: ReadonlyMap<string, readonly RecordName[]>;
  readonly agreed: readonly string[];
}

export interface Offers {
  /** What one is asked to lead, and by whom. */
  readonly offered: readonly { readonly element: string; readonly by: string }[];
  /** What one has asked others to lead. */
  readonly offering: readonly { readonly element: string; readonly to: string; readonly declined: boolean }[];
}

export function readName(value: unknown): RecordName | null {
  const [seat, part, digest] = each(value, words);
  const known = some(part, ['commit', 'lead', 'help']);
  return seat === undefined || known === null || digest === undefined ? null : { seat, part: known, words: digest };
}

export function readOffers(recording: Fields): Offers {
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
  };
}
