import { describe, expect, it } from 'vitest';
import { copyOf, keysIn, type OwnWords } from '../../src/net/ownWords.ts';

const KEY = 'k'.repeat(43);
const WORDS: readonly OwnWords[] = [
  { text: 'With a name', where: 'board', secret: null },
  { text: 'Without one\nkey notakey', where: 'nameless', secret: { element: 'aaaaaaaaaaaa', key: KEY } },
];

describe('a copy of one’s own words [PS-27] [PS-31]', () => {
  it('can be read, and gives back the keys', () => {
    const copy = copyOf('Winter', 'Amara', WORDS);
    expect(copy).toContain('With a name');
    expect(copy).toContain('without your name');
    expect(keysIn(copy)).toEqual([KEY]);
    expect(keysIn(copy.replaceAll('\n', '\r\n'))).toEqual([KEY]);
  });

  it('without keys says nothing of any', () => {
    expect(copyOf('Winter', 'Amara', WORDS.slice(0, 1))).not.toContain('key');
  });
});
