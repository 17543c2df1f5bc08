import { describe, expect, it } from 'vitest';
import type { Board } from '../../src/model/board.ts';
import { world } from '../../src/model/point.ts';
import { boardWith, contextOf, frame, note } from './boards.ts';

const at = (board: Board, x: number, y: number, tolerance = 3) => contextOf(board).hit(world(x, y), tolerance)?.id;

describe('what is under a point', () => {
  it('is the topmost of what overlaps', () => {
    const { board, ids } = boardWith(note(0, 0), note(50, 0));
    expect(at(board, 70, 20)).toBe(ids[1]);
    board.run({ type: 'reorder', ids: ids.slice(0, 1), to: 'front' });
    expect(at(board, 70, 20)).toBe(ids[0]);
  });

  it('is an element before the frame it lies in, and a frame before nothing', () => {
    const { board, ids } = boardWith(note(20, 20), frame({ x: 0, y: 0, w: 600, h: 400 }));
    expect(at(board, 30, 30)).toBe(ids[0]);
    expect(at(board, 300, 300)).toBe(ids[1]);
    expect(at(board, 900, 900)).toBeUndefined();
  });

  it('is what one points into before what one only comes near', () => {
    const { board, ids } = boardWith(note(0, 0), note(102, 0));
    expect(at(board, 99, 20, 10)).toBe(ids[0]);
    expect(at(board, 206, 20, 10)).toBe(ids[1]);
    expect(at(board, 206, 20, 2)).toBeUndefined();
  });

  it('is a connector near its line, not in its box', () => {
    const { board, ids } = boardWith(note(0, 0), note(400, 300));
    const [connector] = board.run({
      type: 'create',
      elements: [
        {
          kind: 'conn',
          rect: { x: 0, y: 0, w: 500, h: 360 },
          parent: null,
          payload: { a: { id: ids[0] }, b: { id: ids[1] }, route: 'straight' },
        },
      ],
    });
    expect(at(board, 250, 181)).toBe(connector);
    expect(at(board, 400, 60)).toBeUndefined();
  });

  it('is a connector before the frame under it', () => {
    const { board, ids } = boardWith(note(20, 100), note(400, 100), frame({ x: 0, y: 0, w: 800, h: 400 }));
    const [connector] = board.run({
      type: 'create',
      elements: [
        {
          kind: 'conn',
          rect: { x: 0, y: 0, w: 10, h: 10 },
          parent: null,
          payload: { a: { id: ids[0] }, b: { id: ids[1] }, route: 'straight' },
        },
      ],
    });
    expect(at(board, 260, 131)).toBe(connector);
  });
});
