import { signal } from '@preact/signals-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ElementId } from '../../src/model/element.ts';
import type { Role, Room } from '../../src/net/room.ts';
import { Editor } from '../../src/ui/editor.ts';
import { toggleLock } from '../../src/ui/locking.ts';
import { LAYOUT_REASON, OBSERVER_REASON } from '../../src/ui/observing.ts';
import { addFrame, addNote, bench, rect } from '../model/boards.ts';

let made: Editor | null = null;
afterEach(() => made?.dispose());

function editorOf(role: Role) {
  const { board } = bench(1);
  const region = addFrame(board, 'What we see');
  const note = addNote(board, 'Trust', rect(40, 90), region);
  const room = {
    board: signal(board),
    role: signal(role),
    canWrite: signal(role !== 'observer'),
    ready: signal(true),
    mode: signal('open'),
    onNotice: () => () => undefined,
    authorOf: () => null,
    setPresence: vi.fn(),
  };
  const said = vi.fn();
  const editor = new Editor(room as unknown as Room, said, () => undefined);
  made = editor;
  return { editor, board, region, note, said, room };
}

const chosen = (editor: Editor): readonly ElementId[] => [...editor.selection.value];

describe('a host', () => {
  it('selects, deletes and draws regions', () => {
    const { editor, board, region } = editorOf('host');
    editor.select([region]);
    expect(chosen(editor)).toEqual([region]);
    expect(editor.closed('frame')).toBeNull();
    editor.deleteSelection();
    expect(board.regions()).toEqual([]);
    expect(editor.addFrame()).not.toBeNull();
  });
});

describe('a lock', () => {
  it('is put on by a host and taken off again, and both can be undone', () => {
    const { editor, board, note, said } = editorOf('host');
    editor.select([note]);
    toggleLock(editor);
    expect(board.get(note)?.locked).toBe(true);
    toggleLock(editor);
    expect(board.get(note)?.locked).toBe(false);
    editor.undo();
    expect(board.get(note)?.locked).toBe(true);
    expect(said).toHaveBeenCalledWith(expect.stringMatching(/^Locked .* Only hosts can change it\.$/));
  });

  it('is not for participants', () => {
    const { editor, board, note, said } = editorOf('participant');
    editor.select([note]);
    toggleLock(editor);
    expect(board.get(note)?.locked).toBe(false);
    expect(said).toHaveBeenLastCalledWith('A host can lock and unlock things.');
  });

  it.each([
    ['deleted', (editor: Editor) => editor.deleteSelection()],
    ['coloured', (editor: Editor) => editor.recolour('sage')],
    ['moved', (editor: Editor) => editor.nudge(8, 0)],
    ['put in front', (editor: Editor) => editor.reorder('front')],
    ['stretched', (editor: Editor) => editor.resizeBy(8, 8)],
    ['written in', (editor: Editor, id: ElementId) => editor.edit(id)],
  ])('holds: the note is not %s, and it is said why', (_what, command) => {
    const { editor, board, note, said } = editorOf('participant');
    board.run({ type: 'lock', ids: [note], locked: true });
    const before = board.get(note);
    editor.select([note]);
    command(editor, note);
    expect(board.get(note)).toBe(before);
    expect(said).toHaveBeenLastCalledWith('This is locked. A host can open it.');
  });
});

describe('a participant', () => {
  it('can be at a region without holding it', () => {
    const { editor, region, note } = editorOf('participant');
    editor.select([region]);
    expect(chosen(editor)).toEqual([]);
    expect(editor.focused.value).toBe(region);
    editor.select([region, note]);
    expect(chosen(editor)).toEqual([note]);
  });

  it.each([
    ['deletes', (editor: Editor) => editor.deleteSelection()],
    ['recolours', (editor: Editor) => editor.recolour('sage')],
    ['nudges', (editor: Editor) => editor.nudge(8, 0)],
    ['stretches', (editor: Editor) => editor.resizeBy(64, 64)],
    ['duplicates', (editor: Editor) => editor.duplicateSelection()],
    ['carries', (editor: Editor) => editor.carrying.start()],
    ['retitles', (editor: Editor, id: ElementId) => editor.edit(id)],
    ['moves', (editor: Editor, id: ElementId) => editor.moveTo([id], null)],
  ])('never %s one, and is told why', (_what, command) => {
    const { editor, board, region, said } = editorOf('participant');
    editor.focused.value = region;
    const before = board.get(region);
    command(editor, region);
    expect(board.get(region)).toBe(before);
    expect(board.regions()).toHaveLength(1);
    expect(said).toHaveBeenCalledWith(LAYOUT_REASON);
  });

  it('finds the region tool closed, and the others open', () => {
    const { editor } = editorOf('participant');
    expect(editor.closed('frame')).toBe(LAYOUT_REASON);
    expect(editor.closed('note')).toBeNull();
    expect(editor.addFrame()).toBeNull();
  });

  it('uses everything that is on a region', () => {
    const { editor, board, note } = editorOf('participant');
    editor.select([note]);
    editor.recolour('sage');
    editor.deleteSelection();
    expect(board.get(note)).toBeUndefined();
  });

  it('leaves no trace of a new note without words', () => {
    const { editor, board, region, note } = editorOf('participant');
    for (; board.canUndo.value; ) board.undo();
    const fresh = editor.addNote({ parent: region });
    editor.stopEditing();
    expect(fresh).not.toBeNull();
    expect(board.all().some(({ id }) => id === fresh || id === note)).toBe(false);
    expect(board.canUndo.value).toBe(false);
  });

  it('takes back only their own words while writing', () => {
    const { editor, board, note, said } = editorOf('participant');
    editor.edit(note);
    editor.setText(note, 'Trust us');
    editor.travelWords(note, 'undo');
    expect(board.get(note)?.text).toBe('Trust');
    editor.travelWords(note, 'undo');
    expect(board.get(note)?.text).toBe('Trust');
    expect(said.mock.lastCall?.[0]).toContain('Nothing more of yours to undo in these words.');
    editor.travelWords(note, 'redo');
    expect(board.get(note)?.text).toBe('Trust us');
  });
});

it('an observer is told that all writing tools are closed', () => {
  const { editor } = editorOf('observer');
  expect(editor.closed('note')).toBe(OBSERVER_REASON);
  expect(editor.closed('frame')).toBe(OBSERVER_REASON);
  expect(editor.closed('hand')).toBeNull();
});

describe('where one looks', () => {
  it('is told at most four times a second, and as it is in the end', () => {
    vi.useFakeTimers();
    try {
      const { editor, room } = editorOf('participant');
      const told = () => room.setPresence.mock.calls.flatMap(([{ view }]) => (view === undefined ? [] : [view]));
      vi.advanceTimersByTime(300);
      expect(told()).toEqual([]);
      editor.viewport.value = { w: 800, h: 600 };
      for (let step = 0; step < 100; step += 1) {
        editor.view.pan(1, 0);
        vi.advanceTimersByTime(10);
      }
      vi.advanceTimersByTime(300);
      expect(told().length).toBeLessThanOrEqual(5);
      expect(told().at(-1)).toEqual({ x: 100, y: 0, w: 800, h: 600 });
      editor.dispose();
    } finally {
      vi.useRealTimers();
    }
  });
});
