/** Connectors, as far as they have come: what draws them is fetched once a board has some, or when the page is idle. */

import { computed, type ReadonlySignal } from '@preact/signals-core';
import type { Board } from '../model/board.ts';
import type { Connectors } from '../render/connectors.ts';
import { LaterModule } from './later.tsx';

export const connecting = new LaterModule(() => import('../render/connectors.ts'));

/** After a failure, as without a connection, it is not asked for at once again. */
const PAUSE_MS = 5_000;
/** A board that opens waits for it no longer. */
const WAIT_MS = 1_500;
/** While it is being fetched, or rests after a failure. */
let trying = false;

/** Connectors with routes of their own; null until they have come. */
export function ownConnectors(): ReadonlySignal<Connectors | null> {
  return computed(() => (connecting.here === null ? null : new connecting.here.Connectors()));
}

/** Fetches what a board needs to be shown whole, until it has come. Without it all but the connectors is shown. */
export async function fetchFor(board: Board): Promise<void> {
  if (trying || connecting.here !== null || !board.all().some(({ kind }) => kind === 'conn')) return;
  trying = true;
  try {
    await connecting.fetch();
    trying = false;
  } catch {
    setTimeout(() => {
      trying = false;
      void fetchFor(board);
    }, PAUSE_MS);
  }
}

/** The same, for no longer than a moment: the rest of the board is worth more than its connectors. */
export function fetchBriefly(board: Board): Promise<void> {
  return Promise.race([fetchFor(board), new Promise<void>((resolve) => setTimeout(resolve, WAIT_MS))]);
}
