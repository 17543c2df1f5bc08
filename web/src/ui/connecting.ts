/** Connectors, as far as they have come: what draws them is fetched once a board has some, or when the page is idle. */

import { computed, type ReadonlySignal } from '@preact/signals-core';
import type { Board } from '../model/board.ts';
import type { Connectors } from '../render/connectors.ts';
import { LaterModule } from './later.tsx';

export const connecting = new LaterModule(() => import('../render/connectors.ts'));

/** Connectors with routes of their own; null until they have come. */
export function ownConnectors(): ReadonlySignal<Connectors | null> {
  return computed(() => (connecting.here === null ? null : new connecting.here.Connectors()));
}

/** Fetches what a board needs to be shown whole. Without it all but the connectors is shown. */
export async function fetchFor(board: Board): Promise<void> {
  if (connecting.here !== null || !board.all().some(({ kind }) => kind === 'conn')) return;
  // It is asked for again with the next change, and when the page is idle.
  await connecting.fetch().catch(() => undefined);
}
