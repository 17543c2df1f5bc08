import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, it } from 'vitest';
import { elementId } from '../../src/model/element.ts';
import { Storage, scopeOf } from '../../src/net/storage.ts';
import type { Entry } from '../../src/sync/outbox.ts';

const ID = elementId('aaaaaaaaaaaa');
const EDIT = { type: 'remove', id: ID } as const;
const SCOPE = scopeOf('board', 'rSeat.proof');

const alive = new Set<string>();

async function tab(own: string): Promise<Storage> {
  alive.add(own);
  const storage = await Storage.open({
    own,
    isAlive: async (other) => alive.has(other),
    leave: () => alive.delete(own),
  });
  if (storage === null) throw new Error('no storage');
  return storage;
}

function entry(cseq: number): Entry {
  return { cseq, update: Uint8Array.of(cseq), ids: [ID], edits: [EDIT], epoch: 3, at: 1 };
}

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  alive.clear();
});

describe('the stored outbox', () => {
  it('is found again after a reload, in order, as the new tab’s own', async () => {
    const before = await tab('one');
    for (const cseq of [1, 2, 3, 10]) await before.store(SCOPE, entry(cseq));
    await before.forget(SCOPE, 1);
    alive.delete('one');
    const after = await tab('two');
    expect(await after.adopt(SCOPE, 99)).toEqual({
      next: 4,
      entries: [
        { cseq: 1, update: Uint8Array.of(2), ids: [ID], edits: [EDIT], epoch: 3, at: 99 },
        { cseq: 2, update: Uint8Array.of(3), ids: [ID], edits: [EDIT], epoch: 3, at: 99 },
        { cseq: 3, update: Uint8Array.of(10), ids: [ID], edits: [EDIT], epoch: 3, at: 99 },
      ],
    });
    await after.forget(SCOPE, 2);
    alive.delete('two');
    expect((await (await tab('three')).adopt(SCOPE, 0)).entries).toMatchObject([{ update: Uint8Array.of(10) }]);
  });

  it('of a tab that is alive is its own', async () => {
    const one = await tab('one');
    await one.store(SCOPE, entry(1));
    const two = await tab('two');
    await two.store(SCOPE, entry(1));
    expect((await two.adopt(SCOPE, 0)).entries).toEqual([]);
    await two.forget(SCOPE, 5);
    alive.clear();
    expect((await (await tab('three')).adopt(SCOPE, 0)).entries).toHaveLength(1);
  });

  it('of a dead tab goes to exactly one of two that open at once', async () => {
    const dead = await tab('dead');
    await dead.store(SCOPE, entry(1));
    await dead.store(SCOPE, entry(2));
    alive.delete('dead');
    const [one, two] = [await tab('one'), await tab('two')];
    const adopted = await Promise.all([one.adopt(SCOPE, 0), two.adopt(SCOPE, 0)]);
    expect(adopted.map(({ entries }) => entries.length).sort()).toEqual([0, 2]);
  });

  it('belongs to one seat on one board', async () => {
    const one = await tab('one');
    await one.store(SCOPE, entry(1));
    alive.clear();
    const two = await tab('two');
    expect((await two.adopt(scopeOf('board', 'rOther.proof'), 0)).entries).toEqual([]);
    expect((await two.adopt(scopeOf('board2', 'rSeat.proof'), 0)).entries).toEqual([]);
    expect((await two.adopt(scopeOf('board', 'rSeat.renewed'), 0)).entries).toHaveLength(1);
  });

  it('never holds the proof of a token', () => {
    expect(SCOPE).toBe('board/rSeat');
  });
});

describe('kept words', () => {
  it('survive a reload until they are dropped', async () => {
    const kept = [
      { id: 'b.2', text: 'later', reason: 'closed', at: 2 },
      { id: 'a.1', text: 'earlier', reason: 'closed', at: 1 },
    ];
    const one = await tab('one');
    for (const words of kept) await one.keep(SCOPE, words);
    const two = await tab('two');
    expect(await two.kept(SCOPE)).toEqual([kept[1], kept[0]]);
    await two.dropKept(SCOPE, 'a.1');
    expect(await two.kept(SCOPE)).toEqual([kept[0]]);
    expect(await two.kept(scopeOf('board', 'rOther.proof'))).toEqual([]);
  });
});

describe('storage that fails', () => {
  it('is said so, and nothing is thrown', async () => {
    const storage = await tab('one');
    expect(storage.works).toBe(true);
    storage.close();
    await storage.store(SCOPE, entry(1));
    expect(storage.works).toBe(false);
    expect((await storage.adopt(SCOPE, 0)).entries).toEqual([]);
    expect(await storage.kept(SCOPE)).toEqual([]);
  });

  it('is said so as soon as somebody clears it, though nothing was written since', async () => {
    const storage = await tab('one');
    await storage.store(SCOPE, entry(1));
    expect(storage.holdsAll).toBe(true);
    await new Promise<void>((deleted) => {
      globalThis.indexedDB.deleteDatabase('harvestry').onsuccess = () => deleted();
    });
    expect(storage.works).toBe(false);
    expect(storage.holdsAll).toBe(false);
  });

  it('is not trusted with what it has not answered for', async () => {
    const storage = await tab('one');
    const stored = storage.store(SCOPE, entry(1));
    expect(storage.holdsAll).toBe(false);
    await stored;
    expect(storage.holdsAll).toBe(true);
  });

  it('is null where there is none', async () => {
    globalThis.indexedDB = undefined as never;
    expect(await Storage.open({ own: 'x', isAlive: async () => false, leave: () => undefined })).toBeNull();
  });
});
