import { describe, expect, it } from 'vitest';
import type { Rect } from '../../src/model/element.ts';
import { contains } from '../../src/model/rect.ts';
import { type Route, routeBetween } from '../../src/render/route.ts';

const FROM = { x: 0, y: 0, w: 168, h: 97 };
const LABEL = { w: 90, h: 22 };

function runsThrough({ line }: Route, box: Rect): boolean {
  for (let index = 0; index < line.length; index += 2) {
    if (contains(box, line[index] ?? 0, line[index + 1] ?? 0)) return true;
  }
  return false;
}

function covers({ labelX, labelY }: Route, box: Rect): boolean {
  const left = labelX - LABEL.w / 2;
  const top = labelY - LABEL.h / 2;
  return left < box.x + box.w && box.x < left + LABEL.w && top < box.y + box.h && box.y < top + LABEL.h;
}

describe('a route among other things', () => {
  it('stays as it is when nothing is in its way', () => {
    const to = { x: 400, y: 20, w: 168, h: 97 };
    const aside = { x: 200, y: 300, w: 168, h: 97 };
    expect(routeBetween(FROM, to, 'curve', { obstacles: [aside], label: null })).toEqual(
      routeBetween(FROM, to, 'curve'),
    );
  });

  it('goes round what lies between', () => {
    const to = { x: 600, y: 0, w: 168, h: 97 };
    const between = { x: 300, y: 20, w: 168, h: 60 };
    expect(runsThrough(routeBetween(FROM, to, 'curve'), between)).toBe(true);
    expect(runsThrough(routeBetween(FROM, to, 'curve', { obstacles: [between], label: null }), between)).toBe(false);
  });

  it('runs straight when a straight line was asked for', () => {
    const to = { x: 600, y: 0, w: 168, h: 97 };
    const between = { x: 300, y: 20, w: 168, h: 60 };
    const route = routeBetween(FROM, to, 'straight', { obstacles: [between], label: null });
    expect(route.line).toEqual(routeBetween(FROM, to, 'straight').line);
  });

  it('looks for no way through a thicket', () => {
    const to = { x: 600, y: 0, w: 168, h: 97 };
    const thicket = Array.from({ length: 61 }, (_, index) => ({ x: 200 + index * 6, y: 20, w: 5, h: 60 }));
    expect(routeBetween(FROM, to, 'curve', { obstacles: thicket, label: null })).toEqual(
      routeBetween(FROM, to, 'curve'),
    );
  });
});

describe('the label of a route', () => {
  /** Two columns of notes with hardly a gap between, as themes have them; the last note of the right one has room below. */
  const right = FROM;
  const left = [0, 104, 208].map((y) => ({ x: -192, y, w: 168, h: 97 }));
  const target = { x: -192, y: 104, w: 168, h: 97 };

  it('covers no note when another pair of sides leaves room for it', () => {
    const others = left.filter((box) => box.y !== target.y);
    const route = routeBetween(right, target, 'curve', { obstacles: others, label: LABEL });
    for (const box of [...others, target, right]) expect(covers(route, box)).toBe(false);
  });

  it('stands in the middle of a free line', () => {
    const to = { x: 500, y: 0, w: 168, h: 97 };
    const route = routeBetween(FROM, to, 'curve', { obstacles: [], label: LABEL });
    expect(route.labelX).toBeCloseTo(334, 0);
    expect(route.labelY).toBeCloseTo(48.5, 0);
  });

  it('moves along a straight line to where it covers least', () => {
    const to = { x: 600, y: 0, w: 168, h: 97 };
    const between = { x: 310, y: 20, w: 100, h: 60 };
    expect(covers(routeBetween(FROM, to, 'straight', { obstacles: [between], label: LABEL }), between)).toBe(false);
  });

  it('belongs to what the route takes up', () => {
    const route = routeBetween(FROM, { x: 300, y: 0, w: 168, h: 97 }, 'straight', { obstacles: [], label: LABEL });
    expect(route.bounds.h).toBe(LABEL.h);
  });
});
