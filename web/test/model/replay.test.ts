import { describe, expect, it } from 'vitest';
import { Board } from '../../src/model/board.ts';
import { type ElementId, elementId, LIMITS } from '../../src/model/element.ts';
import { netEdits, replay, retyped, writtenWords } from '../../src/model/replay.ts';
import type { SemanticEdit } from '../../src/model/semanticEdit.ts';
import { addFrame, addNote, bench, rect } from './boards.ts';
import { seeded } from './seeded.ts';

/** A board in its author's hands, and what they have done on it since. */
function author(before: Board, clientId = 5) {
  const board = new Board(clientId, { random: seeded(clientId).bytes });
  board.merge(before.encode());
  const groups: (readonly SemanticEdit[])[] = [];
  board.onStep(({ edits }) => groups.push(edits));
  return { board, groups };
}

/** The same elements under another history, as the server makes it. */
function rebuilt(from: Board, clientId = 77): Board {
  const board = new Board(clientId, { random: seeded(clientId).bytes });
  board.run({
    type: 'create',
    elements: from.all().flatMap((element) => {
      const { id, kind, rect: place, parent, text, style, payload, colour } = element;
      if (kind === 'unknown') return [];
      return [{ id, kind, rect: place, parent, text, style, payload, ...(colour === null ? {} : { colour }) }];
    }),
  });
  return board;
}

function view(board: Board): Record<string, unknown> {
  return Object.fromEntries(board.all().map(({ z: _, ...element }) => [element.id, element]));
}

describe('one’s own steps', () => {
  it('say what was made, changed, written and deleted, in words', () => {
    const { board, groups } = author(bench(1).board);
    const id = addNote(board, 'Trust', rect(10, 20));
    const kind = 'note';
    board.editText(id, 'Trust grows');
    board.run({ type: 'recolour', ids: [id], colour: 'mere' });
    board.run({ type: 'place', places: [{ id, rect: rect(30, 40), parent: null }] });
    board.run({ type: 'delete', ids: [id] });
    board.undo();
    const z = board.get(id)?.z;
    expect(groups).toEqual([
      [
        {
          type: 'create',
          id,
          kind,
          keys: { t: 'note', g: [10, 20, 184, 104], z, c: 'oat' },
          texts: { txt: 'Trust' },
          at: [10, 20],
        },
      ],
      [{ type: 'text', id, kind, field: 'txt', before: 'Trust', after: 'Trust grows' }],
      [{ type: 'set', id, kind, keys: { c: 'mere' }, at: [10, 20] }],
      [{ type: 'set', id, kind, keys: { g: [30, 40, 184, 104], p: undefined }, at: [30, 40] }],
      [{ type: 'set', id, kind, keys: { del: 1 }, at: [30, 40] }],
      [{ type: 'set', id, kind, keys: { del: undefined }, at: [30, 40] }],
    ]);
  });

  it('know a text as it was before, whatever undo brings back into it', () => {
    const { board, groups } = author(bench(1).board);
    const id = addNote(board, 'one two');
    board.editText(id, 'one');
    board.endText(id);
    board.undo();
    board.redo();
    expect(groups.slice(1).flat()).toMatchObject([
      { type: 'text', before: 'one two', after: 'one' },
      { type: 'text', before: 'one', after: 'one two' },
      { type: 'text', before: 'one two', after: 'one' },
    ]);
  });

  it('say nothing of what others do', () => {
    const { board, groups } = author(bench(1).board);
    const other = bench(2).board;
    addNote(other, 'theirs');
    board.merge(other.encode());
    expect(groups).toEqual([]);
  });

  it('of many elements come in pieces, and the last says what they were', () => {
    const { board } = bench(5);
    const steps: number[] = [];
    board.onStep(({ edits }) => steps.push(edits.length));
    const elements = Array.from({ length: 2_000 }, () => ({ kind: 'note', rect: rect(0, 0), parent: null }) as const);
    board.run({ type: 'create', elements });
    expect(steps.length).toBeGreaterThan(1);
    expect(steps).toEqual([...steps.slice(1).map(() => 0), 2_000]);
  });

  it('write texts of a card by their fields', () => {
    const { board, groups } = author(bench(1).board);
    const payload = { ht: 'howto', how: 'Slowly' };
    const [id] = board.run({ type: 'create', elements: [{ kind: 'card', rect: rect(0, 0), parent: null, payload }] });
    expect(groups.flat()).toMatchObject([{ id, keys: { t: 'card', 'd.ht': 'howto' }, texts: { 'd.how': 'Slowly' } }]);
    const fresh = new Board(9);
    expect(replay(fresh, groups)).toEqual([]);
    expect(fresh.get(id ?? elementId(''))?.payload).toEqual(payload);
  });
});

describe('made again on a rebuilt board', () => {
  it('they come to the same, and to one update for each that has something left to do', () => {
    const before = bench(1).board;
    const [kept, away] = [addNote(before, 'shared', rect(0, 0)), addNote(before, 'away', rect(0, 300))];
    const region = addFrame(before, 'Stories', rect(400, 0));
    const mine = author(before);
    const made = addNote(mine.board, '', rect(5, 5), region);
    for (const text of ['H', 'He', 'Her']) mine.board.editText(made, text);
    mine.board.editText(kept, 'shared by all');
    mine.board.run({ type: 'recolour', ids: [kept], colour: 'sage' });
    mine.board.run({ type: 'place', places: [{ id: kept, rect: rect(9, 9), parent: region }] });
    mine.board.run({ type: 'delete', ids: [away] });
    const short = addNote(mine.board, 'never mind');
    mine.board.run({ type: 'delete', ids: [short] });

    const fresh = new Board(9);
    const server = rebuilt(before);
    fresh.merge(server.encode());
    const sent: Uint8Array[] = [];
    fresh.onStep(({ update }) => sent.push(update));
    expect(replay(fresh, mine.groups)).toEqual([]);
    expect(view(fresh)).toEqual(view(mine.board));
    expect(sent).toHaveLength(3);
    for (const update of sent) server.merge(update);
    expect(view(server)).toEqual(view(fresh));
  });

  it('leave no step to undo', () => {
    const mine = author(bench(1).board);
    const id = addNote(mine.board, 'mine');
    const fresh = new Board(9);
    replay(fresh, mine.groups);
    expect(fresh.canUndo.value).toBe(false);
    expect(fresh.undo()).toMatchObject({ done: false });
    expect(fresh.get(id)?.text).toBe('mine');
  });

  it('keep a colleague’s words beside one’s own, also where both changed the same', () => {
    const before = bench(1).board;
    const [apart, same] = [addNote(before, 'Trust'), addNote(before, 'We meet on Monday')];
    const mine = author(before);
    mine.board.editText(apart, 'Trust grows');
    mine.board.editText(same, 'We meet on Tuesday');
    const fresh = rebuilt(before);
    fresh.editText(apart, 'We said: Trust');
    fresh.editText(same, 'We meet on Friday');
    expect(replay(fresh, mine.groups)).toEqual([]);
    expect(fresh.get(apart)?.text).toBe('We said: Trust grows');
    expect(fresh.get(same)?.text).toContain('Fri');
    expect(fresh.get(same)?.text).toContain('Tues');
  });

  it('are not made twice if they were on disk before their receipt was here', () => {
    const before = bench(1).board;
    const shared = addNote(before, 'Trust');
    const mine = author(before);
    const made = addNote(mine.board, 'made');
    for (const text of ['Trust g', 'Trust gr', 'Trust grows slowly']) mine.board.editText(shared, text);
    mine.board.editText(made, 'made and written');
    for (const disk of [rebuilt(mine.board), rebuilt(mine.board)]) {
      disk.run({ type: 'recolour', ids: [made], colour: 'mere' });
      replay(disk, mine.groups);
      expect(disk.get(shared)?.text).toBe('Trust grows slowly');
      expect(disk.get(made)).toMatchObject({ text: 'made and written', colour: 'mere' });
      expect(disk.all()).toHaveLength(2);
    }
  });

  it('give back the words of what is gone, deleted, or something else by now', () => {
    const before = bench(1).board;
    const ids = ['gone', 'deleted', 'other', 'moved'].map((words) => addNote(before, words));
    const [gone, deleted, other, moved] = ids as [ElementId, ElementId, ElementId, ElementId];
    const mine = author(before);
    for (const id of [gone, deleted, other]) mine.board.editText(id, `${mine.board.get(id)?.text}, and mine`);
    mine.board.run({ type: 'place', places: [{ id: moved, rect: rect(1, 1), parent: null }] });
    const fresh = new Board(9);
    fresh.run({ type: 'create', elements: [{ id: deleted, kind: 'note', rect: rect(0, 0), parent: null }] });
    fresh.run({ type: 'delete', ids: [deleted] });
    const text = { id: other, kind: 'text', text: 'other', rect: rect(0, 0), parent: null } as const;
    fresh.run({ type: 'create', elements: [text] });
    expect(replay(fresh, mine.groups)).toEqual([
      { id: gone, text: 'gone, and mine' },
      { id: deleted, text: 'deleted, and mine' },
      { id: other, text: 'other, and mine' },
    ]);
    expect(fresh.all()).toMatchObject([{ id: other, kind: 'text', text: 'other' }]);
  });

  it('give back words that would be cut, whole', () => {
    const before = bench(1).board;
    const id = addNote(before, 'x'.repeat(LIMITS.text - 4));
    const mine = author(before);
    mine.board.editText(id, `${'x'.repeat(LIMITS.text - 4)}mine`);
    const fresh = rebuilt(before);
    fresh.editText(id, `a ${'x'.repeat(LIMITS.text - 4)}`);
    expect(replay(fresh, mine.groups)).toEqual([{ id, text: mine.board.get(id)?.text }]);
    expect(fresh.get(id)?.text).toBe(`a ${'x'.repeat(LIMITS.text - 4)}`);
  });

  it('stay where they were in the world when their region is no more', () => {
    const before = bench(1).board;
    const region = addFrame(before, 'Stories', rect(400, 100));
    const note = addNote(before, 'moved', rect(0, 0));
    const mine = author(before);
    const made = addNote(mine.board, 'made', rect(20, 30), region);
    mine.board.run({ type: 'place', places: [{ id: note, rect: rect(50, 60), parent: region }] });
    const fresh = new Board(9);
    fresh.run({
      type: 'create',
      elements: [{ id: note, kind: 'note', text: 'moved', rect: rect(0, 0), parent: null }],
    });
    replay(fresh, mine.groups);
    expect(fresh.get(made)).toMatchObject({ parent: null, rect: rect(420, 130) });
    expect(fresh.get(note)).toMatchObject({ parent: null, rect: rect(450, 160) });
  });

  it('bring back what somebody deleted only if that was one’s own undo', () => {
    const before = bench(1).board;
    const id = addNote(before, 'words');
    const mine = author(before);
    mine.board.run({ type: 'delete', ids: [id] });
    mine.board.undo();
    mine.board.editText(id, 'more words');
    const fresh = rebuilt(before);
    fresh.run({ type: 'delete', ids: [id] });
    expect(replay(fresh, mine.groups)).toEqual([]);
    expect(fresh.get(id)?.text).toBe('more words');
  });
});

describe('typing made again', () => {
  const typed = (...texts: string[]) => texts.slice(1).map((after, index) => ({ before: texts[index] ?? '', after }));

  it('goes on from whatever of it is there already', () => {
    const steps = typed('', 't', 'th', 'this');
    for (const now of ['', 't', 'th', 'this']) expect(retyped(now, steps)).toBe('this');
  });

  it('never takes a colleague’s letters for one’s own', () => {
    expect(retyped('cat', typed('', 't', 'th', 'thi'))).toMatch(/thi/);
    expect(retyped('not now', typed('', 'n', 'no'))).toBe('nonot now');
  });

  it('is not repeated in front of what a colleague went on to write', () => {
    expect(retyped('So nobody rang back, again', typed('', 'n', 'nobody', 'nobody rang back'))).toBe(
      'So nobody rang back, again',
    );
  });

  it('keeps both sides apart from letter to letter', () => {
    const steps = [
      { before: 'a', after: 'ab' },
      { before: 'Zab', after: 'Zabc' },
    ];
    expect(retyped('Za', steps)).toBe('Zabc');
    expect(retyped('Zab', steps)).toBe('Zabc');
  });
});

describe('the words of edits', () => {
  it('are those of the fields they wrote, and none for what was only moved or emptied', () => {
    const id = elementId('aaaaaaaaaaaa');
    const text = { type: 'text', id, kind: 'note', field: 'txt', before: '', after: 'words' } as const;
    const words = (...edits: SemanticEdit[]) => netEdits(edits).map(writtenWords);
    expect(words(text)).toEqual(['words']);
    expect(words({ type: 'set', id, kind: 'note', keys: { c: 'mere' }, at: [0, 0] })).toEqual(['']);
    expect(words({ ...text, before: 'words', after: ' ' })).toEqual(['']);
    expect(words(text, { type: 'remove', id })).toEqual(['']);
  });
});
