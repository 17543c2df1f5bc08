/**
 * What must survive a reload of a gathering: sealed notes the server does not have yet and their keys, half-typed words, ballots.
 * IndexedDB, a database of its own. As in `storage.ts`, a scope is one seat on one board, and no other seat reads it.
 */

import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { Marks } from '../model/marking.ts';
import type { OwnNote } from '../sync/sealed.ts';
import type { Locker } from './locker.ts';

/** Words in the field of a region, as they were typed in a phase. */
export interface StoredDraft {
  readonly region: string;
  readonly phase: string;
  readonly text: string;
}

/** Where a thing is today, and where it should be; `null` for what has no mark yet. */
export type Pair = readonly [today: number | null, wanted: number | null];

/** What was chosen in a poll. */
export type Ballot =
  | Readonly<Record<string, number>>
  | Readonly<Record<string, Pair>>
  | Marks
  | number
  | 'consent'
  | 'concern'
  | 'objection';

export interface StoredBallot {
  readonly poll: string;
  /** 16 random bytes, base64url: says to the server that this ballot may be changed, and not whose it is. */
  readonly token: string;
  /** The round it is for. */
  readonly round: number;
  readonly ballot: Ballot | null;
  readonly reason: string;
  /** Reasons by element, where several cards are asked about. */
  readonly reasons?: Readonly<Record<string, string>>;
  /** Whether one's name is to stand with what is a reason. */
  readonly named: boolean;
  /** What the server has of it; `null` before it was handed in. */
  readonly cast: string | null;
  /** It is to be handed in as soon as there is a connection. */
  readonly wanted: boolean;
}

interface Records {
  readonly notes: OwnNote;
  readonly drafts: StoredDraft;
  readonly ballots: StoredBallot;
}

type Scoped<T> = T & { readonly scope: string };

interface Schema extends DBSchema {
  notes: { key: [scope: string, note: string]; value: Scoped<OwnNote> };
  drafts: { key: [scope: string, region: string]; value: Scoped<StoredDraft> };
  ballots: { key: [scope: string, poll: string]; value: Scoped<StoredBallot> };
}

/** What a record is known by in its store. */
const NAMES = { notes: 'note', drafts: 'region', ballots: 'poll' } as const;

/** Where seats keep things that have a turn at this device, which is not theirs alone; by scope. */
const lockers = new Map<string, Locker>();

/** From now on a seat keeps everything in there, and nothing in the database. */
export function keepIn(scope: string, locker: Locker): void {
  lockers.set(scope, locker);
}

/** Its turn did not begin after all. */
export function keepNoMore(scope: string): void {
  lockers.delete(scope);
}

export class GatheringStorage {
  readonly #db: IDBPDatabase<Schema> | null;
  readonly #scope: string;
  /** Writes come one after the other, so that the last one written is the one that stays. */
  #writing: Promise<unknown> = Promise.resolve();

  private constructor(db: IDBPDatabase<Schema> | null, scope: string) {
    this.#db = db;
    this.#scope = scope;
  }

  /** Opens it; where there is no database, as in some private windows, nothing is stored. */
  static async open(scope: string): Promise<GatheringStorage> {
    if (lockers.has(scope)) return new GatheringStorage(null, scope);
    try {
      const db = await openDB<Schema>('harvestry-gathering', 1, {
        upgrade: (fresh) => {
          fresh.createObjectStore('notes', { keyPath: ['scope', 'note'] });
          fresh.createObjectStore('drafts', { keyPath: ['scope', 'region'] });
          fresh.createObjectStore('ballots', { keyPath: ['scope', 'poll'] });
        },
        blocking: (_current, _blocked, event) => {
          (event.target as IDBDatabase | null)?.close();
        },
      });
      return new GatheringStorage(db, scope);
    } catch {
      return new GatheringStorage(null, scope);
    }
  }

  async all<K extends keyof Records>(store: K): Promise<readonly Records[K][]> {
    const locker = lockers.get(this.#scope);
    if (locker !== undefined) return locker.all(store);
    try {
      const scope = this.#scope;
      const found = await this.#db?.getAll(store, IDBKeyRange.bound([scope], [scope, []]));
      return (found ?? []) as unknown as readonly Records[K][];
    } catch {
      return [];
    }
  }

  put<K extends keyof Records>(store: K, value: Records[K]): void {
    lockers.get(this.#scope)?.put(store, String((value as unknown as Record<string, unknown>)[NAMES[store]]), value);
    this.#write((db) => db.put(store, { ...value, scope: this.#scope } as Schema[K]['value']));
  }

  drop(store: keyof Records, id: string): void {
    lockers.get(this.#scope)?.drop(store, id);
    this.#write((db) => db.delete(store, [this.#scope, id]));
  }

  /** Resolves when everything so far is written, or could not be. */
  settled(): Promise<unknown> {
    return this.#writing;
  }

  /** For a turn at a shared device: resolves when all so far is locked away. `null` if that is so, and for everybody else. */
  get locking(): Promise<void> | null {
    const locker = lockers.get(this.#scope);
    return locker === undefined || locker.holdsAll || !locker.locks ? null : locker.settled();
  }

  close(): void {
    void this.#writing.then(() => this.#db?.close());
  }

  #write(write: (db: IDBPDatabase<Schema>) => Promise<unknown>): void {
    const db = this.#db;
    if (db === null) return;
    this.#writing = this.#writing.then(() => write(db)).catch(() => undefined);
  }
}
