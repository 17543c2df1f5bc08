/** What time it is at the server: asked a few times, and the quickest answer believed. */

/** Enough for one of them to meet no queue on its way. */
const ASKS = 4;

/**
 * Measures how far the server's date is ahead of a clock of ours.
 *
 * Args:
 *   ask: Asks the server for its date, in Unix milliseconds.
 *   now: Our clock, in milliseconds; counting from anywhere.
 *
 * Returns:
 *   What has to be added to ours, wrong by at most half of the quickest way there and back; `null` if no answer came.
 */
export async function measureClock(ask: () => Promise<unknown>, now: () => number): Promise<number | null> {
  let quickest = Number.POSITIVE_INFINITY;
  let ahead: number | null = null;
  try {
    for (let count = 0; count < ASKS; count += 1) {
      const sent = now();
      const date = await ask();
      const took = now() - sent;
      if (typeof date === 'number' && took < quickest) {
        quickest = took;
        ahead = date - sent - took / 2;
      }
    }
  } catch {
    // The line broke; what we know by now has to do until the next one.
  }
  return ahead;
}
