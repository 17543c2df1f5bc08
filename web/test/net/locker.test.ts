import { webcrypto } from 'node:crypto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { GatheringStorage, keepIn } from '../../src/net/gatheringStorage.ts';
import { holdLocker, LockedStorage, Locker } from '../../src/net/locker.ts';

const SCOPE = 'board/rAva';
const LOCK = new Uint8Array(32).fill(7);
const kept = new Map<string, string>();

beforeEach(() => {
  kept.clear();
  vi.stubGlobal('crypto', webcrypto);
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

test('what is locked away is read again with the same lock, and with no other', async () => {
  const locker = await Locker.open(SCOPE, LOCK);
  locker.put('drafts', 'see', { region: 'see', text: 'the heron at the weir' });
  locker.put('drafts', 'tell', { region: 'tell', text: 'and more' });
  locker.drop('drafts', 'tell');
  await locker.settled();
  expect([...kept.keys()]).toEqual(['harvestry.turn.board/rAva']);
  const stored = [...kept.values()].join();
  expect(stored).not.toContain('heron');
  expect(atob(stored.split('.')[1] ?? '')).not.toContain('heron');
  expect((await Locker.open(SCOPE, LOCK)).all('drafts')).toEqual([{ region: 'see', text: 'the heron at the weir' }]);
  expect((await Locker.open(SCOPE, new Uint8Array(32).fill(8))).all('drafts')).toEqual([]);
  expect((await Locker.open('board/rBen', LOCK)).all('drafts')).toEqual([]);
});

test('nothing is left once there is nothing to lock away', async () => {
  const locker = await Locker.open(SCOPE, LOCK);
  locker.put('drafts', 'see', { text: 'words' });
  await locker.settled();
  locker.drop('drafts', 'see');
  await locker.settled();
  expect(kept.size).toBe(0);
  expect(locker.holdsAll).toBe(true);
});

test('without cryptography nothing is stored, and it says so', async () => {
  vi.stubGlobal('crypto', {});
  const locker = await Locker.open(SCOPE, LOCK);
  locker.put('drafts', 'see', { text: 'words' });
  await locker.settled();
  expect(kept.size).toBe(0);
  expect(locker.locks).toBe(false);
  expect(locker.holdsAll).toBe(false);
  expect(locker.all('drafts')).toEqual([{ text: 'words' }]);
});

test('edits that were not sent go on in the next turn, under numbers from 1', async () => {
  const storage = new LockedStorage(await Locker.open(SCOPE, LOCK));
  const made = { ids: [], edits: null, epoch: 3, at: 5 };
  await storage.store(SCOPE, { ...made, cseq: 8, update: new Uint8Array([1, 2]) });
  await storage.store(SCOPE, { ...made, cseq: 9, update: new Uint8Array([3]) });
  await storage.store(SCOPE, { ...made, cseq: 10, update: new Uint8Array([4]) });
  await storage.forget(SCOPE, 8);
  const again = new LockedStorage(await Locker.open(SCOPE, LOCK));
  const outbox = await again.adopt(SCOPE, 70);
  expect(outbox.next).toBe(3);
  expect(outbox.entries.map(({ cseq, update, at, epoch }) => [cseq, [...update], at, epoch])).toEqual([
    [1, [3], 70, 3],
    [2, [4], 70, 3],
  ]);
  await again.forget(SCOPE, 2);
  expect(kept.size).toBe(0);
});

test('words that were kept come in the order they were', async () => {
  const storage = new LockedStorage(await Locker.open(SCOPE, LOCK));
  await storage.keep(SCOPE, { id: 'b', text: 'later', reason: 'x', at: 2 });
  await storage.keep(SCOPE, { id: 'a', text: 'first', reason: 'x', at: 1 });
  expect((await storage.kept()).map(({ text }) => text)).toEqual(['first', 'later']);
  await storage.dropKept(SCOPE, 'a');
  expect((await storage.kept()).map(({ text }) => text)).toEqual(['later']);
});

test('two pages do not have the same locker', async () => {
  const held = new Set<string>();
  const request = async (name: string, _: unknown, take: (lock: object | null) => Promise<void>): Promise<void> => {
    if (held.has(name)) return take(null);
    held.add(name);
    await take({ name });
    held.delete(name);
  };
  vi.stubGlobal('navigator', { locks: { request } });
  const release = await holdLocker(SCOPE);
  expect(await holdLocker(SCOPE)).toBeNull();
  expect(await holdLocker('board/rBen')).not.toBeNull();
  release?.();
  await vi.waitFor(async () => expect(await holdLocker(SCOPE)).not.toBeNull());
});

test('notes, drafts and ballots of a turn go into its locker and into no database', async () => {
  const locker = await Locker.open(SCOPE, LOCK);
  keepIn(SCOPE, locker);
  const storage = await GatheringStorage.open(SCOPE);
  storage.put('drafts', { region: 'see', phase: 'write', text: 'half' });
  const { locking } = storage;
  expect(locking).not.toBeNull();
  await locking;
  expect(storage.locking).toBeNull();
  expect([...kept.keys()]).toEqual(['harvestry.turn.board/rAva']);
  expect(await storage.all('drafts')).toEqual([{ region: 'see', phase: 'write', text: 'half' }]);
  storage.drop('drafts', 'see');
  expect(await storage.all('drafts')).toEqual([]);
  expect(locker.all('drafts')).toEqual([]);
});
