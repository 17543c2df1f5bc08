import { describe, expect, it } from 'vitest';
import { neededHeight, noteBox, noteHeight } from '../../src/render/measures.ts';
import { ellipsis, fitInto, isRtl, type Measurer, NOTE_SIZES, paragraph, pieces, wrap } from '../../src/render/text.ts';
import { TextCache } from '../../src/render/textCache.ts';

/** Every UTF-16 unit is half as wide as the letters are high; graphemes of several units are as wide as two. */
class Ruler implements Measurer {
  readonly ascent = 0.95;
  readonly descent = 0.25;
  calls = 0;

  width(text: string, _weight: number, size: number): number {
    this.calls += 1;
    const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
    let units = 0;
    for (const { segment } of segmenter.segment(text)) units += segment.length > 1 ? 2 : 1;
    return units * size * 0.5;
  }
}

const ruler = new Ruler();
const linesOf = (text: string, width: number) => wrap(text, width, 400, 10, ruler).lines.map((line) => line.text);

describe('wrapping', () => {
  it('breaks between words and drops the space at the end of a line', () => {
    expect(linesOf('one two three', 35)).toEqual(['one two', 'three']);
  });

  it('does not count the space at the end of a line', () => {
    expect(linesOf('abcd efgh', 20)).toEqual(['abcd', 'efgh']);
  });

  it('keeps empty lines and line breaks', () => {
    expect(linesOf('a\n\nb', 100)).toEqual(['a', '', 'b']);
    expect(linesOf('', 100)).toEqual(['']);
  });

  it('breaks after hyphens', () => {
    expect(linesOf('one-year money', 25)).toEqual(['one-', 'year', 'money']);
  });

  it('cuts a word that is too long between graphemes', () => {
    const { lines, cut } = wrap('abcdefgh', 20, 400, 10, ruler);
    expect(lines.map((line) => line.text)).toEqual(['abcd', 'efgh']);
    expect(cut).toBe(true);
  });

  it('never cuts a family of emoji', () => {
    expect(linesOf('👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧', 20)).toEqual(['👩‍👩‍👧👩‍👩‍👧', '👩‍👩‍👧']);
  });

  it('breaks Chinese and Japanese without spaces, but not before a full stop', () => {
    const lines = linesOf('家族がフォルダーを持ち歩いています。', 40);
    expect(lines.join('')).toBe('家族がフォルダーを持ち歩いています。');
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) expect(line.startsWith('。')).toBe(false);
  });

  it('keeps a no-break space together', () => {
    expect(pieces('about 10\u00a0€ each')).toContain('10\u00a0€ ');
  });

  it('does not break before a comma or after an opening bracket', () => {
    expect(pieces('été, (voilà) ça')).toEqual(['été, ', '(voilà) ', 'ça']);
  });

  it('says which way each paragraph runs', () => {
    const { lines } = wrap('hello\nمرحبا\n123 שלום', 200, 400, 10, ruler);
    expect(lines.map((line) => line.rtl)).toEqual([false, true, true]);
    expect(isRtl('42')).toBe(false);
  });
});

describe('fitting', () => {
  it('takes the largest size that shows everything', () => {
    expect(fitInto('short', { w: 100, h: 60 }, NOTE_SIZES, 400, ruler).size).toBe(16);
  });

  it('shrinks rather than cut a word', () => {
    const layout = fitInto('twelve chars', { w: 40, h: 100 }, [16, 14, 12], 400, ruler);
    expect(layout.size).toBe(12);
    expect(layout.lines.map((line) => line.text)).toEqual(['twelve', 'chars']);
  });

  it('cuts a word that no size can hold, at the largest size that shows it', () => {
    const layout = fitInto('a'.repeat(20), { w: 60, h: 100 }, [16, 12], 400, ruler);
    expect(layout.size).toBe(16);
    expect(layout.clipped).toBe(false);
  });

  it('clips at the smallest size with an ellipsis', () => {
    const layout = fitInto('word '.repeat(60), { w: 80, h: 40 }, NOTE_SIZES, 400, ruler);
    expect(layout.size).toBe(12);
    expect(layout.clipped).toBe(true);
    expect(layout.lines.at(-1)?.text.endsWith('…')).toBe(true);
    expect(layout.height).toBeLessThanOrEqual(41);
  });

  it('shortens one line without a dangling stop', () => {
    expect(ellipsis('one. two', 30, 400, 10, ruler).text).toBe('one…');
    expect(ellipsis('one', 30, 400, 10, ruler).text).toBe('one');
  });

  it('clips a paragraph to its box', () => {
    expect(paragraph('a b c d', { w: 10, h: 26 }, 10, 400, 1.3, ruler).lines).toHaveLength(2);
  });
});

describe('notes', () => {
  it('have a foot line unless they are small', () => {
    expect(noteBox(184, 104).foot).toBe(true);
    expect(noteBox(73, 36).foot).toBe(false);
  });

  it('grow only when the text does not fit at the smallest size', () => {
    const note = { kind: 'note', rect: { x: 0, y: 0, w: 184, h: 104 }, style: {} } as const;
    expect(neededHeight(note, 'short', ruler)).toBe(104);
    const long = 'word '.repeat(100);
    const height = neededHeight(note, long, ruler);
    expect(height).toBeGreaterThan(104);
    const box = noteBox(184, height);
    expect(fitInto(long, box, NOTE_SIZES, 400, ruler).clipped).toBe(false);
    expect(noteHeight(long, ruler)).toBe(height);
  });

  it('let free text be as high as its lines', () => {
    const text = { kind: 'text', rect: { x: 0, y: 0, w: 100, h: 48 }, style: { size: 20 } } as const;
    expect(neededHeight(text, 'one\ntwo\nthree', ruler)).toBe(78);
  });
});

describe('the cache', () => {
  it('measures a text once', () => {
    const counted = new Ruler();
    const cache = new TextCache(counted);
    const first = cache.layOut('some words', { w: 100, h: 60 }, NOTE_SIZES, 400);
    const calls = counted.calls;
    expect(cache.layOut('some words', { w: 100, h: 60 }, NOTE_SIZES, 400)).toBe(first);
    expect(counted.calls).toBe(calls);
  });

  it('forgets when a font has loaded', () => {
    const counted = new Ruler();
    const cache = new TextCache(counted);
    const owner = {};
    cache.fitted(owner, 'some words', { w: 100, h: 60 }, NOTE_SIZES, 400);
    const calls = counted.calls;
    cache.clear();
    cache.fitted(owner, 'some words', { w: 100, h: 60 }, NOTE_SIZES, 400);
    expect(counted.calls).toBeGreaterThan(calls);
  });
});
