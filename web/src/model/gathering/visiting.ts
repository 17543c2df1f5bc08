/** Who of the host team sits in with a table. */

import { type Fields, fields, map, number, words } from './reading.ts';

/** Somebody of the host team sits in with a table, or is about to. */
export interface Visit {
  readonly seat: string;
  readonly table: string;
  /** From when on they see what the table sees. */
  readonly from: number;
  readonly here: boolean;
}

export function readVisits(visiting: Fields): readonly Visit[] {
  const told = map(visiting.visits, (value) => {
    const visit = fields(value);
    const table = words(visit.table);
    return table === null ? null : { table, from: number(visit.from) ?? 0, here: visit.here === true };
  });
  return [...told].map(([seat, visit]) => ({ seat, ...visit }));
}
