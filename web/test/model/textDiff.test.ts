import { describe, expect, it } from 'vitest';
import { fitText, type TextChange, textDiff } from '../../src/model/textDiff.ts';
import { seeded } from './seeded.ts';

function apply(text: string, change: TextChange | null): string {
  if (change === null) return text;
  return text.slice(0, change.index) + change.insert + text.slice(change.index + change.remove);
}

describe('textDiff', () => {
  it('finds nothing between equal texts', () => {
    expect(textDiff('same', 'same')).toBeNull();
  });

  it('finds the smallest replacement', () => {
    expect(textDiff('we listen', 'we really listen')).toEqual({ index: 3, remove: 0, insert: 'really ' });
    expect(textDiff('we really listen', 'we listen', 3)).toEqual({ index: 3, remove: 7, insert: '' });
    expect(textDiff('cat', 'cut')).toEqual({ index: 1, remove: 1, insert: 'u' });
  });

  it('takes the caret’s word for which of several equal letters is new', () => {
    expect(textDiff('aaa', 'aaaa', 1)).toEqual({ index: 0, remove: 0, insert: 'a' });
    expect(textDiff('aaa', 'aaaa', 2)).toEqual({ index: 1, remove: 0, insert: 'a' });
    expect(textDiff('aaa', 'aaaa', 4)).toEqual({ index: 3, remove: 0, insert: 'a' });
    expect(textDiff('aaa', 'aa', 1)).toEqual({ index: 1, remove: 1, insert: '' });
  });

  it('never splits a surrogate pair', () => {
    // 🌱 and 🌳 share their first half, 🌱 and 𐀱 their second.
    expect(textDiff('🌱', '🌳')).toEqual({ index: 0, remove: 2, insert: '🌳' });
    expect(textDiff('\u{1f331}', '\u{10331}')).toEqual({ index: 0, remove: 2, insert: '\u{10331}' });
    expect(textDiff('🌱🌱', '🌱🌳🌱', 4)).toEqual({ index: 2, remove: 0, insert: '🌳' });
  });

  it('always leads from the old text to the new one, with whole characters, wherever the caret is', () => {
    for (let seed = 1; seed <= 400; seed += 1) {
      const random = seeded(seed);
      const letters = ['a', 'b', ' ', '🌱', '🌳', '\u{10331}', 'é', '漢', '👩‍🌾'];
      const text = () => Array.from({ length: random.whole(7) }, () => random.pick(letters)).join('');
      const [previous, next] = [text(), text()];
      const change = textDiff(previous, next, random.whole(next.length + 1));
      expect(apply(previous, change), `seed ${seed}`).toBe(next);
      if (change === null) continue;
      const removed = previous.slice(change.index, change.index + change.remove);
      expect(/\p{Surrogate}/u.test(change.insert), `seed ${seed}: half a character inserted`).toBe(false);
      expect(/\p{Surrogate}/u.test(removed), `seed ${seed}: half a character removed`).toBe(false);
    }
  });
});

describe('fitText', () => {
  it('cuts before a character that would not fit whole', () => {
    expect(fitText('abc🌱', 4)).toBe('abc');
    expect(fitText('abc🌱', 5)).toBe('abc🌱');
  });

  it('replaces half characters', () => {
    expect(fitText('a\ud83cb', 10)).toBe('a\ufffdb');
  });
});
