import { describe, expect, it } from 'vitest';
import type { Person } from '../../src/net/room.ts';
import { initials, inWords, listed } from '../../src/ui/names.ts';
import { present, presentLine } from '../../src/ui/People.tsx';

function person(seat: string, name: string, change: Partial<Person> = {}): Person {
  return { conn: 1, seat, name, role: 'participant', hue: 0, self: false, ...change };
}

describe('initials', () => {
  it.each([
    ['Marian Osei', 'MO'],
    ['Rosa', 'R'],
    ['Anna-Lena von der Heide', 'AH'],
    ['łukasz żak', 'ŁŻ'],
    ['Table 2', 'T2'],
    ['中村 花', '中花'],
    ['🌾', '🌾'],
    ['👩‍👩‍👧', '👩‍👩‍👧'],
    ['—', '?'],
    ['', '?'],
  ])('of %j are %j', (name, letters) => {
    expect(initials(name)).toBe(letters);
  });
});

describe('names and counts in sentences', () => {
  it('are listed as people list them', () => {
    expect(listed([])).toBe('');
    expect(listed(['Rosa'])).toBe('Rosa');
    expect(listed(['Rosa', 'Jo', 'Pat'])).toBe('Rosa, Jo and Pat');
  });

  it('are words under ten', () => {
    expect(inWords(9)).toBe('nine');
    expect(inWords(10)).toBe('10');
  });
});

describe('who is here', () => {
  it('counts seats and not devices, hosts first', () => {
    const people = [
      person('a', 'Ben'),
      person('a', 'Ben'),
      person('b', 'Rosa', { role: 'host' }),
      person('c', 'Amara'),
    ];
    expect(present(people).map(({ name }) => name)).toEqual(['Rosa', 'Amara', 'Ben']);
  });

  it('is said in one line', () => {
    const me = person('me', 'Marian', { self: true });
    const many = ['A', 'B', 'C', 'D'].map((name) => person(name, name));
    expect(presentLine([me])).toBe('Only you are here');
    expect(presentLine([me, person('a', 'Ben')])).toBe('Ben is here');
    expect(presentLine([me, ...many])).toBe('A and 3 others are here');
  });
});
