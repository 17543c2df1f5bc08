/** Carrying: moving or stretching by keyboard. The new place is in the preview only, until it is dropped. */

import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals-core';
import type { ElementId, Rect } from '../model/element.ts';
import { translate, union } from '../model/rect.ts';
import { isResizable, resized, smallest } from '../render/handles.ts';
import type { Preview } from '../render/preview.ts';
import { describePlace, mentionAll } from '../tools/describe.ts';
import { dropTarget, movable, movePlan, resizePlan, withContents } from '../tools/moving.ts';
import type { Editor } from './editor.ts';

interface Carried {
  /** `size` stretches one element by its far corner. */
  readonly mode: 'place' | 'size';
  readonly ids: readonly ElementId[];
  readonly dx: number;
  readonly dy: number;
}

export class Carrying {
  readonly #editor: Editor;
  readonly #carried: Signal<Carried | null> = signal(null);
  /** `null` while nothing is carried. */
  readonly preview: ReadonlySignal<Preview | null> = computed(() => {
    const carried = this.#carried.value;
    if (carried === null) return null;
    const { ids, dx, dy } = carried;
    const stretched = this.#stretched(carried);
    if (stretched !== null) return { kind: 'resize', ...stretched };
    return { kind: 'move', ids, dx, dy, target: dropTarget(this.#editor.board, ids, dx, dy), copy: false };
  });

  constructor(editor: Editor) {
    this.#editor = editor;
  }

  get active(): boolean {
    return this.#carried.value !== null;
  }

  start(): void {
    const editor = this.#editor;
    const ids = movable(editor.board, editor.changeable());
    if (ids.length === 0 || editor.refuse()) return;
    editor.select(ids);
    this.#carried.value = { mode: 'place', ids, dx: 0, dy: 0 };
    editor.announce(
      `Carrying ${mentionAll(editor.board, ids)}. Arrow keys move, with Shift further. Enter drops, Escape puts back.`,
      'assertive',
    );
  }

  stretch(): void {
    const editor = this.#editor;
    const [id, ...others] = editor.changeable();
    const element = id === undefined ? undefined : editor.board.get(id);
    if (element === undefined || others.length > 0 || !isResizable(element) || editor.refuse()) return;
    editor.select([element.id]);
    this.#carried.value = { mode: 'size', ids: [element.id], dx: 0, dy: 0 };
    editor.announce(
      `Stretching ${mentionAll(editor.board, [element.id])}. Arrow keys change its size, with Shift by more. Enter keeps it, Escape puts it back.`,
      'assertive',
    );
  }

  move(dx: number, dy: number): void {
    const carried = this.#carried.value;
    if (carried === null) return;
    const next = { ...carried, dx: carried.dx + dx, dy: carried.dy + dy };
    this.#carried.value = next;
    const bounds = this.#bounds(next);
    if (bounds !== null) this.#editor.view.reveal(bounds, 0);
    this.#editor.announce(sentence(this.#where(next)));
  }

  drop(): void {
    const carried = this.#carried.value;
    if (carried === null) return;
    const where = this.#where(carried);
    const stretched = this.#stretched(carried);
    this.#carried.value = null;
    if (carried.dx === 0 && carried.dy === 0) {
      this.#editor.announce('Put back.');
      return;
    }
    if (this.#editor.refuse()) return;
    if (stretched !== null) {
      this.#editor.board.run(resizePlan(this.#editor.board, stretched.id, stretched.rect));
      this.#editor.announce(sentence(where));
      return;
    }
    this.#editor.board.run(movePlan(this.#editor.board, carried.ids, carried.dx, carried.dy));
    this.#editor.announce(`Dropped ${where}.`);
  }

  cancel(): void {
    if (this.#carried.value === null) return;
    this.#carried.value = null;
    this.#editor.announce('Put back.');
  }

  /** Elements that somebody deletes are no longer carried. */
  forget(removed: ReadonlySet<ElementId>): void {
    const carried = this.#carried.value;
    if (carried === null || !carried.ids.some((id) => removed.has(id))) return;
    const ids = carried.ids.filter((id) => !removed.has(id));
    this.#carried.value = ids.length === 0 ? null : { ...carried, ids };
  }

  #stretched({ mode, ids, dx, dy }: Carried): { readonly id: ElementId; readonly rect: Rect } | null {
    const [id] = ids;
    const element = id === undefined ? undefined : this.#editor.board.get(id);
    const rect = id === undefined ? undefined : this.#editor.board.worldRect(id);
    if (mode !== 'size' || element === undefined || rect === undefined) return null;
    return { id: element.id, rect: resized(rect, 'se', dx, dy, smallest(element.kind)) };
  }

  #bounds(carried: Carried): Rect | null {
    const stretched = this.#stretched(carried);
    if (stretched !== null) return stretched.rect;
    const bounds = union(carried.ids.flatMap((id) => this.#editor.board.worldRect(id) ?? []));
    return bounds === null ? null : translate(bounds, carried.dx, carried.dy);
  }

  #where(carried: Carried): string {
    const { board } = this.#editor;
    const bounds = this.#bounds(carried);
    if (bounds === null) return 'nowhere';
    if (carried.mode === 'size') return `${bounds.w} wide, ${bounds.h} high`;
    const { ids, dx, dy } = carried;
    return describePlace(board, bounds, dropTarget(board, ids, dx, dy), withContents(board, ids));
  }
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}
