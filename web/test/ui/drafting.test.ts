import { signal } from '@preact/signals-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ElementId } from '../../src/model/element.ts';
import type { Mode, Notice, Role, Room } from '../../src/net/room.ts';
import { Editor } from '../../src/ui/editor.ts';
import { closedBecause, DAMAGED_REASON, LOCKED_REASON } from '../../src/ui/observing.ts';
import { addNote, bench } from '../model/boards.ts';

let made: Editor | null = null;
afterEach(() => made?.dispose());

/** A room in the hands of a test, with what it keeps for its person. */
function writing(role: Role = 'participant') {
  const { board } = bench(1);
  const note = addNote(board, 'Trust');
  const kept = new Map<ElementId, string>();
  const listeners = new Set<(notice: Notice) => void>();
  const canWrite = signal(true);
  const mode = signal<Mode>('open');
  const room = {
    board: signal(board),
    role: signal(role),
    canWrite,
    mode,
    ready: signal(true),
    authorOf: () => null,
    setPresence: () => undefined,
    onNotice: (listener: (notice: Notice) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    keepDraft: (id: ElementId, text: string) => {
      if (board.get(id)?.text === text) kept.delete(id);
      else kept.set(id, text);
    },
  } as unknown as Room;
  const said = vi.fn();
  const editor = new Editor(room, said, () => undefined);
  made = editor;
  const lock = (locked: boolean): void => {
    mode.value = locked ? 'locked' : 'open';
    canWrite.value = !locked;
  };
  const tell = (notice: Notice): void => {
    for (const listener of listeners) listener(notice);
  };
  return { editor, board, note, kept, room, lock, tell, said };
}

describe('what is written when the board is locked', () => {
  it('stays in its field, is kept letter by letter, and goes on when the board opens [UNI-12]', () => {
    const { editor, board, note, kept, lock } = writing();
    editor.edit(note);
    editor.setText(note, 'Trust g');
    lock(true);
    expect(editor.editing.value).toBe(note);
    expect(editor.drafting.current.value).toMatchObject({ id: note, text: 'Trust g' });
    expect(kept.size).toBe(0);
    editor.setText(note, 'Trust gr');
    editor.setText(note, 'Trust gro');
    expect(kept.get(note)).toBe('Trust gro');
    expect(board.get(note)?.text).toBe('Trust g');
    lock(false);
    expect(editor.drafting.current.value).toBeNull();
    expect(board.get(note)?.text).toBe('Trust gro');
    expect(kept.size).toBe(0);
    editor.setText(note, 'Trust grows');
    expect(board.get(note)?.text).toBe('Trust grows');
  });

  it('comes together with what a host wrote there meanwhile', () => {
    const { editor, board, note, lock } = writing();
    editor.edit(note);
    lock(true);
    editor.setText(note, 'Trust grows');
    board.editText(note, 'We said: Trust');
    lock(false);
    expect(board.get(note)?.text).toBe('We said: Trust grows');
  });

  it('is kept when its field is left', () => {
    const { editor, board, note, kept, lock } = writing();
    editor.edit(note);
    lock(true);
    editor.setText(note, 'Trust grows');
    editor.stopEditing();
    expect(editor.editing.value).toBeNull();
    expect(editor.drafting.current.value).toBeNull();
    expect(kept.get(note)).toBe('Trust grows');
    lock(false);
    expect(board.get(note)?.text).toBe('Trust');
  });

  it('has whole words, though the server undoes those that came too late', () => {
    const { editor, board, note, kept, tell } = writing();
    editor.edit(note);
    editor.setText(note, 'Trust grows');
    tell({ kind: 'undoing', elements: [note], reason: 'Not added.' });
    board.editText(note, 'Trust');
    tell({ kind: 'undone', elements: [note], reason: 'Not added.', kept: 1 });
    expect(editor.drafting.current.value).toMatchObject({ text: 'Trust grows', base: 'Trust' });
    expect(kept.get(note)).toBe('Trust grows');
    editor.setText(note, 'Trust grows slowly');
    expect(kept.get(note)).toBe('Trust grows slowly');
    // Writing is open, and the board would not take it again: it stays where it is.
    expect(board.get(note)?.text).toBe('Trust');
    editor.stopEditing();
    expect(kept.get(note)).toBe('Trust grows slowly');
  });

  it('keeps its field though the note itself is undone', () => {
    const { editor, board, kept, tell, lock } = writing();
    const fresh = editor.addNote({ text: 'New' });
    if (fresh === null) throw new Error('no note');
    editor.setText(fresh, 'New words');
    tell({ kind: 'undoing', elements: [fresh], reason: 'Not added.' });
    lock(true);
    board.run({ type: 'delete', ids: [fresh] });
    tell({ kind: 'undone', elements: [fresh], reason: 'Not added.', kept: 1 });
    expect(editor.editing.value).toBe(fresh);
    editor.setText(fresh, 'New words, all of them');
    expect(kept.get(fresh)).toBe('New words, all of them');
    editor.stopEditing();
    expect(editor.editing.value).toBeNull();
    expect(kept.get(fresh)).toBe('New words, all of them');
  });

  it('is a draft for as long as the element is locked', () => {
    const { editor, board, note, kept } = writing();
    editor.edit(note);
    board.run({ type: 'lock', ids: [note], locked: true });
    editor.setText(note, 'Trust grows');
    expect(kept.get(note)).toBe('Trust grows');
    board.run({ type: 'lock', ids: [note], locked: false });
    expect(board.get(note)?.text).toBe('Trust grows');
    expect(kept.size).toBe(0);
  });

  it('in a field beside the board is a draft too', () => {
    const { editor, note, kept, lock } = writing();
    const leave = editor.drafting.field(note);
    lock(true);
    editor.setText(note, 'Trust grows');
    expect(kept.get(note)).toBe('Trust grows');
    leave();
    expect(editor.drafting.current.value).toBeNull();
  });
});

describe('a board that is closed', () => {
  it('says why, to those whom it concerns', () => {
    const { editor, room, lock, said } = writing();
    expect(closedBecause(room)).toBeNull();
    lock(true);
    expect(closedBecause(room)).toBe(LOCKED_REASON);
    expect(editor.closed('note')).toBe(LOCKED_REASON);
    expect(editor.closed('hand')).toBeNull();
    expect(editor.addNote()).toBeNull();
    expect(said).toHaveBeenLastCalledWith(LOCKED_REASON);
    (room.mode as { value: Mode }).value = 'damaged';
    expect(closedBecause(room)).toBe(DAMAGED_REASON);
  });
});
