/** What the others are doing, as ticks tell of it: only what changed, and in a crowd only the cursors around our view. */

import type { Presence } from './state.ts';

/** What changed of one connection's presence. */
export type PresenceRow = Pick<Presence, 'conn'> & Partial<Presence>;

export interface PresenceNews {
  /** What we know no longer holds: we look elsewhere, or have missed some. */
  readonly forget: 'nothing' | 'cursors' | 'everything';
  readonly rows: readonly PresenceRow[];
}

export const NO_NEWS: PresenceNews = { forget: 'nothing', rows: [] };

/** What is known after the news, of those who count. */
export function told(
  known: ReadonlyMap<number, Presence>,
  { forget, rows }: PresenceNews,
  counts: (conn: number) => boolean,
): ReadonlyMap<number, Presence> {
  if (forget === 'nothing' && !rows.some(({ conn }) => counts(conn))) return known;
  const next = forget === 'everything' ? new Map<number, Presence>() : new Map(known);
  if (forget === 'cursors') for (const [conn, presence] of next) next.set(conn, { ...presence, cursor: null });
  for (const row of rows) {
    if (!counts(row.conn)) continue;
    const before = next.get(row.conn) ?? { conn: row.conn, cursor: null, selection: [], editing: null, drag: null };
    next.set(row.conn, { ...before, ...row });
  }
  return next;
}
