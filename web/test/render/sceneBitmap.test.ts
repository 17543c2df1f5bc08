import { describe, expect, it } from 'vitest';
import type { Rect } from '../../src/model/element.ts';
import { exposed, type Placing, SceneBitmap } from '../../src/render/sceneBitmap.ts';

const WIDE = 1000;
const HIGH = 600;
const ALL = { x: 0, y: 0, w: WIDE, h: HIGH };

/** What a bitmap does to its canvas, written down. */
function drawing(elements: number) {
  const painted: Rect[] = [];
  const copies: (readonly [number, number])[] = [];
  const transforms: number[][] = [];
  const context = () =>
    ({
      canvas: { width: WIDE, height: HIGH },
      drawImage: (_image: unknown, x: number, y: number) => copies.push([x, y]),
      setTransform: (...values: number[]) => transforms.push(values),
      fillRect: () => undefined,
    }) as unknown as CanvasRenderingContext2D;
  const bitmap = new SceneBitmap(context(), () => 'white', context);
  const at = (scale: number, x: number, y: number) => ({
    placing: { scale, x, y } satisfies Placing,
    count: () => elements,
    paint: (area: Rect) => painted.push(area),
  });
  bitmap.repaint(at(1, 0, 0));
  painted.length = 0;
  return { bitmap, painted, copies, transforms, at };
}

describe('with few things in view', () => {
  it('every move of the camera is painted', () => {
    const { bitmap, painted, copies, at } = drawing(40);
    expect(bitmap.follow(at(1, -30, 0), 0)).toBe(false);
    expect(bitmap.follow(at(2, -30, 0), 16)).toBe(false);
    expect(painted).toEqual([ALL, ALL]);
    expect(copies).toEqual([]);
  });
});

describe('with many things in view', () => {
  it('a camera that has not moved costs nothing', () => {
    const { bitmap, painted, at } = drawing(5_000);
    expect(bitmap.follow(at(1, 0, 0), 0)).toBe(false);
    expect(painted).toEqual([]);
  });

  it('panning copies what is there and paints what comes into view', () => {
    const { bitmap, painted, copies, at } = drawing(5_000);
    expect(bitmap.follow(at(1, -30, 10), 0)).toBe(false);
    expect(copies).toEqual([[-30, 10]]);
    expect(painted).toEqual([
      { x: 970, y: 0, w: 30, h: HIGH },
      { x: 0, y: 0, w: 970, h: 10 },
    ]);
  });

  it('zooming stretches the picture until the camera rests, then paints it band by band', () => {
    const { bitmap, painted, transforms, at } = drawing(700);
    expect(bitmap.follow(at(1.5, -50, -20), 0)).toBe(true);
    expect(transforms.at(-1)).toEqual([1.5, 0, 0, 1.5, -50, -20]);
    expect(bitmap.follow(at(2, -100, -40), 16)).toBe(true);
    expect(transforms.at(-1)).toEqual([2, 0, 0, 2, -100, -40]);
    expect(bitmap.follow(at(2, -100, -40), 60)).toBe(true);
    expect(painted).toEqual([]);
    expect(bitmap.follow(at(2, -100, -40), 120)).toBe(true);
    expect(bitmap.follow(at(2, -100, -40), 136)).toBe(false);
    expect(painted).toEqual([
      { x: 0, y: 0, w: WIDE, h: 300 },
      { x: 0, y: 300, w: WIDE, h: 300 },
    ]);
    painted.length = 0;
    expect(bitmap.follow(at(2, -110, -40), 152)).toBe(false);
    expect(painted).toEqual([{ x: 990, y: 0, w: 10, h: HIGH }]);
  });

  it('a camera that moves on while it is made sharp is stretched again from the first picture', () => {
    const { bitmap, painted, transforms, at } = drawing(700);
    bitmap.follow(at(2, 0, 0), 0);
    expect(bitmap.follow(at(2, 0, 0), 100)).toBe(true);
    expect(painted).toHaveLength(1);
    expect(bitmap.follow(at(3, 0, 0), 116)).toBe(true);
    expect(transforms.at(-1)).toEqual([3, 0, 0, 3, 0, 0]);
    expect(bitmap.follow(at(3, 0, 0), 130)).toBe(true);
    expect(painted).toHaveLength(1);
  });

  it('a change of the board is painted at once and whole', () => {
    const { bitmap, painted, at } = drawing(700);
    bitmap.follow(at(2, 0, 0), 0);
    bitmap.repaint(at(2, 0, 0));
    expect(painted).toEqual([ALL]);
    expect(bitmap.follow(at(2, 0, 0), 16)).toBe(false);
  });
});

describe('what a move exposes', () => {
  it.each([
    [0, 0, []],
    [40, 0, [{ x: 0, y: 0, w: 40, h: HIGH }]],
    [0, -25, [{ x: 0, y: 575, w: WIDE, h: 25 }]],
    [
      40,
      -25,
      [
        { x: 0, y: 0, w: 40, h: HIGH },
        { x: 40, y: 575, w: 960, h: 25 },
      ],
    ],
    [WIDE, 0, [ALL]],
    [3, -HIGH, [ALL]],
  ])('by %d, %d', (dx, dy, strips) => {
    expect(exposed(WIDE, HIGH, dx, dy)).toEqual(strips);
  });
});
