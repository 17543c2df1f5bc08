/**
 * Kept for you: words the board did not take. They lie here, and in this device's storage, until their author decides.
 *
 * An element has one place on the shelf: what its author goes on to write takes the place of what they wrote before.
 */

import { type ReadonlySignal, signal } from '@preact/signals-core';
import type { Board } from '../model/board.ts';
import type { ElementId } from '../model/element.ts';
import { keptOf, needlesslyKept, undoneBecause, writtenIn } from '../sync/keptWords.ts';
import type { Neutralised } from '../sync/messages.ts';
import type { Entry } from '../sync/outbox.ts';
import type { Kept, Notice } from '../sync/state.ts';

export interface ShelfStorage {
  store(kept: Kept): void;
  drop(id: string): void;
}

export class Shelf {
  readonly #storage: ShelfStorage;
  readonly #kept = signal<readonly Kept[]>([]);
  /** What lies here of each element since the page was opened, by its id. */
  readonly #places = new Map<ElementId, string>();
  /** What will lie here when the board has undone it. */
  readonly #aside = new Map<ElementId, Kept>();
  #undone: Neutralised | null = null;

  constructor(storage: ShelfStorage) {
    this.#storage = storage;
  }

  get kept(): ReadonlySignal<readonly Kept[]> {
    return this.#kept;
  }

  restore(kept: readonly Kept[]): void {
    this.#kept.value = kept;
  }

  /** Storage has a place for them only now. */
  storeAll(): void {
    for (const kept of [...this.#kept.value, ...this.#aside.values()]) this.#storage.store(kept);
  }

  add(words: readonly Kept[]): void {
    const fresh = words.filter((one) => !this.#kept.value.some(({ text }) => text === one.text));
    if (fresh.length === 0) return;
    this.#kept.value = [...this.#kept.value, ...fresh];
    for (const one of fresh) this.#storage.store(one);
  }

  /** Puts the words of an element here, in the place of what was put here of it before; none at all take that away. */
  put(element: ElementId, text: string, reason: string, at: number): void {
    const place = this.#places.get(element);
    const before = this.#kept.value.find((kept) => kept.id === place || kept.text === text);
    if (text.trim() === '') {
      if (before !== undefined) this.drop(before.id);
      return;
    }
    const one = before === undefined ? keptOf(element, text, reason, at) : { ...before, text };
    this.#places.set(element, one.id);
    this.#storage.store(one);
    this.#kept.value =
      before === undefined
        ? [...this.#kept.value, one]
        : this.#kept.value.map((kept) => (kept === before ? one : kept));
  }

  drop(id: string): void {
    this.#kept.value = this.#kept.value.filter((kept) => kept.id !== id);
    this.#storage.drop(id);
  }

  /** Lets go of those that are on the board as they were. */
  dropNeedless(board: Board): void {
    for (const { id } of needlesslyKept(this.#kept.value, board)) this.drop(id);
  }

  /** Puts aside what edits wrote in elements on which one of them is about to be undone. Stored at once: the page may close. */
  putAside(undone: Neutralised, unsaved: readonly Entry[], at: number): void {
    this.#undone = undone;
    for (const element of undone.elements) {
      const text = writtenIn(element, unsaved);
      if (text === '') continue;
      const one = keptOf(element, text, undoneBecause(undone), at);
      this.#aside.set(element, { ...one, id: this.#aside.get(element)?.id ?? one.id });
      this.#storage.store(this.#aside.get(element) ?? one);
    }
  }

  /** Keeps what was put aside, unless it is on the board after all. */
  keepAside(board: Board): Notice | null {
    const undone = this.#undone;
    this.#undone = null;
    const aside = [...this.#aside];
    this.#aside.clear();
    const needless = new Set(
      needlesslyKept(
        aside.map(([, one]) => one),
        board,
      ),
    );
    let kept = 0;
    for (const [element, one] of aside) {
      this.#storage.drop(one.id);
      if (needless.has(one)) continue;
      this.put(element, one.text, one.reason, one.at);
      kept += 1;
    }
    return undone === null ? null : { kind: 'undone', elements: undone.elements, reason: undoneBecause(undone), kept };
  }
}
