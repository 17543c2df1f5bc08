import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { addFrame, addNote, bench, pair, rect } from './boards.ts';

describe('undo', () => {
  it('sends the making and the showing of a note as one update', () => {
    const { board, sent } = bench(1);
    const id = addNote(board, 'hello');
    expect(sent).toHaveLength(1);
    const elsewhere = new Y.Doc();
    for (const update of sent) Y.applyUpdate(elsewhere, update);
    const map = elsewhere.getMap('els').get(id);
    expect(map).toBeInstanceOf(Y.Map);
    expect(map instanceof Y.Map && map.toJSON()).toEqual({
      t: 'note',
      g: [0, 0, 184, 104],
      z: board.get(id)?.z,
      c: 'oat',
      txt: 'hello',
    });
  });

  it('tells listeners once about one step', () => {
    const { board } = bench(1);
    const changes: unknown[] = [];
    board.subscribe((change) => changes.push(change));
    const id = addNote(board, 'hello');
    expect(changes).toEqual([{ added: [id], updated: [], removed: [], origin: 'local' }]);
    expect(board.version.value).toBe(1);
  });

  it('of a new note is a soft delete that keeps a colleague’s words', () => {
    const { a, b, exchange } = pair();
    const id = addNote(a.board, 'hello');
    exchange();
    b.board.editText(id, 'hello world');
    exchange();
    expect(a.board.undo()).toEqual({ done: true, ids: [id], overtaken: false });
    expect(a.board.get(id)).toBeUndefined();
    exchange();
    expect(b.board.get(id)).toBeUndefined();
    expect(b.board.words(id)).toBe('hello world');
    expect(a.board.redo()).toEqual({ done: true, ids: [id], overtaken: false });
    exchange();
    expect(b.board.get(id)?.text).toBe('hello world');
    expect(a.board.get(id)?.text).toBe('hello world');
  });

  it('goes through every step and back', () => {
    const { board } = bench(1);
    const id = addNote(board, '');
    board.run({ type: 'place', places: [{ id, rect: rect(10, 20), parent: null }] });
    board.run({ type: 'place', places: [{ id, rect: rect(30, 40), parent: null }] });
    board.run({ type: 'recolour', ids: [id], colour: 'mere' });
    for (let round = 0; round < 3; round += 1) {
      board.undo();
      expect(board.get(id)?.colour).toBe('oat');
      board.undo();
      expect(board.get(id)?.rect).toEqual(rect(10, 20));
      board.undo();
      expect(board.get(id)?.rect).toEqual(rect(0, 0));
      expect(board.canUndo.value).toBe(true);
      board.undo();
      expect(board.get(id)).toBeUndefined();
      expect(board.canUndo.value).toBe(false);
      expect(board.undo()).toEqual({ done: false, ids: [], overtaken: false });
      board.redo();
      board.redo();
      board.redo();
      expect(board.get(id)?.rect).toEqual(rect(30, 40));
      board.redo();
      expect(board.get(id)?.colour).toBe('mere');
      expect(board.canRedo.value).toBe(false);
    }
  });

  it('forgets what could be repeated as soon as something new is done', () => {
    const { board } = bench(1);
    const id = addNote(board, '');
    board.run({ type: 'recolour', ids: [id], colour: 'mere' });
    board.undo();
    expect(board.canRedo.value).toBe(true);
    board.run({ type: 'recolour', ids: [id], colour: 'sage' });
    expect(board.canRedo.value).toBe(false);
  });

  it('says so when a colleague has moved the note since, and does not touch the step before', () => {
    const { a, b, exchange } = pair();
    const other = addNote(a.board, 'other');
    const id = addNote(a.board, 'mine');
    a.board.run({ type: 'recolour', ids: [other], colour: 'mere' });
    a.board.run({ type: 'place', places: [{ id, rect: rect(100, 100), parent: null }] });
    exchange();
    b.board.run({ type: 'place', places: [{ id, rect: rect(500, 500), parent: null }] });
    exchange();
    expect(a.board.undo()).toEqual({ done: false, ids: [id], overtaken: true });
    expect(a.board.get(id)?.rect).toEqual(rect(500, 500));
    expect(a.board.get(other)?.colour).toBe('mere');
    expect(a.board.undo()).toEqual({ done: true, ids: [other], overtaken: false });
    expect(a.board.get(other)?.colour).toBe('oat');
  });

  it('takes back what it can of a step when a colleague has changed a part of it', () => {
    const { a, b, exchange } = pair();
    const [one, two] = [addNote(a.board, 'one'), addNote(a.board, 'two')];
    a.board.run({ type: 'recolour', ids: [one, two], colour: 'mere' });
    exchange();
    b.board.run({ type: 'recolour', ids: [two], colour: 'sage' });
    exchange();
    expect(a.board.undo()).toEqual({ done: true, ids: [one], overtaken: true });
    expect(a.board.get(one)?.colour).toBe('oat');
    expect(a.board.get(two)?.colour).toBe('sage');
  });

  it('never takes back a colleague’s step', () => {
    const { a, b, exchange } = pair();
    const mine = addNote(a.board, 'mine');
    exchange();
    const theirs = addNote(b.board, 'theirs', rect(300, 0));
    exchange();
    expect(a.board.undo().ids).toEqual([mine]);
    expect(a.board.undo()).toEqual({ done: false, ids: [], overtaken: false });
    expect(a.board.get(theirs)?.text).toBe('theirs');
    exchange();
    expect(b.board.undo().ids).toEqual([theirs]);
  });

  it('leaves a note in the frame a colleague moved it within', () => {
    const { a, b, exchange } = pair();
    const frame = addFrame(a.board, 'Region');
    const id = addNote(a.board, 'note', rect(2_000, 0));
    a.board.run({ type: 'place', places: [{ id, rect: rect(20, 20), parent: frame }] });
    exchange();
    b.board.run({ type: 'place', places: [{ id, rect: rect(60, 60), parent: frame }] });
    exchange();
    expect(a.board.undo().overtaken).toBe(true);
    expect(a.board.get(id)).toMatchObject({ parent: frame, rect: rect(60, 60) });
    exchange();
    expect(b.board.get(id)).toMatchObject({ parent: frame, rect: rect(60, 60) });
  });

  it('restores a frame together with what was in it', () => {
    const { board, sent } = bench(1);
    const frame = addFrame(board, 'Region');
    const inside = addNote(board, 'inside', rect(10, 10), frame);
    const outside = addNote(board, 'outside', rect(2_000, 0));
    const before = sent.length;
    expect(new Set(board.run({ type: 'delete', ids: [frame] }))).toEqual(new Set([frame, inside]));
    expect(sent).toHaveLength(before + 1);
    expect(board.all().map((element) => element.id)).toEqual([outside]);
    board.undo();
    expect(board.get(inside)?.parent).toBe(frame);
    expect(board.all()).toHaveLength(3);
  });

  it('does not bring back what a colleague deleted as well', () => {
    const { a, b, exchange } = pair();
    const id = addNote(a.board, 'note');
    exchange();
    a.board.run({ type: 'delete', ids: [id] });
    exchange();
    a.board.undo();
    exchange();
    b.board.run({ type: 'delete', ids: [id] });
    exchange();
    expect(a.board.redo().done).toBe(false);
    expect(a.board.get(id)).toBeUndefined();
  });

  it('of typing takes back one’s own letters alone', () => {
    const { a, b, exchange } = pair();
    const id = addNote(a.board, 'tea');
    exchange();
    a.board.editText(id, 'green tea', 6);
    a.board.endText(id);
    exchange();
    b.board.editText(id, 'green tea, please');
    exchange();
    expect(a.board.undo().done).toBe(true);
    exchange();
    expect(a.board.get(id)?.text).toBe('tea, please');
    expect(b.board.get(id)?.text).toBe('tea, please');
  });
});

describe('typing', () => {
  it('is one step until it ends, with the rectangle the note grew to', () => {
    const { board, advance } = bench(1);
    const id = addNote(board, '');
    for (const text of ['h', 'he', 'hey']) {
      board.editText(id, text);
      advance(300);
    }
    board.endText(id, rect(0, 0, 184, 140));
    expect(board.get(id)).toMatchObject({ text: 'hey', rect: rect(0, 0, 184, 140) });
    board.undo();
    expect(board.get(id)).toMatchObject({ text: '', rect: rect(0, 0) });
    board.undo();
    expect(board.get(id)).toBeUndefined();
  });

  it('begins a new step after a pause of a second', () => {
    const { board, advance } = bench(1);
    const id = addNote(board, '');
    board.editText(id, 'one');
    advance(999);
    board.editText(id, 'one two');
    advance(1_000);
    board.editText(id, 'one two three');
    board.endText(id);
    board.undo();
    expect(board.get(id)?.text).toBe('one two');
    board.undo();
    expect(board.get(id)?.text).toBe('');
  });

  it('begins a new step in another note and after any plan', () => {
    const { board } = bench(1);
    const [one, two] = [addNote(board, ''), addNote(board, '')];
    board.editText(one, 'a');
    board.editText(two, 'b');
    board.editText(one, 'ac');
    board.run({ type: 'recolour', ids: [one], colour: 'mere' });
    board.editText(one, 'acd');
    board.undo();
    expect(board.get(one)?.text).toBe('ac');
    board.undo();
    board.undo();
    expect([board.get(one)?.text, board.get(two)?.text]).toEqual(['a', 'b']);
  });

  it('keeps both people’s words in one note', () => {
    const { a, b, exchange } = pair();
    const id = addNote(a.board, 'the garden');
    exchange();
    a.board.editText(id, 'the old garden', 8);
    b.board.editText(id, 'the garden gate');
    exchange();
    expect(a.board.get(id)?.text).toBe('the old garden gate');
    expect(b.board.get(id)?.text).toBe('the old garden gate');
  });

  it('stops at the limit with whole characters', () => {
    const { board } = bench(1);
    const id = addNote(board, '');
    board.editText(id, `${'x'.repeat(3_999)}🌱`);
    expect(board.get(id)?.text).toBe('x'.repeat(3_999));
  });
});
