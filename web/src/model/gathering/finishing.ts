/** How many have finished with a step. */

import { type Fields, number } from './reading.ts';

/** How many have finished: in quarters, or as a count; nothing where neither is told. */
export interface Finishing {
  readonly share: number | null;
  readonly count: number | null;
  readonly of: number | null;
}

export function readFinishing(finishing: Fields): Finishing {
  return { share: number(finishing.share), count: number(finishing.count), of: number(finishing.of) };
}
