import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { Board } from '../../src/model/board.ts';
import { elementId } from '../../src/model/element.ts';
import { world } from '../../src/model/point.ts';
import { addFrame, addNote, bench, pair, rect } from './boards.ts';

/** A document as a foreign client may write it. */
function foreign(write: (els: Y.Map<unknown>) => void): Board {
  const doc = new Y.Doc();
  doc.transact(() => write(doc.getMap('els')));
  const board = new Board(7);
  board.merge(Y.encodeStateAsUpdate(doc));
  return board;
}

function entry(keys: Record<string, unknown>): Y.Map<unknown> {
  return new Y.Map<unknown>(Object.entries(keys));
}

const ids = (elements: readonly { readonly id: string }[]) => elements.map((element) => element.id);

describe('reading', () => {
  it('keeps what it does not know as an inert element in its place', () => {
    const board = foreign((els) => els.set('aaaaaaaaaaaa', entry({ t: 'hologram', g: [1, 2, 3, 4], z: 'a0' })));
    expect(board.get(elementId('aaaaaaaaaaaa'))).toMatchObject({ kind: 'unknown', rect: { x: 1, y: 2, w: 3, h: 4 } });
  });

  it('takes a value of the wrong type as missing', () => {
    const wrong = { t: 'note', g: ['x', Number.NaN, -5, 1e12], z: 7, c: '#ff0000', s: [1], p: 3, txt: 'plain', lk: 0 };
    const board = foreign((els) => {
      els.set('aaaaaaaaaaaa', entry(wrong));
      els.set('bbbbbbbbbbbb', 'not a map');
    });
    expect(board.all()).toEqual([
      {
        id: 'aaaaaaaaaaaa',
        kind: 'note',
        rect: { x: 0, y: 0, w: 1, h: 100_000 },
        parent: null,
        z: '',
        colour: null,
        text: '',
        style: {},
        locked: false,
        payload: null,
      },
    ]);
  });

  it('reads a card’s fields as values', () => {
    const card = entry({ ht: 'theme', name: new Y.Text('Trust') });
    const board = foreign((els) => els.set('aaaaaaaaaaaa', entry({ t: 'card', g: [0, 0, 9, 9], z: 'a0', d: card })));
    expect(board.get(elementId('aaaaaaaaaaaa'))?.payload).toEqual({ ht: 'theme', name: 'Trust' });
  });
});

describe('the hierarchy', () => {
  it('moves what is in a frame with it', () => {
    const { board } = bench(1);
    const frame = addFrame(board, 'Region', rect(100, 100, 960, 640));
    const note = addNote(board, 'in', rect(10, 20), frame);
    expect(board.worldRect(note)).toEqual(rect(110, 120));
    board.run({ type: 'place', places: [{ id: frame, rect: rect(5_000, 0, 960, 640), parent: null }] });
    expect(board.worldRect(note)).toEqual(rect(5_010, 20));
    expect(ids(board.search(rect(5_000, 0)))).toEqual([frame, note]);
    expect(board.search(rect(0, 0, 2_000, 2_000))).toEqual([]);
  });

  it('leaves a note where it was when its frame is deleted by somebody who did not know of it', () => {
    const { a, b, exchange } = pair();
    const frame = addFrame(a.board, 'Region', rect(1_000, 1_000, 960, 640));
    exchange();
    a.board.run({ type: 'delete', ids: [frame] });
    const note = addNote(b.board, 'late', rect(10, 10), frame);
    exchange();
    expect(a.board.get(note)).toMatchObject({ parent: null, rect: rect(1_010, 1_010) });
    expect(b.board.get(note)).toEqual(a.board.get(note));
    a.board.run({ type: 'place', places: [{ id: note, rect: rect(1_020, 1_010), parent: null }] });
    exchange();
    expect(b.board.worldRect(note)).toEqual(rect(1_020, 1_010));
    a.board.undo();
    a.board.undo();
    expect(a.board.get(note)?.parent).toBe(frame);
  });

  it('takes two frames apart that were put into each other at once', () => {
    const { a, b, exchange } = pair();
    const [one, two] = [addFrame(a.board, 'One'), addFrame(a.board, 'Two', rect(2_000, 0))];
    const note = addNote(a.board, 'in one', rect(5, 5), one);
    exchange();
    a.board.run({ type: 'place', places: [{ id: one, rect: rect(10, 10), parent: two }] });
    b.board.run({ type: 'place', places: [{ id: two, rect: rect(20, 20), parent: one }] });
    exchange();
    const [first = one, second = two] = [one, two].sort();
    for (const { board } of [a, b]) {
      expect(board.get(first)?.parent).toBeNull();
      expect(board.get(second)?.parent).toBe(first);
      expect(board.all()).toHaveLength(3);
    }
    expect(a.board.worldRect(note)).toEqual(b.board.worldRect(note));
  });

  it('does not put a frame into itself', () => {
    const { board } = bench(1);
    const outer = addFrame(board, 'Outer');
    const [inner] = board.run({ type: 'create', elements: [{ kind: 'frame', rect: rect(0, 0), parent: outer }] });
    if (inner === undefined) throw new Error('no frame');
    expect(board.run({ type: 'place', places: [{ id: outer, rect: rect(0, 0), parent: inner }] })).toEqual([]);
    expect(board.run({ type: 'place', places: [{ id: outer, rect: rect(0, 0), parent: outer }] })).toEqual([]);
  });
});

describe('order', () => {
  it('paints a frame before what is in it, and frames before what lies beside them', () => {
    const { board } = bench(1);
    const loose = addNote(board, 'loose');
    const one = addFrame(board, 'One');
    const inOne = addNote(board, 'in one', rect(0, 0), one);
    const two = addFrame(board, 'Two');
    expect(ids(board.all())).toEqual([one, inOne, two, loose]);
    board.run({ type: 'reorder', ids: [one], to: 'front' });
    expect(ids(board.all())).toEqual([two, one, inOne, loose]);
    board.run({ type: 'reorder', ids: [one], to: 'back' });
    expect(ids(board.all())).toEqual([one, inOne, two, loose]);
  });

  it('keeps the order among things brought to the front together', () => {
    const { board } = bench(1);
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((text) => addNote(board, text));
    if (a === undefined || b === undefined || c === undefined || d === undefined) throw new Error('no notes');
    board.run({ type: 'reorder', ids: [c, a], to: 'front' });
    expect(ids(board.all())).toEqual([b, d, a, c]);
    board.run({ type: 'reorder', ids: [c, d], to: 'back' });
    expect(ids(board.all())).toEqual([d, c, b, a]);
  });

  it('reads rows from the top, each from the left, though they are not quite level', () => {
    const { board } = bench(1);
    const places = [rect(400, 10), rect(0, 22), rect(200, 0), rect(0, 130), rect(200, 118)];
    const notes = places.map((place, index) => addNote(board, String(index), place));
    expect(ids(board.children(null))).toEqual([notes[1], notes[2], notes[0], notes[3], notes[4]]);
  });

  it('lists regions by their number', () => {
    const { board } = bench(1);
    const unnumbered = addFrame(board, 'none', rect(0, 0));
    const second = addFrame(board, 'second', rect(300, 0), 2);
    const first = addFrame(board, 'first', rect(600, 0), 1);
    expect(ids(board.regions())).toEqual([first, second, unnumbered]);
  });

  it('goes above a foreign key that the library cannot extend', () => {
    const board = foreign((els) => {
      els.set('aaaaaaaaaaaa', entry({ t: 'note', g: [0, 0, 9, 9], z: 'zzzz0', txt: new Y.Text() }));
      els.set('bbbbbbbbbbbb', entry({ t: 'note', g: [0, 0, 9, 9], z: '!', txt: new Y.Text() }));
    });
    const above = addNote(board, 'above');
    expect(ids(board.all()).at(-1)).toBe(above);
    expect(board.get(above)?.z).toMatch(/^[0-9A-Za-z]{1,64}$/);
    board.run({ type: 'reorder', ids: [above], to: 'back' });
    expect(board.get(above)?.z).toMatch(/^[0-9A-Za-z]{1,64}$/);
  });
});

describe('pointing', () => {
  it('finds the topmost thing, and prefers a near note to the frame under the finger', () => {
    const { board } = bench(1);
    const frame = addFrame(board, 'Region', rect(0, 0, 960, 640));
    const low = addNote(board, 'low', rect(100, 100), frame);
    const high = addNote(board, 'high', rect(150, 120), frame);
    expect(board.hit(world(160, 130), 0)?.id).toBe(high);
    expect(board.hit(world(105, 105), 8)?.id).toBe(low);
    expect(board.hit(world(95, 105), 8)?.id).toBe(low);
    expect(board.hit(world(95, 105), 2)?.id).toBe(frame);
    expect(board.hit(world(-4, 10), 8)?.id).toBe(frame);
    expect(board.hit(world(-40, 10), 8)).toBeUndefined();
  });

  it('finds the innermost frame under the centre of what is dropped, but never one that is being moved', () => {
    const { board } = bench(1);
    const outer = addFrame(board, 'Outer', rect(0, 0, 960, 640));
    const [inner] = board.run({
      type: 'create',
      elements: [{ kind: 'frame', rect: rect(100, 100, 300, 300), parent: outer }],
    });
    if (inner === undefined) throw new Error('no frame');
    expect(board.frameAt(rect(150, 150, 10, 10), new Set())).toBe(inner);
    expect(board.frameAt(rect(150, 150, 10, 10), new Set([inner]))).toBe(outer);
    expect(board.frameAt(rect(150, 150, 10, 10), new Set([outer]))).toBeNull();
    expect(board.frameAt(rect(5_000, 0), new Set())).toBeNull();
  });
});

describe('plans', () => {
  it('duplicate a frame with everything inside', () => {
    const { board } = bench(1);
    const frame = addFrame(board, 'Region', rect(0, 0, 960, 640), 3);
    addNote(board, 'inside', rect(10, 10), frame);
    const copies = board.run({ type: 'duplicate', ids: [frame], dx: 16, dy: 24 });
    const [copy] = copies;
    if (copy === undefined) throw new Error('no copy');
    expect(copies).toHaveLength(1);
    expect(board.get(copy)).toMatchObject({ text: 'Region', rect: rect(16, 24, 960, 640), style: { no: 3 } });
    expect(board.children(copy)).toMatchObject([{ text: 'inside', rect: rect(10, 10), colour: 'oat' }]);
    board.undo();
    expect(board.all()).toHaveLength(2);
  });

  it('write whole numbers within the limits', () => {
    const { board } = bench(1);
    const note = addNote(board, '', { x: 0.6, y: -0.2, w: 0, h: 2e9 });
    expect(board.get(note)?.rect).toEqual({ x: 1, y: 0, w: 1, h: 100_000 });
    expect(Object.is(board.get(note)?.rect.y, 0)).toBe(true);
  });

  it('that change nothing send nothing and leave no step', () => {
    const { board, sent } = bench(1);
    const note = addNote(board, 'x');
    const before = sent.length;
    board.run({ type: 'place', places: [{ id: note, rect: rect(0, 0), parent: null }] });
    board.run({ type: 'recolour', ids: [note], colour: 'oat' });
    board.run({ type: 'delete', ids: [elementId('nobody______')] });
    board.run({ type: 'create', elements: [] });
    board.editText(note, 'x');
    board.endText(note, rect(0, 0));
    expect(sent).toHaveLength(before);
    board.undo();
    expect(board.canUndo.value).toBe(false);
  });

  it('merge restyled keys into the style', () => {
    const { board } = bench(1);
    const frame = addFrame(board, 'Region', rect(0, 0), 1);
    board.run({ type: 'restyle', id: frame, style: { prompt: 'What do you see?' } });
    expect(board.get(frame)?.style).toEqual({ no: 1, prompt: 'What do you see?' });
  });

  it('make ids of twelve characters of base64url', () => {
    const { board } = bench(1);
    expect(addNote(board, '')).toMatch(/^[A-Za-z0-9_-]{12}$/);
  });
});

describe('a board of 10,000 elements', () => {
  it('touches only what changed', () => {
    const { a, b, exchange } = pair();
    const frames = Array.from({ length: 10 }, (_, index) =>
      addFrame(a.board, String(index), rect(index * 1_000, 0), index),
    );
    a.board.run({
      type: 'create',
      elements: Array.from({ length: 9_990 }, (_, index) => ({
        kind: 'note' as const,
        rect: rect((index % 37) * 200, Math.floor(index / 37) * 120),
        parent: frames[index % 10] ?? null,
        text: `note ${index}`,
      })),
    });
    exchange();
    expect(b.board.all()).toHaveLength(10_000);
    const before = b.board.all();
    const [changed] = before.filter((element) => element.text === 'note 4711');
    if (changed === undefined) throw new Error('no note');
    a.board.run({ type: 'recolour', ids: [changed.id], colour: 'damson' });
    const changes: unknown[] = [];
    b.board.subscribe((change) => changes.push(change));
    exchange();
    expect(changes).toEqual([{ added: [], updated: [changed.id], removed: [], origin: 'remote' }]);
    const after = b.board.all();
    const differing = after.filter((element, index) => element !== before[index]);
    expect(differing).toEqual([{ ...changed, colour: 'damson' }]);
  });

  it('lets go of what was taken out of the document, as one that was loaded without it', () => {
    const { board } = bench(1);
    const region = addFrame(board, 'Stories', rect(400, 0));
    const inside = addNote(board, 'inside', rect(10, 10), region);
    const alone = addNote(board, 'alone', rect(0, 0));
    const changes: unknown[] = [];
    board.subscribe((change) => changes.push(change));
    const undone = new Board(9);
    undone.merge(board.encode());
    undone.rewrite((els) => {
      els.delete(region);
      els.delete(alone);
    });
    board.merge(undone.encode());
    expect(changes).toMatchObject([{ removed: expect.arrayContaining([region, alone]), updated: [inside] }]);
    const loaded = new Board(10);
    loaded.merge(board.encode());
    expect(board.all()).toEqual(loaded.all());
    expect(board.knows(alone)).toBe(false);
    expect(board.worldRect(inside)).toEqual(loaded.worldRect(inside));
    expect(board.search(rect(0, 0, 2_000, 2_000))).toEqual(loaded.search(rect(0, 0, 2_000, 2_000)));
  });
});
