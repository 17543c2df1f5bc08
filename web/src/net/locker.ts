/**
 * What is a seat's own on a shared device, locked away between its turns: unsent edits, half-typed words, keys, ballots.
 *
 * It is in memory while the turn lasts, and in storage only as bytes that nobody reads without the seat's lock, which the server gives
 * with each turn and no page keeps. Where a browser has no cryptography, as over plain HTTP, nothing is stored at all.
 */

import { EMPTY_OUTBOX, type Entry, type Outbox } from '../sync/outbox.ts';
import type { Kept } from '../sync/state.ts';
import { decode, encode } from './msgpack.ts';
import type { Shelves } from './storage.ts';

const PREFIX = 'harvestry.turn.';
const NONCE_BYTES = 12;

/**
 * Has a seat's locker for this page alone: two that write would each undo what the other wrote.
 *
 * Returns:
 *   What gives it back, as does the end of the page; `null` if another page of this browser has it. Where a browser has no locks, as
 *   over plain HTTP, nothing is stored either.
 */
export async function holdLocker(scope: string): Promise<(() => void) | null> {
  const locks = globalThis.navigator?.locks;
  if (locks === undefined) return () => undefined;
  return new Promise((answer, fail) => {
    const hold = (lock: Lock | null): Promise<void> =>
      new Promise((release) => {
        answer(lock === null ? null : release);
        if (lock === null) release();
      });
    locks.request(PREFIX + scope, { ifAvailable: true }, hold).catch(fail);
  });
}

type Box = Map<string, Map<string, unknown>>;

export class Locker {
  readonly #place: string;
  readonly #key: CryptoKey | null;
  readonly #box: Box;
  #works = true;
  #changed = false;
  #writing: Promise<void> | null = null;

  private constructor(place: string, key: CryptoKey | null, box: Box) {
    this.#place = place;
    this.#key = key;
    this.#box = box;
  }

  /** Opens what a seat has locked away here; an empty one if that is nothing, or locked with another lock. */
  static async open(scope: string, lock: Uint8Array<ArrayBuffer>): Promise<Locker> {
    const place = PREFIX + scope;
    const { subtle } = crypto;
    if (subtle === undefined) return new Locker(place, null, new Map());
    const key = await subtle.importKey('raw', lock, 'AES-GCM', false, ['encrypt', 'decrypt']);
    return new Locker(place, key, await unlock(place, key));
  }

  /** Whether what is in here outlives the page. */
  get locks(): boolean {
    return this.#key !== null && this.#works;
  }

  /** Whether all of it is locked away by now. */
  get holdsAll(): boolean {
    return this.locks && this.#writing === null;
  }

  all<T>(store: string): readonly T[] {
    return [...(this.#box.get(store)?.values() ?? [])] as T[];
  }

  put(store: string, id: string, value: unknown): void {
    const shelf = this.#box.get(store) ?? new Map<string, unknown>();
    this.#box.set(store, shelf.set(id, value));
    this.#lock();
  }

  drop(store: string, id: string): void {
    if (this.#box.get(store)?.delete(id) === true) this.#lock();
  }

  async settled(): Promise<void> {
    await this.#writing;
  }

  /** Writes the latest, one after the other. */
  #lock(): void {
    this.#changed = true;
    this.#writing ??= this.#write().finally(() => {
      this.#writing = null;
    });
  }

  async #write(): Promise<void> {
    while (this.#changed) {
      this.#changed = false;
      try {
        await this.#store();
      } catch {
        this.#works = false;
      }
    }
  }

  async #store(): Promise<void> {
    if (this.#key === null) return;
    const stores = [...this.#box].filter(([, shelf]) => shelf.size > 0);
    if (stores.length === 0) return localStorage.removeItem(this.#place);
    const plain = encode(Object.fromEntries(stores.map(([name, shelf]) => [name, Object.fromEntries(shelf)])));
    const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
    const locked = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, this.#key, plain));
    localStorage.setItem(this.#place, `${textOf(iv)}.${textOf(locked)}`);
  }
}

async function unlock(place: string, key: CryptoKey): Promise<Box> {
  try {
    const [iv = '', locked = ''] = (localStorage.getItem(place) ?? '').split('.');
    if (locked === '') return new Map();
    const plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: bytesOf(iv) }, key, bytesOf(locked));
    const stores = Object.entries(decode(new Uint8Array(plain)) as Record<string, Record<string, unknown>>);
    return new Map(stores.map(([name, shelf]) => [name, new Map(Object.entries(shelf))]));
  } catch {
    return new Map();
  }
}

function textOf(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** What a room stores in while somebody has a turn; the scope is the locker's. */
export class LockedStorage implements Shelves {
  readonly #locker: Locker;

  constructor(locker: Locker) {
    this.#locker = locker;
  }

  get holdsAll(): boolean {
    return this.#locker.holdsAll;
  }

  /** Goes on with what an earlier turn left unsent, under numbers from 1. */
  adopt(_scope: string, now: number): Promise<Outbox> {
    const left = [...this.#locker.all<Entry>('entries')].sort((a, b) => a.cseq - b.cseq);
    if (left.length === 0) return Promise.resolve(EMPTY_OUTBOX);
    const entries = left.map((entry, index) => ({ ...entry, cseq: index + 1, at: now }));
    for (const { cseq } of left) this.#locker.drop('entries', String(cseq));
    for (const entry of entries) this.#locker.put('entries', String(entry.cseq), entry);
    return Promise.resolve({ next: entries.length + 1, entries });
  }

  store(_scope: string, entry: Entry): Promise<void> {
    // A copy: the update may be a view into a much larger buffer. What was edited has parts that only memory holds; should the board
    // have another history by then, its words are kept for their author.
    this.#locker.put('entries', String(entry.cseq), { ...entry, update: entry.update.slice(), edits: null });
    return this.#locker.settled();
  }

  forget(_scope: string, upTo: number): Promise<void> {
    for (const { cseq } of this.#locker.all<Entry>('entries')) {
      if (cseq <= upTo) this.#locker.drop('entries', String(cseq));
    }
    return this.#locker.settled();
  }

  kept(): Promise<readonly Kept[]> {
    return Promise.resolve([...this.#locker.all<Kept>('kept')].sort((a, b) => a.at - b.at));
  }

  keep(_scope: string, kept: Kept): Promise<void> {
    this.#locker.put('kept', kept.id, kept);
    return this.#locker.settled();
  }

  dropKept(_scope: string, id: string): Promise<void> {
    this.#locker.drop('kept', id);
    return this.#locker.settled();
  }

  close(): void {
    // What is in there stays for the next turn.
  }
}
