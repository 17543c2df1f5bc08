import { describe, expect, it } from 'vitest';
import { screen } from '../../src/model/point.ts';
import { handleAt, handlesOf, resized } from '../../src/render/handles.ts';

const BOX = { x: 100, y: 100, w: 200, h: 120 };
const LEAST = { w: 64, h: 36 };

describe('handles', () => {
  it('take the pointer within a target of 24 px, or 44 px for a finger', () => {
    expect(handleAt(screen(311, 231), BOX, false)).toBe('se');
    expect(handleAt(screen(315, 235), BOX, false)).toBeNull();
    expect(handleAt(screen(320, 240), BOX, true)).toBe('se');
  });

  it('leave the inside free for moving', () => {
    expect(handleAt(screen(200, 160), BOX, false)).toBeNull();
    expect(handleAt(screen(200, 160), BOX, true)).toBeNull();
  });

  it('are on the sides only where there is room between the corners', () => {
    expect(handlesOf({ x: 0, y: 0, w: 200, h: 40 }, false)).toEqual(['nw', 'n', 'ne', 'se', 's', 'sw']);
    expect(handlesOf({ x: 0, y: 0, w: 20, h: 12 }, false)).toEqual([]);
  });

  it('prefer the corner', () => {
    expect(handleAt(screen(300, 222), BOX, false)).toBe('se');
    expect(handleAt(screen(200, 222), BOX, false)).toBe('s');
  });
});

describe('resizing', () => {
  it('moves the edge that is held and leaves the other', () => {
    expect(resized(BOX, 'se', 10, 5, LEAST)).toEqual({ x: 100, y: 100, w: 210, h: 125 });
    expect(resized(BOX, 'nw', 10, 5, LEAST)).toEqual({ x: 110, y: 105, w: 190, h: 115 });
    expect(resized(BOX, 'e', 10, 50, LEAST)).toEqual({ x: 100, y: 100, w: 210, h: 120 });
  });

  it('stops at the smallest size without moving the other edge', () => {
    expect(resized(BOX, 'nw', 900, 900, LEAST)).toEqual({ x: 236, y: 184, w: 64, h: 36 });
  });

  it('ends on whole units', () => {
    expect(resized(BOX, 'se', 0.4, 0.6, LEAST)).toEqual({ x: 100, y: 100, w: 200, h: 121 });
  });
});
