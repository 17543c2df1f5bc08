import { describe, expect, it } from 'vitest';
import type { Board } from '../../src/model/board.ts';
import type { BoardElement } from '../../src/model/element.ts';
import { type Hold, liftOf, NO_LIFT } from '../../src/render/lift.ts';
import { NO_PREVIEW, type Preview } from '../../src/render/preview.ts';
import { boardWith, frame, note } from '../tools/boards.ts';

const ends = (element: BoardElement) => (Array.isArray(element.payload) ? element.payload : []);
const lift = (board: Board, preview: Preview, holds: readonly Hold[] = [], connectors: readonly BoardElement[] = []) =>
  liftOf(board, preview, holds, connectors, ends);

function hold(change: Partial<Hold>): Hold {
  return {
    conn: 2,
    name: 'Imran',
    hue: 2,
    host: false,
    selection: [],
    editing: null,
    drag: null,
    named: false,
    ...change,
  };
}

describe('what is lifted', () => {
  it('is nothing while nothing moves', () => {
    const { board, ids } = boardWith(note(0, 0));
    expect(lift(board, NO_PREVIEW, [hold({ selection: ids })])).toBe(NO_LIFT);
  });

  it('is a frame with everything in it', () => {
    const { board, ids } = boardWith(frame({ x: 0, y: 0, w: 600, h: 400 }));
    const [child] = board.run({ type: 'create', elements: [note(10, 100, ids[0] ?? null)] });
    const { rects, hidden } = lift(board, { kind: 'move', ids, dx: 5, dy: 7, target: null, copy: false });
    expect(child === undefined ? undefined : rects.get(child)).toEqual({ x: 15, y: 107, w: 100, h: 60 });
    expect(hidden.size).toBe(2);
  });

  it('stays on the board while a copy of it is dragged', () => {
    const { board, ids } = boardWith(note(0, 0));
    const { rects, hidden } = lift(board, { kind: 'move', ids, dx: 5, dy: 7, target: null, copy: true });
    expect(rects.size).toBe(1);
    expect(hidden.size).toBe(0);
  });

  it('is what somebody else drags', () => {
    const { board, ids } = boardWith(note(0, 0));
    const { rects } = lift(board, NO_PREVIEW, [hold({ selection: ids, drag: { x: 30, y: 40, w: 0, h: 0 } })]);
    expect([...rects.values()]).toEqual([{ x: 30, y: 40, w: 100, h: 60 }]);
  });

  it('is stretched where somebody else stretches it', () => {
    const { board, ids } = boardWith(note(0, 0));
    const { rects } = lift(board, NO_PREVIEW, [hold({ selection: ids, drag: { x: -10, y: 0, w: 10, h: 20 } })]);
    expect([...rects.values()]).toEqual([{ x: -10, y: 0, w: 110, h: 80 }]);
  });

  it('takes connectors along', () => {
    const { board, ids } = boardWith(note(0, 0), { kind: 'conn', rect: { x: 0, y: 0, w: 1, h: 1 }, parent: null });
    const connectors = board
      .all()
      .filter((element) => element.kind === 'conn')
      .map((element) => ({ ...element, payload: [ids[0]] }));
    const { hidden } = lift(
      board,
      { kind: 'move', ids: ids.slice(0, 1), dx: 1, dy: 1, target: null, copy: false },
      [],
      connectors,
    );
    expect([...hidden]).toEqual(ids);
  });
});
