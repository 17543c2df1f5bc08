import { signal } from '@preact/signals-core';
import { describe, expect, it } from 'vitest';
import type { Attendance } from '../../../src/ui/gathering/attendance.ts';
import { choiceWords, closedWords, wouldWords } from '../../../src/ui/gathering/pastWords.ts';
import { tellPuttingBack } from '../../../src/ui/gathering/puttingBack.ts';
import { timeWords } from '../../../src/ui/gathering/words.ts';
import type { Services } from '../../../src/ui/services.ts';
import { gatheringAt, NOON } from './gatherings.ts';

const NOTHING = { back: 0, away: 0, changed: 0, home: 0, stays: 0, before: null };

describe('what is said of a region that is put back [REW-5]', () => {
  it('is what would change, each in a sentence', () => {
    expect(wouldWords(NOTHING)).toEqual([]);
    expect(wouldWords({ ...NOTHING, back: 1, away: 3, changed: 12, stays: 2 })).toEqual([
      'One thing that was deleted comes back.',
      'Three things that are new leave the board.',
      '12 get their earlier words, place or colour.',
      'Two stay here: people write unseen where they came from.',
    ]);
  });

  it('names a time by what it was the time of', () => {
    expect(choiceWords({ at: NOON, since: 'minutes', what: '1' })).toBe(`A minute ago, ${timeWords(NOON)}`);
    expect(choiceWords({ at: NOON, since: 'step', what: 'Sort' })).toBe(`When “Sort” began, ${timeWords(NOON)}`);
  });

  it('is a reason where nothing can be put back', () => {
    expect(closedWords(null, null, false)).toBe('Choose a time first.');
    expect(closedWords(1, null, false)).toBe('One moment.');
    expect(closedWords(1, ['One thing that was deleted comes back.'], true)).toBe('One moment.');
    expect(closedWords(1, [], false)).toBe('Nothing has changed since then.');
    expect(closedWords(1, ['One thing that was deleted comes back.'], false)).toBeNull();
  });

  it('is told to everybody once', () => {
    const said: string[] = [];
    const told = signal<unknown>({});
    const attendance = { room: { gathering: told }, gathering: signal(gatheringAt()) } as unknown as Attendance;
    const services = {
      announcer: { say: (text: string) => said.push(text) },
      toaster: { show: () => undefined },
    } as unknown as Services;
    const last = (at: number) => ({ rewinding: { last: { stories: { at, to: NOON, before: at } } } });
    told.value = last(1);
    const stop = tellPuttingBack(attendance, services);
    expect(said).toEqual([]);
    told.value = last(2);
    told.value = { ...last(2), people: {} };
    stop();
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/^A host put .* back to how it was at /);
  });
});
