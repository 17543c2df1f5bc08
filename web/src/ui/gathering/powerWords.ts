/** What a host did, in words after their name: "locked Our purpose". */

import type { Gathering, PowerUsed } from '../../model/gathering.ts';

/** By the happening that was written down; `…` is what it was about. */
const WORDS: Readonly<Record<string, string>> = {
  lock: 'locked …',
  locked: 'locked …',
  unlock: 'opened … again',
  unlocked: 'opened … again',
  aside: 'set a note in … aside',
  restore: 'brought a note back to …',
  restored: 'brought a note back to …',
  ask: 'asked for other words in …',
  asked: 'asked for other words in …',
  summon: 'brought people to …',
  summoned: 'brought people to …',
  release: 'let people go',
  released: 'let people go',
  spotlight: 'put a light on something',
  spotlit: 'put a light on something',
  cursors: 'changed whose cursors are seen',
  rewind: 'took … back to how it was',
  rewound: 'took … back to how it was',
  reveal: 'revealed what was sealed',
  revealed: 'revealed what was sealed',
  remove: 'ended the seat of …',
  removed: 'ended the seat of …',
  promote: 'gave … another role',
  promoted: 'gave … another role',
  lead: 'let … lead',
  led: 'let … lead',
  lobby: 'changed whether newcomers wait',
  admit: 'let … in',
  admitted: 'let … in',
  go: 'went on to …',
  entered: 'went on to …',
  start: 'started the gathering',
  started: 'started the gathering',
  skip: 'passed … over',
  skipped: 'passed … over',
  close: 'ended the gathering',
  closed: 'ended the gathering',
  reopen: 'went on after the end',
  reopened: 'went on after the end',
  arrange: 'changed the steps to come',
  arranged: 'changed the steps to come',
  opened: 'opened a vote',
};

export function powerWords(power: PowerUsed, { show }: Gathering, nameOf: (seat: string) => string): string {
  const last = power.what.split('.').at(-1) ?? '';
  const words = WORDS[power.what] ?? WORDS[last] ?? power.what;
  if (!words.includes('…')) return words;
  return words.replace('…', power.about === null ? 'something' : aboutWords(power.about, show, nameOf));
}

function aboutWords(about: string, show: Gathering['show'], nameOf: (seat: string) => string): string {
  const region = show.regions.find(({ key, element }) => key === about || element === about);
  const phase = show.phases.find(({ key }) => key === about);
  return region?.title ?? phase?.title ?? nameOf(about);
}
