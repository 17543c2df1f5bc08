import { describe, expect, it } from 'vitest';
import type { Rect } from '../../src/model/element.ts';
import { freePlaceIn, freePlaceNear, NOTE_GAP, placeBeside } from '../../src/tools/freePlace.ts';
import { dropTarget, frameFor, movable } from '../../src/tools/moving.ts';
import { neighbour } from '../../src/tools/neighbour.ts';
import { boardWith, frame, note } from './boards.ts';

const SIZE = { w: 100, h: 60 };
const overlaps = (a: Rect, b: Rect) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

describe('a free place', () => {
  it('in a region is the first below its head', () => {
    const { board, ids } = boardWith(frame({ x: 1000, y: 0, w: 600, h: 400 }));
    const [region] = ids;
    if (region === undefined) throw new Error('no region');
    expect(freePlaceIn(board, region, SIZE)).toEqual({ x: 1016, y: 72, ...SIZE });
    board.run({ type: 'create', elements: [note(16, 72, region)] });
    expect(freePlaceIn(board, region, SIZE)).toEqual({ x: 1016 + 100 + NOTE_GAP, y: 72, ...SIZE });
  });

  it('in a full region stays in the region', () => {
    const outer = { x: 0, y: 0, w: 260, h: 220 };
    const { board, ids } = boardWith(frame(outer));
    const [region] = ids;
    if (region === undefined) throw new Error('no region');
    for (let count = 0; count < 6; count += 1) {
      const place = freePlaceIn(board, region, SIZE);
      board.run({ type: 'create', elements: [{ ...note(place.x, place.y, region), rect: place }] });
      expect(place.y + place.h).toBeLessThanOrEqual(outer.h);
      expect(place.x + place.w).toBeLessThanOrEqual(outer.w);
    }
  });

  it('counts what will lie there in a moment', () => {
    const { board, ids } = boardWith(frame({ x: 0, y: 0, w: 600, h: 400 }));
    const [region] = ids;
    if (region === undefined) throw new Error('no region');
    const first = freePlaceIn(board, region, SIZE);
    const second = freePlaceIn(board, region, SIZE, { taken: [first] });
    expect(overlaps(first, second)).toBe(false);
  });

  it('near a point is the point itself, or else beside what is there', () => {
    const { board } = boardWith();
    expect(freePlaceNear(board, { x: 500, y: 300 }, SIZE, null)).toEqual({ x: 450, y: 270, ...SIZE });
    board.run({ type: 'create', elements: [note(450, 270)] });
    expect(freePlaceNear(board, { x: 500, y: 300 }, SIZE, null)).toEqual({ x: 450 + 112, y: 270, ...SIZE });
  });

  it('beside a note is on its right, then below', () => {
    const { board, ids } = boardWith(note(0, 0), note(112, 0));
    const [a, b] = ids;
    if (a === undefined || b === undefined) throw new Error('no notes');
    expect(placeBeside(board, b)).toEqual({ x: 224, y: 0, ...SIZE });
    expect(placeBeside(board, a)).toEqual({ x: 0, y: 72, ...SIZE });
  });
});

describe('moving', () => {
  it('takes nothing that is locked or moves with a frame above it', () => {
    const { board, ids } = boardWith(frame({ x: 0, y: 0, w: 600, h: 400 }));
    const [region] = ids;
    if (region === undefined) throw new Error('no region');
    const [child] = board.run({ type: 'create', elements: [note(10, 100, region)] });
    if (child === undefined) throw new Error('no child');
    expect(movable(board, [region, child])).toEqual([region]);
    expect(movable(board, [child])).toEqual([child]);
  });

  it('puts a region into another only if it lies wholly inside', () => {
    const { board, ids } = boardWith(frame({ x: 0, y: 0, w: 600, h: 400 }), frame({ x: 900, y: 0, w: 200, h: 150 }));
    const inner = board.all().find((element) => element.id === ids[1]);
    if (inner === undefined) throw new Error('no region');
    const exclude = new Set([inner.id]);
    expect(frameFor(board, inner, { x: 100, y: 100, w: 200, h: 150 }, exclude)).toBe(ids[0]);
    expect(frameFor(board, inner, { x: 480, y: 100, w: 200, h: 150 }, exclude)).toBeNull();
  });

  it('shows a target only if all fall into the same frame', () => {
    const { board, ids } = boardWith(frame({ x: 0, y: 0, w: 600, h: 400 }), note(700, 100), note(1200, 100));
    expect(dropTarget(board, ids.slice(1, 2), -400, 0)).toBe(ids[0]);
    expect(dropTarget(board, ids.slice(1), -400, 0)).toBeNull();
  });
});

describe('the neighbour in a direction', () => {
  const { ids } = boardWith(note(0, 0), note(0, 0), note(0, 0));
  const [a, b, c] = ids;
  if (a === undefined || b === undefined || c === undefined) throw new Error('no notes');
  const from = { x: 0, y: 0 };

  it('is the nearest ahead', () => {
    const candidates = [
      { id: a, at: { x: 100, y: 0 } },
      { id: b, at: { x: 300, y: 0 } },
      { id: c, at: { x: -50, y: 0 } },
    ];
    expect(neighbour(from, 'right', candidates)).toBe(a);
    expect(neighbour(from, 'left', candidates)).toBe(c);
    expect(neighbour(from, 'up', candidates)).toBeNull();
  });

  it('is rather straight ahead than nearer and aside', () => {
    const candidates = [
      { id: a, at: { x: 80, y: 90 } },
      { id: b, at: { x: 200, y: 5 } },
    ];
    expect(neighbour(from, 'right', candidates)).toBe(b);
  });
});
