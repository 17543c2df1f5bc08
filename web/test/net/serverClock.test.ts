import { describe, expect, it } from 'vitest';
import { measureClock } from '../../src/net/serverClock.ts';

/** A line to a server whose date is `ahead` of our clock, with a way there and a way back for each ask. */
function line(ahead: number, ways: readonly (readonly [there: number, back: number])[]) {
  let now = 5_000;
  let asked = 0;
  const ask = async (): Promise<unknown> => {
    const way = ways[asked];
    asked += 1;
    if (way === undefined) throw new Error('the line broke');
    now += way[0];
    const date = now + ahead;
    now += way[1];
    return date;
  };
  return { ask, now: () => now };
}

describe('the time at the server', () => {
  it('is taken from the quickest answer', async () => {
    const { ask, now } = line(1_000_000, [
      [400, 40],
      [20, 30],
      [900, 10],
      [60, 60],
    ]);
    expect(await measureClock(ask, now)).toBe(1_000_000 - 5);
  });

  it('is within half of the way there and back, however uneven the way is', async () => {
    const { ask, now } = line(-7_200_000, [
      [480, 0],
      [490, 0],
      [500, 0],
      [510, 0],
    ]);
    expect(Math.abs(((await measureClock(ask, now)) ?? 0) + 7_200_000)).toBeLessThanOrEqual(250);
  });

  it('is what was known when the line broke', async () => {
    const { ask, now } = line(1_000, [[10, 10]]);
    expect(await measureClock(ask, now)).toBe(1_000);
    expect(await measureClock(ask, now)).toBeNull();
  });

  it('is not taken from an answer that is no date', async () => {
    expect(
      await measureClock(
        async () => 'noon',
        () => 0,
      ),
    ).toBeNull();
  });
});
