import { describe, expect, it } from 'vitest';
import { decodeInk, encodeInk } from '../../src/render/ink.ts';

describe('ink', () => {
  it('comes back as it went, to a quarter of a unit', () => {
    const points = [0, 0, 3.25, -1.5, 100, 60, 99.75, 900];
    const ink = decodeInk(encodeInk({ width: 2.5, w: 120, h: 900, points }));
    expect(ink).toMatchObject({ width: 2.5, w: 120, h: 900 });
    expect([...(ink?.points ?? [])]).toEqual(points);
  });

  it('costs about two bytes a point', () => {
    const points = Array.from({ length: 400 }, (_, index) => index / 2);
    expect(encodeInk({ width: 2, w: 200, h: 200, points }).length).toBeLessThan(420);
  });

  it.each([
    ['nothing', []],
    ['a later version', [2, 8, 10, 10, 0, 0]],
    ['no box', [1, 8, 0, 0]],
    ['a box that never ends', [1, 8, 255, 255, 255, 255, 255, 255]],
  ])('is not read from %s', (_, bytes) => {
    expect(decodeInk(Uint8Array.from(bytes))).toBeNull();
  });

  it('is read as far as its bytes go', () => {
    const whole = encodeInk({ width: 2, w: 10, h: 10, points: [1, 1, 2, 2, 300, 300] });
    expect([...(decodeInk(whole.slice(0, -1))?.points ?? [])]).toEqual([1, 1, 2, 2]);
  });
});
