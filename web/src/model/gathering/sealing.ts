/** What is held until it is revealed: how far it has come, and the notes that a seat may read before. */

import { each, type Fields, fields, number, words } from './reading.ts';

export interface Sealing {
  /** In per cent, in quarters; `null` where it is not told. */
  readonly progress: number | null;
  /** Regions whose notes are with all their tables by now, and not yet with everybody. */
  readonly handed: readonly string[];
  readonly withdrawn: number;
  /** When something was withdrawn last; ms since 1970. */
  readonly withdrawnAt: number | null;
  /** Notes without a name that somebody asks hosts to withdraw; hosts alone are told. */
  readonly pleas: readonly string[];
}

/** A note of one's own, or of one's table, that is held until the reveal. */
export interface SealedNote {
  readonly note: string;
  readonly region: string;
  readonly phase: string | null;
  readonly text: string;
  /** It missed its reveal. */
  readonly late: boolean;
  /** The table it is shared with; `null` if it is one's own alone. */
  readonly table: string | null;
  /** The seat that wrote it, where the table reads it with its name. */
  readonly by: string | null;
}

export function readSealing(sealing: Fields): Sealing {
  return {
    progress: number(sealing.progress),
    handed: each(sealing.handed, words),
    withdrawn: number(sealing.withdrawn) ?? 0,
    withdrawnAt: number(sealing.withdrawn_at),
    pleas: each(sealing.pleas, words),
  };
}

export function readSealedNote(value: unknown): SealedNote | null {
  const sealed = fields(value);
  const note = words(sealed.note);
  const region = words(sealed.region);
  if (note === null || region === null) return null;
  return {
    note,
    region,
    phase: words(sealed.phase),
    text: words(sealed.text) ?? '',
    late: sealed.late === true,
    table: words(sealed.table),
    by: words(sealed.seat),
  };
}
