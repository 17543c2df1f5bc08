import { describe, expect, it } from 'vitest';
import { slice } from '../../../src/ui/gathering/Timer.tsx';
import { momentBetween } from '../../../src/ui/gathering/timeWords.ts';
import { MINUTE } from './gatherings.ts';

const LONG = 5 * MINUTE;

describe('the moments in which time runs out', () => {
  it('are a minute before, ten seconds before, and the end', () => {
    const told: (readonly [number, string])[] = [];
    for (let left = 300; left >= 0; left -= 1) {
      const moment = momentBetween(left + 1, left, LONG);
      if (moment !== null) told.push([left, moment]);
    }
    expect(told).toEqual([
      [60, 'minute'],
      [10, 'last'],
      [0, 'time'],
    ]);
  });

  it('are only the end in a short step', () => {
    expect(momentBetween(61, 60, 2 * MINUTE)).toBeNull();
    expect(momentBetween(11, 10, 2 * MINUTE)).toBeNull();
    expect(momentBetween(1, 0, 2 * MINUTE)).toBe('time');
  });

  it('are told once for a look that comes late, and the last of them', () => {
    expect(momentBetween(90, 5, LONG)).toBe('last');
    expect(momentBetween(90, 0, LONG)).toBe('time');
  });

  it('do not come from a step that was just opened, or when time is given', () => {
    expect(momentBetween(null, 0, LONG)).toBeNull();
    expect(momentBetween(5, null, LONG)).toBeNull();
    expect(momentBetween(5, 65, LONG)).toBeNull();
    expect(momentBetween(0, 0, LONG)).toBeNull();
  });
});

describe('the dial', () => {
  it('empties clockwise', () => {
    expect(slice(0)).toBe('');
    expect(slice(0.75)).toBe('M20 20L35.00 20.00A15 15 0 1 1 20 5z');
    expect(slice(0.25)).toBe('M20 20L5.00 20.00A15 15 0 0 1 20 5z');
  });
});
