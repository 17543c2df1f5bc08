import 'fake-indexeddb/auto';
import { signal } from '@preact/signals-core';
import { IDBFactory } from 'fake-indexeddb';
import { openDB } from 'idb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GatheringStorage } from '../../src/net/gatheringStorage.ts';
import { handOn, isUnderWay, unsent } from '../../src/net/handOn.ts';
import type { Room } from '../../src/net/room.ts';
import { keysOf } from '../../src/net/takeBack.ts';
import type { OwnNote } from '../../src/sync/sealed.ts';

const DRAFT = { region: 'see', phase: 'write', text: 'Half' };
const LINK = 'harvestry.link.board';

function room(): Room {
  const made = { token: 'rSeat.proof', save: signal({ kind: 'saved' }), kept: signal([]), close: () => undefined };
  return made as unknown as Room;
}

function note(id: string, status: OwnNote['status'], key: string): OwnNote {
  return { note: id, region: 'see', phase: 'write', text: '', key, at: 0, status, asked: false };
}

async function keep(scope: string, write: (storage: GatheringStorage) => void): Promise<void> {
  const storage = await GatheringStorage.open(scope);
  write(storage);
  await storage.settled();
  storage.close();
}

function serverSays(role: string): void {
  const body = { board: 'board', title: '', role, seats: 1, hosts: [], observers: [] };
  vi.stubGlobal('fetch', async () => new Response(JSON.stringify(body), { status: 200 }));
}

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  localStorage.clear();
  sessionStorage.clear();
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('what would be lost [PS-08]', () => {
  it('is nothing where nothing is kept, and looking makes no database', async () => {
    expect(await unsent('board', room(), null)).toEqual([]);
    expect(await indexedDB.databases()).toEqual([]);
  });

  it('is also what another seat has, here and on another board', async () => {
    await keep('board/rSeat', (storage) => storage.put('notes', note('a', 'there', 'k')));
    await keep('board/rOther', (storage) => storage.put('drafts', DRAFT));
    await keep('elsewhere/rSeat', (storage) => storage.put('notes', note('b', 'waiting', 'k')));
    expect(await unsent('board', room(), null)).toEqual(['words from another seat here', 'words on another board']);
  });

  it('is also what this page alone has, where nothing can be stored', async () => {
    vi.stubGlobal('indexedDB', undefined);
    const live = { notes: [note('a', 'missed', 'k')], drafts: [DRAFT], ballots: [] };
    expect(await unsent('board', room(), live)).toEqual(['sealed notes', 'half-typed words']);
  });
});

describe('what is on its way', () => {
  it.each<[OwnNote['status'], boolean]>([
    ['waiting', true],
    ['dropping', true],
    ['missed', false],
    ['there', false],
  ])('is a note that is %s: %s', (status, expected) => {
    const live = { notes: [note('a', status, 'k')], drafts: [DRAFT], ballots: [] };
    expect(isUnderWay(room(), live)).toBe(expected);
  });
});

describe('handing a device on [PS-08]', () => {
  it.each([
    ['participant', 'token'],
    ['observer', 'token'],
    ['host', null],
    ['table', null],
  ])('leaves the link to the next person only if it opens to all: %s', async (role, kept) => {
    serverSays(role);
    sessionStorage.setItem(LINK, 'token');
    localStorage.setItem('harvestry.name', 'Amara');
    expect(await handOn('board', room())).toBe(true);
    expect(sessionStorage.getItem(LINK)).toBe(kept);
    expect(localStorage.getItem('harvestry.name')).toBeNull();
  });

  it('leaves what people of a table locked away, which nobody else reads [DEV-3]', async () => {
    localStorage.setItem('harvestry.turn.elsewhere/rAva', 'iv.locked');
    expect(await unsent('board', room(), null)).toEqual([]);
    expect(await handOn('board', room())).toBe(true);
    expect(localStorage.getItem('harvestry.turn.elsewhere/rAva')).toBe('iv.locked');
  });

  it('waits for no page that holds a database, and says so', async () => {
    const holds = await openDB('harvestry-gathering', 1);
    localStorage.setItem('harvestry.name', 'Amara');
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    const done = handOn('board', room());
    expect(localStorage.getItem('harvestry.name')).toBeNull();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(await done).toBe(false);
    holds.close();
  });
});

describe('keys of what one wrote without a name [PS-27]', () => {
  it('are all there, whether this device heard of the reveal or not', async () => {
    await keep('board/rSeat', (storage) => {
      storage.put('notes', note('a', 'shown', 'first'));
      storage.put('notes', note('b', 'there', 'second'));
      storage.put('notes', note('c', 'there', ''));
    });
    expect(await keysOf('board', 'rSeat.proof')).toEqual(['first', 'second']);
  });
});
