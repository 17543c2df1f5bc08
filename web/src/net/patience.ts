/** Waiting for something large on a line that may have died without a word. */

import type { Clock } from './clock.ts';

/** How long loading may bring nothing before it is given up. */
export const LOAD_SILENCE_MS = 20_000;

type OnProgress = (received: number, total: number | null) => void;

/** Aborts a load that has brought nothing for a while; browsers would wait for minutes, or for ever. */
export async function patiently<T>(
  clock: Clock,
  onProgress: OnProgress | undefined,
  load: (onProgress: OnProgress, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stalled = new AbortController();
  const wait = (): (() => void) => clock.after(LOAD_SILENCE_MS, () => stalled.abort());
  let calledOff = wait();
  try {
    return await load((received, total) => {
      calledOff();
      calledOff = wait();
      onProgress?.(received, total);
    }, stalled.signal);
  } finally {
    calledOff();
  }
}
