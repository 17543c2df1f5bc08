import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  digestOf,
  feelsOf,
  heatOf,
  MOST_WORDS,
  markedFrom,
  painted,
  phrasesIn,
  runsIn,
  withMarked,
  wordingOf,
  wordsIn,
} from '../../src/model/marking.ts';

interface Vector {
  readonly name: string;
  /** What the text is of, where it is a card. */
  readonly card?: unknown;
  readonly text: string;
  readonly words: readonly string[];
  readonly digest: string;
}

// The server reads the same file, in tests/unit/core/gathering/test_marking.py.
const file = new URL('../../../tests/vectors/words.json', import.meta.url);
const VECTORS = JSON.parse(readFileSync(file, 'utf8')) as readonly Vector[];

describe('words', () => {
  it.each(VECTORS)('are numbered as the server numbers them: $name', ({ card, text, words, digest }) => {
    expect(wordingOf({ text: card === undefined ? text : '', payload: card ?? null })).toBe(text);
    expect(wordsIn(text).map((word) => word.text)).toEqual(words);
    expect(digestOf(text)).toBe(digest);
  });

  it.each(VECTORS)('are all of the text, with what stands between them: $name', ({ text }) => {
    const again = wordsIn(text)
      .map((word) => word.space + word.text)
      .join('');
    expect(text.startsWith(again)).toBe(true);
    expect(text.slice(again.length).trim()).toBe('');
  });

  it('of anything but a card are its text', () => {
    expect(wordingOf({ text: 'A line', payload: null })).toBe('A line');
  });
});

describe('marking', () => {
  it('makes one mark of words side by side that feel the same', () => {
    const feels = painted(painted(feelsOf(undefined, 6), 3, 1, 'rings'), 4, 4, 'jars');
    expect(markedFrom(feels, 'digest__')).toEqual({ words: 'digest__', rings: [[1, 3]], jars: [[4, 4]] });
  });

  it('takes a word out of the middle of a mark', () => {
    const feels = painted(feelsOf({ words: 'digest__', rings: [[0, 4]], jars: [] }, 5), 2, 2, null);
    const left = markedFrom(feels, 'digest__');
    expect(left?.rings).toEqual([
      [0, 1],
      [3, 4],
    ]);
    expect(feelsOf(left ?? undefined, 5)).toEqual(feels);
  });

  it('leaves nothing of a draft whose last mark is taken back', () => {
    const marked = markedFrom(['jars'], 'digest__');
    const marks = withMarked({}, 'one', marked);
    expect(Object.keys(marks)).toEqual(['one']);
    expect(withMarked(marks, 'one', markedFrom([null], 'digest__'))).toEqual({});
  });
});

describe('heat', () => {
  const heat = {
    one: {
      rings: [
        [1, 5],
        [2, 5],
        [3, 2],
      ],
      jars: [[3, 1]],
    },
  };
  const words = wordsIn('We join our people.');

  it('is what the result tells of each word', () => {
    expect(heatOf(heat, 'one')).toEqual({ rings: [0, 5, 5, 2], jars: [0, 0, 0, 1] });
    expect(heatOf(heat, 'other')).toEqual({ rings: [], jars: [] });
  });

  it.each([
    null,
    7,
    [],
    { one: 7 },
    { one: { rings: 7 } },
    { one: { rings: [7, [], [0], ['a', 1]] } },
  ])('is nothing where it is not understood: %j', (told) => {
    expect(heatOf(told, 'one').rings).toEqual([]);
  });

  it('takes no more words than there can be', () => {
    expect(
      heatOf(
        {
          one: {
            rings: [
              [MOST_WORDS, 1],
              [1e9, 1],
              [-1, 1],
            ],
          },
        },
        'one',
      ).rings,
    ).toEqual([]);
  });

  it('makes a phrase of words side by side that as many marked', () => {
    expect(phrasesIn(words, heatOf(heat, 'one').rings)).toEqual([
      { words: 'join our', many: 5, last: 2 },
      { words: 'people.', many: 2, last: 3 },
    ]);
  });

  it('runs through the whole draft', () => {
    expect(runsIn(words, heatOf(heat, 'one'))).toEqual([
      { space: '', text: 'We', rings: 0, jars: 0 },
      { space: ' ', text: 'join our', rings: 5, jars: 0 },
      { space: ' ', text: 'people.', rings: 2, jars: 1 },
    ]);
  });
});
