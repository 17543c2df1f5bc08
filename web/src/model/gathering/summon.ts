/** That everybody, or a table, is asked to look at one place. */

import { each, fields, number, words } from './reading.ts';

export interface Summon {
  readonly by: string;
  readonly region: string | null;
  /** x, y, width, height in world units. */
  readonly view: readonly [number, number, number, number] | null;
  /** Until when the view is held; `null` if it is not. */
  readonly until: number | null;
  readonly hold: boolean;
}

export function readSummon(value: unknown): Summon | null {
  const summon = fields(value);
  const by = words(summon.by);
  if (by === null) return null;
  const [x, y, w, h] = each(summon.view, number);
  const view =
    x !== undefined && y !== undefined && w !== undefined && h !== undefined ? ([x, y, w, h] as const) : null;
  const hold = summon.hold === true || (number(summon.hold) ?? 0) > 0;
  return { by, region: words(summon.region), view, until: number(summon.until), hold };
}
