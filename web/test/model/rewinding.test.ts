import { describe, expect, it } from 'vitest';
import { pastTimes, readOutcome, readRewinding, readSince } from '../../src/model/rewinding.ts';
import { gatheringAt, MINUTE, NOON } from '../ui/gathering/gatherings.ts';

const { show } = gatheringAt({ at: 'sort' });
const NOW = NOON + 12 * MINUTE;
const NEVER = readRewinding({});

describe('times to put a region back to [REW-6]', () => {
  it('are beginnings of steps and some minutes ago, the latest first', () => {
    const found = pastTimes(show, NEVER, 'see', NOW, 0);
    expect(found.map(({ since, what }) => `${since} ${what}`)).toEqual([
      'minutes 1',
      'minutes 5',
      'minutes 10',
      'step sort',
      'step Write what we see',
      'step tell',
      'began ',
    ]);
    expect(found.map(({ at }) => at)).toEqual(found.map(({ at }) => at).toSorted((a, b) => b - a));
  });

  it('are none of before it is known, and of before its reveal', () => {
    expect(pastTimes(show, NEVER, 'see', NOW, NOW - 2 * MINUTE)).toHaveLength(1);
    const rewinding = readRewinding({ rewinding: { revealed: { see: NOW - 3 * MINUTE } } });
    const here = pastTimes(show, rewinding, 'see', NOW, 0);
    expect(here.map(({ since }) => since)).toEqual(['minutes', 'reveal']);
    expect(pastTimes(show, rewinding, 'stories', NOW, 0).length).toBeGreaterThan(3);
  });

  it('have the one that undoes what was done last', () => {
    const last = { see: { at: NOW - 1_000, to: NOW - MINUTE, before: NOW - 1_001 } };
    const rewinding = readRewinding({ rewinding: { last } });
    expect(pastTimes(show, rewinding, 'see', NOW, 0)[0]).toEqual({ at: NOW - 1_001, since: 'undo', what: '' });
    expect(pastTimes(show, rewinding, 'stories', NOW, 0)[0]?.since).toBe('minutes');
  });
});

describe('what the server tells', () => {
  it('is read, and what makes no sense is nothing', () => {
    expect(readRewinding({ rewinding: { last: { see: { at: 1 } }, revealed: { see: 'then' } } })).toEqual(NEVER);
    expect(readRewinding(null)).toEqual(NEVER);
    expect(readOutcome({ back: 1, away: 2, changed: 3, home: 4, stays: ['a'], before: 5 })).toEqual({
      back: 1,
      away: 2,
      changed: 3,
      home: 4,
      stays: 1,
      before: 5,
    });
    expect(readOutcome(null)).toEqual({ back: 0, away: 0, changed: 0, home: 0, stays: 0, before: null });
    expect([readSince({ since: 7 }), readSince({ since: null })]).toEqual([7, null]);
  });
});
