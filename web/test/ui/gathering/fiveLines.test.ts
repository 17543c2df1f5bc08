import { describe, expect, it } from 'vitest';
import { Board } from '../../../src/model/board.ts';
import { catchUp } from '../../../src/ui/gathering/fiveLines.ts';
import { type Changes, gatheringAt, MINUTE, NOON } from './gatherings.ts';

const PERSON = { role: 'participant', table: null } as const;

function lines(changes: Changes, now = NOON): readonly string[] {
  return catchUp(gatheringAt(changes), new Board(), PERSON, now).map(({ words }) => words);
}

function poll(more: object): object {
  return { poll: 'p', kind: 'dots', question: 'Where do we begin?', open: false, ...more };
}

describe('five lines for a latecomer', () => {
  it('tell what for, where, what came of it, what is asked and how long', () => {
    expect(lines({ at: 'write' })).toEqual([
      'Winter in Alder Vale.',
      'Step 2 of 4: Write what we see.',
      'Nothing is decided yet, and nothing is on the board.',
      'You write alone in see: One thing on each note.',
      expect.stringMatching(/^4:00 left, until about /),
    ]);
  });

  it('tell what was decided last, and never how a few voted', () => {
    const decided = (result: object): string | undefined =>
      lines({ at: 'sort', areas: { deciding: { polls: [poll({ result })] } } })[2];
    expect(decided({ n: 3, suppressed: true, totals: {} })).toBe('Where do we begin? 3 answered.');
    expect(decided({ n: 7, totals: { a: 4, b: 4 } })).toBe('Where do we begin? 7 voted.');
    expect(decided({ n: 7, outcome: 'concerns', totals: {} })).toBe(
      'Where do we begin? We consent, and keep the concerns.',
    );
  });

  it('tell of a clock that is stopped, up, or not there', () => {
    const time = (timer: Record<string, unknown> | null): string | undefined => lines({ at: 'sort', timer })[4];
    expect(time(null)).toBe('No clock is running.');
    expect(time({ ends: null, left: MINUTE })).toBe('The clock is stopped, with 1:00 left.');
    expect(time({ ends: NOON - 1, left: 0 })).toBe('The time for this step is up.');
  });
});
