/**
 * Leaves nothing of a person on this device: for a device that several people use, one after the other.
 *
 * All that can be read of anybody in this browser goes, on every board: seats, names, half-typed and unsent words, keys, ballots. The page
 * is then loaded anew, so that nothing stays in it either; other open pages do the same, and so does one that is brought back by
 * going back in history.
 */

import { deleteDB, openDB } from 'idb';
import type { OwnNote } from '../sync/sealed.ts';
import { gathering } from './api.ts';
import type { StoredBallot, StoredDraft } from './gatheringStorage.ts';
import type { Room } from './room.ts';
import { scopeOf } from './storage.ts';

const PREFIX = 'harvestry.';
const SETTINGS = 'harvestry.settings';
/** When a device was handed on last, ms since 1970: it tells other pages, and nothing of anybody. */
const HANDED = 'harvestry.handed';
/** What people of a table locked away on this device: nobody else reads it, so that it need not go, and for them it must not. */
const LOCKED = 'harvestry.turn.';
const BOARDS = 'harvestry';
const GATHERINGS = 'harvestry-gathering';
/** A page that sleeps in the background may hold a database for ever. */
const PATIENCE_MS = 3_000;

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

/** Sealed notes, half-typed words and ballots of one seat. */
export interface Written {
  readonly notes: Iterable<OwnNote>;
  readonly drafts: Iterable<StoredDraft>;
  readonly ballots: Iterable<StoredBallot>;
}

interface Scoped {
  readonly scope: string;
}

/** What has not reached the server and would be lost, in words; empty if nothing. `live` is what this page has in hand, stored or not. */
export async function unsent(board: string, room: Room, live: Written | null): Promise<readonly string[]> {
  const own = scopeOf(board, room.token);
  const entries = await stored<Scoped>(BOARDS, 'entries');
  const kept = await stored<Scoped>(BOARDS, 'kept');
  const notes = (await stored<OwnNote & Scoped>(GATHERINGS, 'notes')).filter(isWaiting);
  const drafts = (await stored<StoredDraft & Scoped>(GATHERINGS, 'drafts')).filter(isBegun);
  const ballots = (await stored<StoredBallot & Scoped>(GATHERINGS, 'ballots')).filter(isWanted);
  const isOwn = ({ scope }: Scoped): boolean => scope === own;
  const others = [entries, kept, notes, drafts, ballots].flat().filter((one) => !isOwn(one));
  const isHere = ({ scope }: Scoped): boolean => scope.startsWith(`${board}/`);
  return [
    ...(room.save.peek().kind !== 'saved' || entries.some(isOwn) ? ['changes on the board'] : []),
    ...(notes.some(isOwn) || [...(live?.notes ?? [])].some(isWaiting) ? ['sealed notes'] : []),
    ...(drafts.some(isOwn) || [...(live?.drafts ?? [])].some(isBegun) ? ['half-typed words'] : []),
    ...(ballots.some(isOwn) || [...(live?.ballots ?? [])].some(isWanted) ? ['a vote'] : []),
    ...(room.kept.peek().length > 0 || kept.some(isOwn) ? ['words kept for you'] : []),
    ...(others.some(isHere) ? ['words from another seat here'] : []),
    ...(others.every(isHere) ? [] : ['words on another board']),
  ];
}

/** The same of what this page alone has in hand, and stores nowhere. */
export function inHand(room: Room, live: Written | null): readonly string[] {
  const save = room.save.peek();
  const isUnsent = save.kind === 'saving' || ('count' in save && save.count > 0);
  return [
    ...(isUnsent ? ['changes on the board'] : []),
    ...([...(live?.notes ?? [])].some(isWaiting) ? ['sealed notes'] : []),
    ...([...(live?.drafts ?? [])].some(isBegun) ? ['half-typed words'] : []),
    ...([...(live?.ballots ?? [])].some(isWanted) ? ['a vote'] : []),
    ...(room.kept.peek().length > 0 ? ['words kept for you'] : []),
  ];
}

/** Whether something of that is on its way: what waits for the person's own decision is not. */
export function isUnderWay(room: Room, live: Written | null): boolean {
  return (
    room.save.peek().kind === 'saving' ||
    [...(live?.notes ?? [])].some(({ status }) => ON_ITS_WAY.has(status)) ||
    [...(live?.ballots ?? [])].some(isWanted)
  );
}

const ON_ITS_WAY: ReadonlySet<OwnNote['status']> = new Set(['waiting', 'adding', 'dropping']);

function isWaiting({ status }: OwnNote): boolean {
  return status !== 'there' && status !== 'shown';
}

function isBegun({ text }: StoredDraft): boolean {
  return text.trim() !== '';
}

function isWanted({ wanted }: StoredBallot): boolean {
  return wanted;
}

/** Everything in a store, whoever's it is; nothing where nothing can be stored. */
async function stored<T>(name: string, store: string): Promise<readonly T[]> {
  try {
    // There is nothing to be read where it would have to be made first.
    const db = await openDB(name, undefined, {
      upgrade: (_db, _from, _to, making) => {
        making.done.catch(() => undefined);
        making.abort();
      },
    });
    try {
      return await db.getAll(store);
    } finally {
      db.close();
    }
  } catch {
    return [];
  }
}

/**
 * Ends this seat's turn on the device. `leave` then shows the next person the door of the same board.
 *
 * Returns:
 *   Whether everything is gone. If not, another page of this site still holds it.
 */
export async function handOn(board: string, room: Room): Promise<boolean> {
  room.close();
  const link = `harvestry.link.${board}`;
  const token = clear(
    () => sessionStorage,
    () => false,
  ).get(link);
  clear(
    () => localStorage,
    (key) => key === SETTINGS || key.startsWith(LOCKED),
  );
  // Other pages go now, and let go of the databases.
  put(() => localStorage, HANDED, String(Date.now()));
  // Where it is refused, nothing is there.
  const deleting = Promise.allSettled([BOARDS, GATHERINGS].map(async (name) => deleteDB(name))).then(() => true);
  const isOpenToAll = token === undefined ? Promise.resolve(false) : opensToAll(board, token);
  const [isGone, stays] = await Promise.all([deleting, isOpenToAll].map(soon));
  if (stays && token !== undefined) put(() => sessionStorage, link, token);
  return isGone === true;
}

/** Goes to the door, in the place of this page, so that nobody comes back to it. */
export function leave(): void {
  location.replace(location.pathname);
}

/** Whether the next person may come in by a link: it says nothing of who was here, and makes nobody a host. */
async function opensToAll(board: string, token: string): Promise<boolean> {
  const { role } = await gathering(board, token);
  return role === 'participant' || role === 'observer';
}

/** False if it fails, or is not there soon. */
function soon(work: Promise<boolean>): Promise<boolean> {
  const late = new Promise<boolean>((resolve) => setTimeout(resolve, PATIENCE_MS, false));
  return Promise.race([work.catch(() => false), late]);
}

/** Takes everything of ours out of a storage but what stays. Returns what it took. */
function clear(storage: () => globalThis.Storage, stays: (key: string) => boolean): ReadonlyMap<string, string> {
  const was = new Map<string, string>();
  try {
    const here = storage();
    for (const key of Object.keys(here)) {
      if (!key.startsWith(PREFIX) || stays(key)) continue;
      was.set(key, here.getItem(key) ?? '');
      here.removeItem(key);
    }
  } catch {
    // Nothing can be stored here, so nothing is.
  }
  return was;
}

function put(storage: () => globalThis.Storage, key: string, value: string): void {
  try {
    storage().setItem(key, value);
  } catch {
    // As above.
  }
}
