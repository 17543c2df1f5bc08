import { describe, expect, it } from 'vitest';
import { seatedAt, spread } from '../../../src/ui/gathering/seating.ts';

const NONE = new Map<string, string>();

describe('tables', () => {
  it('are as full as each other', () => {
    expect(spread(['1', '2', '3', '4', '5'], 2, NONE, NONE)).toEqual({
      tables: { a: 'Table A', b: 'Table B' },
      seats: { 1: 'a', 2: 'b', 3: 'a', 4: 'b', 5: 'a' },
    });
  });

  it('keep who sits at them, and their titles, as far as that goes', () => {
    const at = new Map([
      ['1', 'b'],
      ['2', 'b'],
      ['3', 'c'],
    ]);
    const titles = new Map([['b', 'By the window']]);
    expect(spread(['1', '2', '3', '4'], 2, titles, at)).toEqual({
      tables: { a: 'Table A', b: 'By the window' },
      seats: { 1: 'b', 2: 'b', 3: 'a', 4: 'a' },
    });
  });

  it('can be none, and take in one person at a time', () => {
    expect(spread(['1'], 0, NONE, new Map([['1', 'a']]))).toEqual({ tables: {}, seats: {} });
    const titles = new Map([['a', 'Table A']]);
    expect(seatedAt('2', 'a', titles, new Map([['1', 'a']])).seats).toEqual({ 1: 'a', 2: 'a' });
    expect(seatedAt('1', null, titles, new Map([['1', 'a']])).seats).toEqual({});
  });
});
