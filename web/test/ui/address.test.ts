import { describe, expect, it } from 'vitest';
import { readAddress, readPastedLink, TabTokens } from '../../src/ui/address.ts';

describe('an address', () => {
  it('of a board has the token in its fragment', () => {
    expect(readAddress({ pathname: '/b/abc_-9', hash: '#P1.mac' })).toEqual({
      kind: 'board',
      board: 'abc_-9',
      token: 'P1.mac',
    });
    expect(readAddress({ pathname: '/b/abc/', hash: '' })).toEqual({ kind: 'board', board: 'abc', token: null });
  });

  it('is the start page or nothing of ours otherwise', () => {
    expect(readAddress({ pathname: '/', hash: '' })).toEqual({ kind: 'start' });
    expect(readAddress({ pathname: '/join', hash: '' })).toEqual({ kind: 'start' });
    expect(readAddress({ pathname: '/b/', hash: '' })).toEqual({ kind: 'nowhere' });
    expect(readAddress({ pathname: '/b/a b', hash: '' })).toEqual({ kind: 'nowhere' });
  });
});

describe('a pasted link', () => {
  const origin = 'https://harvest.example';

  it.each([
    'https://harvest.example/b/abc#T',
    '  https://harvest.example/b/abc#T \n',
    'harvest.example/b/abc#T',
    '/b/abc#T',
  ])('leads to the board: %j', (text) => {
    expect(readPastedLink(text, origin)).toEqual({ path: '/b/abc#T' });
  });

  it.each([
    ['', 'first'],
    ['hello', 'not a link'],
    ['https://harvest.example/b/abc', 'from # on'],
    ['https://other.example/b/abc#T', 'other.example'],
    ['javascript:alert(1)', 'not a link'],
  ])('that does not says what is wrong: %j', (text, words) => {
    const read = readPastedLink(text, origin);
    expect('problem' in read ? read.problem : '').toContain(words);
  });
});

describe('the token of a tab', () => {
  it('is there after a reload, and only for its own board', () => {
    new TabTokens().set('abc', 'T');
    expect(new TabTokens().get('abc')).toBe('T');
    expect(new TabTokens().get('abd')).toBeNull();
  });
});
