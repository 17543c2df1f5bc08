/** Tables: whether people choose theirs, and what goes on at each. */

import { type Fields, fields, map, number } from './reading.ts';
import { readSummon, type Summon } from './summon.ts';

/** A time of one table within the step. */
export interface TableTimer {
  readonly ends: number;
  readonly seconds: number;
}

export interface Tables {
  /** Whether people choose where they sit. */
  readonly choosing: boolean;
  /** By table; told to the host team alone. */
  readonly timers: ReadonlyMap<string, TableTimer>;
  readonly summons: ReadonlyMap<string, Summon>;
}

export function readTables(tables: Fields): Tables {
  return {
    choosing: tables.choosing === true,
    timers: map(tables.timers, readTimer),
    summons: map(tables.summons, readSummon),
  };
}

export function readTimer(value: unknown): TableTimer | null {
  const ends = number(fields(value).ends);
  return ends === null ? null : { ends, seconds: number(fields(value).seconds) ?? 0 };
}
