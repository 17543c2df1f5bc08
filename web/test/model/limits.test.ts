import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { Board } from '../../src/model/board.ts';
import { LIMITS } from '../../src/model/element.ts';
import { keysBetween } from '../../src/model/order.ts';
import type { NewElement } from '../../src/model/plan.ts';
import { splitUpdate, typedWords } from '../../src/model/updateParts.ts';
import { addNote, bench, pair, rect } from './boards.ts';
import { seeded } from './seeded.ts';

/** What the gate counts. */
const GATE_STRUCTS = 8_192;

function notes(count: number): NewElement[] {
  return Array.from({ length: count }, (_, index) => ({
    kind: 'note' as const,
    rect: rect(index * 200, 0),
    parent: null,
    colour: 'oat' as const,
    text: `Note ${index}`,
  }));
}

function structs(update: Uint8Array): number {
  return Y.decodeUpdate(update).structs.length;
}

describe('a huge gesture', () => {
  it('leaves in pieces that the gate takes, each of whole elements, and together it is the gesture', () => {
    const { board, sent } = bench(1);
    board.run({ type: 'create', elements: notes(1_200) });
    expect(sent.length).toBeGreaterThan(1);
    const other = new Board(2);
    for (const update of sent) {
      expect(structs(update)).toBeLessThanOrEqual(GATE_STRUCTS);
      other.merge(update);
      const doc = new Y.Doc();
      Y.applyUpdate(doc, other.encode());
      for (const map of doc.getMap('els').values()) expect([...(map as Y.Map<unknown>).keys()]).toContain('txt');
    }
    expect(other.all().map(({ text }) => text)).toEqual(board.all().map(({ text }) => text));
    expect(board.canUndo.value).toBe(true);
  });

  it('of changes, and its undo, are cut anywhere', () => {
    const { board, sent } = bench(1);
    const ids = board.run({ type: 'create', elements: notes(8_300) });
    const other = new Board(2);
    board.run({ type: 'recolour', ids, colour: 'mere' });
    board.run({ type: 'delete', ids });
    board.undo();
    for (const update of sent) {
      expect(structs(update)).toBeLessThanOrEqual(GATE_STRUCTS);
      other.merge(update);
    }
    expect(other.all()).toHaveLength(8_300);
    expect(new Set(other.all().map(({ colour }) => colour))).toEqual(new Set(['mere']));
  });

  it('stays one update as long as it is not huge', () => {
    const { board, sent } = bench(1);
    board.run({ type: 'create', elements: notes(300) });
    expect(sent).toHaveLength(1);
    expect(splitUpdate(sent[0] ?? new Uint8Array(), LIMITS.structs)).toEqual(sent);
  });

  it('does not make more than a board takes, deleted things included', () => {
    const { board } = bench(1);
    const ids = board.run({ type: 'create', elements: notes(LIMITS.elements) });
    board.run({ type: 'delete', ids: ids.slice(0, 10) });
    expect(board.run({ type: 'create', elements: notes(1) })).toEqual([]);
  });
});

describe('a full text', () => {
  it('takes no more, and loses nothing of what is there', () => {
    const { a, b, exchange } = pair();
    const id = addNote(a.board, `${'x'.repeat(LIMITS.text - 3)}end`);
    exchange();
    b.board.editText(id, `more${b.board.get(id)?.text}`, 4);
    exchange();
    expect(a.board.get(id)?.text).toMatch(/^x+end$/);
    b.board.editText(id, `${'x'.repeat(LIMITS.text - 3)}END!`);
    exchange();
    expect(a.board.get(id)?.text).toMatch(/^x+END$/);
  });

  it('that two people overfilled can be made shorter, and not longer', () => {
    const { a, b, exchange } = pair();
    const full = 'x'.repeat(LIMITS.text - 2);
    const id = addNote(a.board, full);
    exchange();
    a.board.editText(id, `${full}aa`);
    b.board.editText(id, `${full}bb`);
    exchange();
    expect(a.board.get(id)?.text).toHaveLength(LIMITS.text + 2);
    const both = a.board.get(id)?.text ?? '';
    a.board.editText(id, `${both}c`);
    expect(a.board.get(id)?.text).toBe(both);
    a.board.editText(id, both.slice(1));
    expect(a.board.get(id)?.text).toBe(both.slice(1));
  });

  it('is not cut through a character', () => {
    const { board } = bench(1);
    const id = addNote(board, 'x'.repeat(LIMITS.text - 1));
    board.editText(id, `${'x'.repeat(LIMITS.text - 1)}😀`);
    expect(board.get(id)?.text).toBe('x'.repeat(LIMITS.text - 1));
  });
});

describe('words nobody should send', () => {
  it('are mended before they reach the document', () => {
    const { board, sent } = bench(1);
    const id = addNote(board, '\ud800');
    board.editText(id, 'a\udc00\u0000b');
    expect(board.get(id)?.text).toBe('a\ufffd\u0000b');
    const other = new Board(2);
    for (const update of sent) other.merge(update);
    expect(other.get(id)?.text).toBe('a\ufffd\u0000b');
  });

  it('dragged beyond every bound stay within them, without a negative zero', () => {
    const { board } = bench(1);
    const id = addNote(board, '');
    board.run({ type: 'place', places: [{ id, rect: { x: -1e12, y: -0.2, w: 1e9, h: 0 }, parent: null }] });
    expect(board.get(id)?.rect).toEqual({ x: -LIMITS.coordinate, y: 0, w: LIMITS.size, h: 1 });
    expect(Object.is(board.get(id)?.rect.y, 0)).toBe(true);
  });
});

describe('keys of depth', () => {
  it('stay within 64 characters, whatever is put between, before or behind', () => {
    const random = seeded(3).bytes;
    let [low, high] = keysBetween(2, null, null, random);
    for (let round = 0; round < 400; round += 1) {
      const [key] = keysBetween(1, low ?? null, high ?? null, random);
      expect(key).toMatch(/^[0-9A-Za-z]{1,64}$/);
      if (round % 2 === 0) low = key;
      else high = key;
    }
    let [top, bottom] = [low, low];
    for (let round = 0; round < 3_000; round += 1) {
      [top] = keysBetween(1, top ?? null, null, random);
      [bottom] = keysBetween(1, null, bottom ?? null, random);
    }
    expect(top).toMatch(/^[0-9A-Za-z]{1,64}$/);
    expect(bottom).toMatch(/^[0-9A-Za-z]{1,64}$/);
  });
});

describe('two people at one caret', () => {
  it('keep whole characters of every kind', () => {
    const words = ['👩‍👩‍👧‍👦', 'e\u0301', 'שלום', '🇬🇧', '👍🏽', 'ﷺ'];
    for (const mine of words) {
      for (const theirs of words) {
        const { a, b, exchange } = pair();
        const id = addNote(a.board, '👩‍👧');
        exchange();
        a.board.editText(id, `👩‍👧${mine}`);
        b.board.editText(id, `👩‍👧${theirs}`);
        exchange();
        expect(a.board.get(id)?.text).toBe(b.board.get(id)?.text);
        expect([`👩‍👧${mine}${theirs}`, `👩‍👧${theirs}${mine}`]).toContain(a.board.get(id)?.text);
      }
    }
  });
});

describe('what a server lacks', () => {
  it('is sent without the edits of others, and without deletions nobody there can place', () => {
    const { a, b, exchange } = pair();
    const theirs = addNote(b.board, 'theirs');
    exchange();
    const server = new Board(9);
    const mine = addNote(a.board, 'mine');
    a.board.editText(mine, 'my');
    a.board.editText(theirs, 'the');
    const { updates, ids } = a.board.missing(server.stateVector(), []);
    expect(ids).toEqual([mine]);
    for (const update of updates) {
      expect([...Y.parseUpdateMeta(update).from.keys()]).toEqual([1]);
      expect([...Y.decodeUpdate(update).ds.clients.keys()]).toEqual([1]);
      server.merge(update);
    }
    expect(server.get(mine)?.text).toBe('my');
  });

  it('holds what another page of the same seat left unsent', () => {
    const earlier = bench(5);
    const id = addNote(earlier.board, 'before the reload');
    const { board } = bench(6);
    for (const update of earlier.sent) board.merge(update);
    const server = new Board(9);
    for (const update of board.missing(server.stateVector(), earlier.sent).updates) server.merge(update);
    expect(server.get(id)?.text).toBe('before the reload');
  });

  it('leaves out what the board itself is waiting for', () => {
    const earlier = bench(5);
    const id = addNote(earlier.board, 'one');
    earlier.board.editText(id, 'one two');
    const { board } = bench(6);
    const [, second] = earlier.sent;
    if (second === undefined) throw new Error('nothing was sent');
    board.merge(second);
    const server = new Board(9);
    for (const update of board.missing(server.stateVector(), [second]).updates) expect(structs(update)).toBe(0);
    expect(typedWords([second])).toBe(' two');
  });

  it('shows in its state vector', () => {
    const { a, b, exchange } = pair();
    const before = a.board.stateVector();
    addNote(a.board, 'one');
    expect(a.board.compare(before, a.sent)).toBe('same');
    expect(a.board.compare(before, [])).toBe('serverLacks');
    expect(a.board.compare(a.board.stateVector(), [])).toBe('same');
    addNote(b.board, 'two');
    expect(a.board.compare(b.board.stateVector(), a.sent)).toBe('boardLacks');
    exchange();
    expect(a.board.compare(b.board.stateVector(), [])).toBe('same');
  });
});
