/**
 * Drafts: what a person is writing when the board stops taking it. The words stay in their field, and are kept for their author
 * letter by letter; when the board takes them again they go on where they were.
 */

import { effect, type ReadonlySignal, signal, untracked } from '@preact/signals-core';
import type { BoardElement, ElementId, Rect } from '../model/element.ts';
import { mergeText } from '../model/textMerge.ts';
import type { Notice } from '../net/room.ts';
import type { Editor } from './editor.ts';

export interface Draft {
  readonly id: ElementId;
  /** The element as it was; the board may have it no more. */
  readonly element: BoardElement;
  readonly rect: Rect;
  readonly text: string;
  /** The words on the board from which the author's differ. */
  readonly base: string;
  readonly reason: string;
  /** Whether it stays a draft though writing is open: the board would not take it again. */
  readonly stays: boolean;
}

const LOCKED = 'The board was locked while you were writing.';
const ELEMENT_LOCKED = 'A host locked this while you were writing.';

export class Drafting {
  readonly #editor: Editor;
  readonly #current = signal<Draft | null>(null);
  /** What is written elsewhere than on the board, as in the outline. */
  readonly #elsewhere = signal<ElementId | null>(null);

  constructor(editor: Editor) {
    this.#editor = editor;
  }

  get current(): ReadonlySignal<Draft | null> {
    return this.#current;
  }

  /** Whether these words are a draft. */
  holds(id: ElementId): boolean {
    return this.#current.value?.id === id;
  }

  /** Tells of a field for an element's words that stands outside the board. Returns the way to take it back. */
  field(id: ElementId): () => void {
    this.#elsewhere.value = id;
    return () => {
      if (this.#elsewhere.peek() === id) this.#elsewhere.value = null;
    };
  }

  /** Keeps what was typed. */
  write(text: string): void {
    const draft = this.#current.value;
    if (draft === null) return;
    this.#current.value = { ...draft, text };
    this.#editor.room.keepDraft(draft.id, text, draft.reason);
  }

  /** Starts following the room. Returns the way to stop. */
  follow(): () => void {
    const { room } = this.#editor;
    const stops = [effect(() => this.#look()), room.onNotice((notice) => this.#heed(notice))];
    return () => {
      for (const stop of stops) stop();
    };
  }

  get #writing(): ElementId | null {
    return this.#editor.editing.value ?? this.#elsewhere.value;
  }

  /** A draft begins when the board closes over what is written, and ends when it opens, or when the field does. */
  #look(): void {
    const id = this.#writing;
    const { board, room } = this.#editor;
    board.version.value;
    const element = id === null ? undefined : board.get(id);
    const isOpen = room.canWrite.value;
    const isTaken = isOpen && element?.locked !== true;
    untracked(() => {
      const draft = this.#current.value;
      if (draft !== null && draft.id !== id) this.#current.value = null;
      if (id === null) return;
      if (draft === null && !isTaken) this.#begin(id, isOpen ? ELEMENT_LOCKED : LOCKED, false);
      else if (draft?.id === id && isTaken && !draft.stays) this.#resume(draft, element);
    });
  }

  #heed(notice: Notice): void {
    if (notice.kind === 'rebased') return;
    const id = untracked(() => this.#writing);
    if (id === null || !notice.elements.includes(id)) return;
    if (notice.kind === 'undoing') {
      if (!this.holds(id)) this.#begin(id, notice.reason, true);
      return;
    }
    const draft = this.#current.peek();
    if (draft?.id !== id) return;
    const { board, room } = this.#editor;
    const now = board.get(id);
    // A lock that undid it will be lifted one day; anything else would undo it again.
    const stays = room.canWrite.peek() && now?.locked !== true;
    this.#current.value = { ...draft, base: now?.text ?? '', stays };
    room.keepDraft(id, draft.text, draft.reason);
  }

  #begin(id: ElementId, reason: string, stays: boolean): void {
    const { board, announce } = this.#editor;
    const element = board.get(id);
    const rect = board.worldRect(id);
    if (element === undefined || rect === undefined) return;
    const { text } = element;
    this.#current.value = { id, element, rect, text, base: text, reason, stays };
    announce('What you write here now is kept for you alone.');
  }

  #resume(draft: Draft, element: BoardElement | undefined): void {
    // Made here and taken away again: its words are kept, and can be put on the board from there.
    if (element === undefined) return;
    this.#current.value = null;
    const { board, room, announce } = this.#editor;
    const text = mergeText(draft.base, draft.text, element.text);
    board.editText(draft.id, text);
    room.keepDraft(draft.id, text, draft.reason);
    announce('The board takes your words again.');
  }
}
