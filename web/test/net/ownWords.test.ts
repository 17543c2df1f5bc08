import { describe, expect, it } from 'vitest';
import { ApiError } from '../../src/net/api.ts';
import { copyOf, keysIn, type OwnWords, ownWords, takeBack } from '../../src/net/ownWords.ts';
import type { Room } from '../../src/net/room.ts';

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

describe('what is one’s own [PS-31]', () => {
  it('has what one says on records, with or without one’s name, and nobody else’s', async () => {
    const recording = {
      names: {
        a: [
          ['ann', 'lead', '', 'On Mondays.'],
          ['ben', 'help', '', 'Not I.'],
        ],
        b: [['ann', 'commit', '', '']],
      },
      standing: {
        a: [
          ['stuck', 1, 'ann', 'Nobody picks up.'],
          ['let_go', 2, 'ben', 'So.'],
        ],
        c: [
          ['stuck', 3, null, 'Said before I left.'],
          ['stuck', 4, null, 'Somebody else’s.'],
        ],
      },
    };
    const room = {
      board: { peek: () => ({ children: () => [] }) },
      gathering: { peek: () => ({ recording }) },
      me: { peek: () => ({ seat: 'ann' }) },
      own: { peek: () => ({ recording: { stood: [['c', 3]] } }) },
      command: async () => ({ notes: [] }),
    };
    const words = await ownWords(room as unknown as Room, []);
    expect(words.map(({ text, where }) => [text, where])).toEqual([
      ['On Mondays.', 'record'],
      ['Nobody picks up.', 'record'],
      ['Said before I left.', 'left'],
    ]);
  });
});

describe('taking all of it back [PS-31]', () => {
  const attempt = async (code: string) => {
    const asked: string[] = [];
    const command = async (name: string): Promise<unknown> => {
      asked.push(name);
      if (name === 'seal.withdraw') throw new ApiError(code, '', 0);
      return { stays: 2 };
    };
    return { asked, done: takeBack({ command } as unknown as Room, WORDS) };
  };

  it('goes on past what is gone already', async () => {
    const { asked, done } = await attempt('unknown');
    expect(await done).toBe(2);
    expect(asked).toEqual(['seal.withdraw', 'own.delete']);
  });

  it('stops at anything else', async () => {
    const { done } = await attempt('network');
    await expect(done).rejects.toThrow(ApiError);
  });
});
