/**
 * What must survive a reload: edits without a receipt, and words that were refused. IndexedDB, one database for the origin.
 *
 * A scope is one seat on one board: a person who takes another seat on the same device neither sends nor sees what the first wrote.
 */

import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { ElementId } from '../model/element.ts';
import type { SemanticEdit } from '../model/semanticEdit.ts';
import { EMPTY_OUTBOX, type Entry, type Outbox } from '../sync/outbox.ts';
import type { Kept } from '../sync/state.ts';
import type { Tabs } from './tabs.ts';

type EntryKey = [scope: string, tab: string, cseq: number];

interface StoredEntry {
  readonly scope: string;
  readonly tab: string;
  readonly cseq: number;
  readonly update: Uint8Array;
  readonly ids: readonly ElementId[];
  /** Missing in what older pages stored. */
  readonly edits?: readonly SemanticEdit[] | null;
  readonly epoch?: number | null;
}

interface StoredKept extends Kept {
  readonly scope: string;
}

interface Schema extends DBSchema {
  entries: { key: EntryKey; value: StoredEntry };
  kept: { key: [scope: string, id: string]; value: StoredKept };
}

const DATABASE = 'harvestry';
const VERSION = 1;

/** What a room stores in: this, or what is locked away of a turn at a shared device. */
export type Shelves = Pick<Storage, 'holdsAll' | 'adopt' | 'store' | 'forget' | 'kept' | 'keep' | 'dropKept' | 'close'>;

export class Storage {
  readonly #db: IDBPDatabase<Schema>;
  readonly #tabs: Tabs;
  #works = true;
  #writing = 0;

  private constructor(db: IDBPDatabase<Schema>, tabs: Tabs) {
    this.#db = db;
    this.#tabs = tabs;
  }

  /** Opens the database; `null` where there is none, as in some private windows. */
  static async open(tabs: Tabs): Promise<Storage | null> {
    try {
      const opened: { db?: IDBPDatabase<Schema>; storage?: Storage } = {};
      const lost = (): void => {
        opened.db?.close();
        if (opened.storage !== undefined) opened.storage.#works = false;
      };
      const db = await openDB<Schema>(DATABASE, VERSION, {
        upgrade: (fresh) => {
          fresh.createObjectStore('entries', { keyPath: ['scope', 'tab', 'cseq'] });
          fresh.createObjectStore('kept', { keyPath: ['scope', 'id'] });
        },
        // A newer page wants another schema, or somebody clears this site's data: let them.
        blocking: lost,
        terminated: lost,
      });
      opened.db = db;
      opened.storage = new Storage(db, tabs);
      return opened.storage;
    } catch {
      return null;
    }
  }

  /** Whether everything so far could be written. */
  get works(): boolean {
    return this.#works;
  }

  /** Whether everything so far is written: nothing failed, and nothing is under way. */
  get holdsAll(): boolean {
    return this.#works && this.#writing === 0;
  }

  /**
   * Takes over what tabs that are no more left unsent, under numbers from 1 in the order it was made, as this tab's own.
   *
   * Returns:
   *   The outbox to begin with.
   */
  async adopt(scope: string, now: number): Promise<Outbox> {
    try {
      const everything = IDBKeyRange.bound([scope], [scope, []]);
      const keys = await this.#db.getAllKeys('entries', everything);
      const orphans = new Set<string>();
      for (const tab of new Set(keys.map(([, tab]) => tab))) {
        if (tab !== this.#tabs.own && !(await this.#tabs.isAlive(tab))) orphans.add(tab);
      }
      if (orphans.size === 0) return EMPTY_OUTBOX;
      // One transaction reads and moves, so that of two tabs that open at once exactly one gets each entry.
      const transaction = this.#db.transaction('entries', 'readwrite');
      const entries: Entry[] = [];
      for (const stored of await transaction.store.getAll(everything)) {
        if (!orphans.has(stored.tab)) continue;
        const cseq = entries.length + 1;
        const { update, ids, edits = null, epoch = null } = stored;
        entries.push({ cseq, update, ids, edits, epoch, at: now });
        await transaction.store.delete([scope, stored.tab, stored.cseq]);
        await transaction.store.put({ ...stored, tab: this.#tabs.own, cseq });
      }
      await transaction.done;
      return { next: entries.length + 1, entries };
    } catch {
      this.#works = false;
      return EMPTY_OUTBOX;
    }
  }

  store(scope: string, { cseq, update, ids, edits, epoch }: Entry): Promise<void> {
    // A copy: the update may be a view into a much larger buffer.
    const value: StoredEntry = { scope, tab: this.#tabs.own, cseq, update: update.slice(), ids, edits, epoch };
    return this.#write(async () => {
      const transaction = this.#db.transaction('entries', 'readwrite');
      const put = transaction.store.put(value);
      // Without this, a tab that closes before the answer to `put` would take the edit with it.
      transaction.commit();
      await Promise.all([put, transaction.done]);
    });
  }

  /** Deletes this tab's entries up to and with a number. */
  forget(scope: string, upTo: number): Promise<void> {
    const { own } = this.#tabs;
    return this.#write(() => this.#db.delete('entries', IDBKeyRange.bound([scope, own, 0], [scope, own, upTo])));
  }

  async kept(scope: string): Promise<readonly Kept[]> {
    try {
      const stored = await this.#db.getAll('kept', IDBKeyRange.bound([scope], [scope, []]));
      return stored.map(({ id, text, reason, at }) => ({ id, text, reason, at })).sort((a, b) => a.at - b.at);
    } catch {
      this.#works = false;
      return [];
    }
  }

  keep(scope: string, kept: Kept): Promise<void> {
    return this.#write(() => this.#db.put('kept', { ...kept, scope }));
  }

  dropKept(scope: string, id: string): Promise<void> {
    return this.#write(() => this.#db.delete('kept', [scope, id]));
  }

  /** Lets go of this tab's entries: whoever opens the board next sends them. */
  close(): void {
    this.#tabs.leave();
    this.#db.close();
  }

  async #write(write: () => Promise<unknown>): Promise<void> {
    this.#writing += 1;
    try {
      await write();
    } catch {
      this.#works = false;
    } finally {
      this.#writing -= 1;
    }
  }
}

/**
 * The scope of a seat: the part of its resume token that names it, never the part that proves it.
 */
export function scopeOf(boardId: string, resume: string): string {
  return `${boardId}/${resume.split('.', 1)[0] ?? ''}`;
}
