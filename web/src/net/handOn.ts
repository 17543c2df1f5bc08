/**
 * Leaves nothing of a person on this device: for a device that several people use, one after the other.
 *
 * All that this browser remembers of anybody goes, on every board: seats, names, half-typed and unsent words, keys, ballots. The page
 * is then loaded anew, so that nothing stays in it either; other open pages do the same, and so does one that is brought back by
 * going back in history.
 */

import { deleteDB } from 'idb';
import { GatheringStorage } from './gatheringStorage.ts';
import type { Room } from './room.ts';
import { scopeOf } from './storage.ts';

const PREFIX = 'harvestry.';
const SETTINGS = 'harvestry.settings';
/** When a device was handed on last, ms since 1970: it tells other pages, and nothing of anybody. */
const HANDED = 'harvestry.handed';
const DATABASES = ['harvestry', 'harvestry-gathering'];

const stamp = (): string | null => {
  try {
    return localStorage.getItem(HANDED);
  } catch {
    return null;
  }
};

const loaded = stamp();
addEventListener('storage', ({ key }) => {
  if (key === HANDED) location.reload();
});
addEventListener('pageshow', ({ persisted }) => {
  if (persisted && stamp() !== loaded) location.reload();
});

/** What has not reached the server and would be lost, in words; empty if nothing. */
export async function unsent(board: string, room: Room): Promise<readonly string[]> {
  const storage = await GatheringStorage.open(scopeOf(board, room.token));
  const [notes, drafts, ballots] = await Promise.all([
    storage.all('notes'),
    storage.all('drafts'),
    storage.all('ballots'),
  ]);
  storage.close();
  const waiting = notes.filter(({ status }) => status !== 'there' && status !== 'shown').length;
  const save = room.save.peek();
  return [
    ...(save.kind === 'saved' ? [] : ['changes on the board']),
    ...(waiting === 0 ? [] : ['sealed notes']),
    ...(drafts.some(({ text }) => text.trim() !== '') ? ['half-typed words'] : []),
    ...(ballots.some(({ wanted }) => wanted) ? ['a vote'] : []),
    ...(room.kept.peek().length === 0 ? [] : ['words kept for you']),
  ];
}

/** Ends this seat's turn on the device; the next person finds the door of the same board. */
export async function handOn(board: string, room: Room): Promise<void> {
  room.close();
  // A board that is open in another page lets go of its database when somebody wants to delete it.
  await Promise.allSettled(DATABASES.map((name) => deleteDB(name)));
  // The link of this page stays: it is the way in for whoever comes next, and says nothing of who was here.
  for (const [storage, kept] of [
    [() => localStorage, SETTINGS],
    [() => sessionStorage, `harvestry.link.${board}`],
  ] as const) {
    try {
      const here = storage();
      for (const key of Object.keys(here)) if (key.startsWith(PREFIX) && key !== kept) here.removeItem(key);
      if (here === localStorage) here.setItem(HANDED, String(Date.now()));
    } catch {
      // Nothing can be stored here, so nothing is.
    }
  }
  // In the place of this page, so that nobody comes back to it.
  location.replace(location.pathname);
}
