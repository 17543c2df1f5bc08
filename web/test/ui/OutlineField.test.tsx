import { type Signal, signal } from '@preact/signals';
import { render } from 'preact';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Board } from '../../src/model/board.ts';
import type { ElementId } from '../../src/model/element.ts';
import type { Draft } from '../../src/ui/drafting.ts';
import type { Editor } from '../../src/ui/editor.ts';
import { OutlineField } from '../../src/ui/OutlineField.tsx';
import { addNote } from '../model/boards.ts';

let page: HTMLElement;
/** The board in this page and a colleague's copy of it. */
let board: Board;
let theirs: Board;
let id: ElementId;
const done = vi.fn();
let draft: Signal<Draft | null>;
let kept: string;

function field(): HTMLTextAreaElement {
  const found = page.querySelector('textarea');
  if (found === null) throw new Error('There is no field');
  return found;
}

/** Writes as a person does: the field changes first, then it tells. */
function type(words: string): void {
  field().value = words;
  field().dispatchEvent(new InputEvent('input', { bubbles: true }));
}

function theyWrite(words: string): void {
  theirs.editText(id, words);
  board.merge(theirs.encode());
}

const words = (): string | undefined => board.get(id)?.text;

beforeEach(() => {
  done.mockReset();
  board = new Board(1);
  id = addNote(board, 'Trust grows');
  theirs = new Board(2);
  theirs.merge(board.encode());
  page = document.createElement('div');
  document.body.append(page);
  draft = signal<Draft | null>(null);
  kept = '';
  const editor = {
    drafting: {
      current: draft,
      holds: () => draft.value !== null,
      field: () => () => undefined,
    },
    setText: (element: ElementId, text: string) => {
      if (draft.value === null) board.editText(element, text);
      else kept = text;
    },
    endText: (element: ElementId) => board.endText(element),
  };
  render(<OutlineField id={id} board={board} editor={editor as unknown as Editor} top={0} done={done} />, page);
});

afterEach(() => {
  render(null, page);
  page.remove();
});

describe('the words of a row', () => {
  it('are on the board as they are typed, and the field keeps its name', async () => {
    expect(field().getAttribute('aria-label')).toBe('Words of “Trust grows”');
    type('Trust grows slowly');
    expect(words()).toBe('Trust grows slowly');
    theyWrite('Trust grows slowly here');
    await vi.waitFor(() => expect(field().value).toContain('here'));
    expect(field().getAttribute('aria-label')).toBe('Words of “Trust grows”');
  });

  it('take in what a colleague writes, and the caret stays with its words', async () => {
    field().setSelectionRange(5, 5);
    theyWrite('We said: Trust grows');
    await vi.waitFor(() => expect(field().value).toBe('We said: Trust grows'));
    expect(field().selectionStart).toBe('We said: Trust'.length);
  });

  it('keep what both write before either has seen the other', async () => {
    // Both at once: the colleague's words are on the board, and the field has not been told yet.
    theyWrite('We said: Trust grows');
    type('Trust grows slowly');
    expect(words()).toBe('We said: Trust grows slowly');
    await vi.waitFor(() => expect(field().value).toBe('We said: Trust grows slowly'));
  });

  it('wait for an input method to finish its word', async () => {
    field().dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true }));
    field().value = 'Trust grows に';
    theyWrite('We said: Trust grows');
    await vi.waitFor(() => expect(words()).toBe('We said: Trust grows'));
    expect(field().value).toBe('Trust grows に');
    type('Trust grows 日');
    field().dispatchEvent(new CompositionEvent('compositionend', { bubbles: true }));
    await vi.waitFor(() => expect(field().value).toBe('We said: Trust grows 日'));
    expect(words()).toBe('We said: Trust grows 日');
  });

  it('are as they were after Escape, with the colleague’s part', async () => {
    type('Nonsense');
    type('Trust grows slowly');
    theyWrite('We said: Trust grows');
    await vi.waitFor(() => expect(field().value).toContain('We said'));
    field().dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
    expect(words()).toBe('We said: Trust grows');
    expect(done).toHaveBeenCalledOnce();
  });

  it('stay in the field while the board does not take them, whatever it shows', async () => {
    type('Trust grows slowly');
    const element = board.get(id);
    if (element === undefined) throw new Error('no note');
    draft.value = {
      id,
      element,
      rect: element.rect,
      text: '',
      base: '',
      reason: 'The board was locked.',
      stays: false,
    };
    theyWrite('Trust');
    const theirWords = words();
    await vi.waitFor(() => expect(page.textContent).toContain('Kept for you alone. The board was locked.'));
    expect(field().value).toBe('Trust grows slowly');
    type('Trust grows slowly here');
    expect(kept).toBe('Trust grows slowly here');
    expect(words()).toBe(theirWords);
    draft.value = null;
    await vi.waitFor(() => expect(field().value).toBe(theirWords));
  });
});
