import { describe, expect, it } from 'vitest';
import { addNote, bench, pair } from './boards.ts';

describe('a note that came to nothing', () => {
  it('leaves no step to undo and none to redo', () => {
    const { board } = bench(1);
    const id = addNote(board, '');
    board.retract(id);
    expect(board.get(id)).toBeUndefined();
    expect(board.canUndo.value).toBe(false);
    expect(board.canRedo.value).toBe(false);
  });

  it('takes along what was written in it and deleted again', () => {
    const { board, advance } = bench(1);
    const before = addNote(board, 'Trust');
    const id = addNote(board, '');
    board.editText(id, 'Ti');
    advance(60_000);
    board.editText(id, '');
    board.retract(id);
    expect(board.get(id)).toBeUndefined();
    expect(board.canRedo.value).toBe(false);
    expect(board.undo().ids).toEqual([before]);
  });

  it('leaves older steps alone', () => {
    const { board } = bench(1);
    const first = addNote(board, 'Trust');
    board.retract(addNote(board, ''));
    expect(board.get(first)?.text).toBe('Trust');
    expect(board.undo()).toMatchObject({ done: true, ids: [first] });
  });

  it('goes for the others too, in one update', () => {
    const { a, b, exchange } = pair();
    const id = addNote(a.board, '');
    exchange();
    expect(b.board.get(id)).toBeDefined();
    const sent = a.sent.length;
    a.board.retract(id);
    expect(a.sent).toHaveLength(sent + 1);
    exchange();
    expect(b.board.get(id)).toBeUndefined();
  });

  it('is deleted as usual when something else was done since', () => {
    const { board } = bench(1);
    const id = addNote(board, '');
    const later = addNote(board, 'Time');
    board.retract(id);
    expect(board.get(id)).toBeUndefined();
    expect(board.get(later)?.text).toBe('Time');
    board.undo();
    expect(board.get(id)).toBeDefined();
  });
});

describe('the next step', () => {
  it('is known as the typing of an element, one way and the other', () => {
    const { board, advance } = bench(1);
    const id = addNote(board, '');
    const other = addNote(board, 'Time');
    expect(board.isWordsNext('undo', other)).toBe(false);
    board.editText(id, 'Trust');
    advance(60_000);
    board.editText(id, 'Trust us');
    board.endText(id, { x: 0, y: 0, w: 184, h: 140 });
    expect(board.isWordsNext('undo', id)).toBe(true);
    expect(board.isWordsNext('undo', other)).toBe(false);
    board.undo();
    expect(board.get(id)?.text).toBe('Trust');
    expect(board.isWordsNext('redo', id)).toBe(true);
    board.undo();
    expect(board.isWordsNext('undo', id)).toBe(false);
    board.redo();
    expect(board.isWordsNext('undo', id)).toBe(true);
  });
});
