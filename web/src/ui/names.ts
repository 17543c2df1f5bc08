/** Names as people read them: initials on avatars, lists in sentences, roles. */

import type { Role } from '../net/room.ts';

/** The first letters of the first and the last word, as people sign; of a name without letters its first picture, or `?`. */
export function initials(name: string): string {
  const words = name.match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}'’-]*/gu) ?? [];
  const first = words[0];
  const last = words.at(-1);
  if (first === undefined || last === undefined) return picture(name) ?? '?';
  const letters = words.length === 1 ? [...first].slice(0, 1) : [[...first][0], [...last][0]];
  return letters.join('').toLocaleUpperCase();
}

/** An emoji may be several characters: a family, a flag, a hand with the colour of its skin. */
function picture(name: string): string | undefined {
  const signs = [...new Intl.Segmenter().segment(name)].map(({ segment }) => segment);
  return signs.find((sign) => /\p{Extended_Pictographic}|\p{Regional_Indicator}/u.test(sign));
}

/** `Rosa`, `Rosa and Jo`, `Rosa, Jo and Pat`. */
export function listed(names: readonly string[]): string {
  const last = names.at(-1);
  if (last === undefined) return '';
  return names.length === 1 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

const SMALL = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'] as const;

/** A count inside a sentence: a word under ten, digits from there on. */
export function inWords(count: number): string {
  return SMALL[count] ?? String(count);
}

const ROLE_WORDS: Readonly<Record<Role, string>> = {
  host: 'Host',
  cohost: 'Co-host',
  harvester: 'Harvester',
  table: 'Table host',
  participant: 'Participant',
  observer: 'Observer',
  display: 'Room display',
};

export function roleWord(role: Role): string {
  return ROLE_WORDS[role];
}
