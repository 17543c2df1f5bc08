import { describe, expect, it } from 'vitest';
import {
  between,
  bringInto,
  clampZoom,
  fitRect,
  HOME,
  MAX_ZOOM,
  MIN_ZOOM,
  pan,
  rectToScreen,
  toScreen,
  toWorld,
  visibleRect,
  zoomAt,
  zoomStep,
} from '../../src/model/camera.ts';
import { screen, world } from '../../src/model/point.ts';

const VIEWPORT = { w: 1000, h: 600 };
const INSETS = { top: 20, right: 0, bottom: 80, left: 100 };

describe('the camera', () => {
  it('takes a point to the screen and back', () => {
    const camera = { x: -40, y: 25, zoom: 1.7 };
    const back = toWorld(camera, toScreen(camera, world(123, -456)));
    expect(back.x).toBeCloseTo(123, 9);
    expect(back.y).toBeCloseTo(-456, 9);
  });

  it('shows the world from its corner', () => {
    expect(toScreen({ x: 10, y: 20, zoom: 2 }, world(15, 30))).toEqual({ x: 10, y: 20 });
    expect(rectToScreen({ x: 10, y: 20, zoom: 2 }, { x: 10, y: 20, w: 5, h: 6 })).toEqual({ x: 0, y: 0, w: 10, h: 12 });
    expect(visibleRect({ x: 10, y: 20, zoom: 0.5 }, VIEWPORT)).toEqual({ x: 10, y: 20, w: 2000, h: 1200 });
  });

  it('pans by pixels of the screen at every zoom', () => {
    expect(pan({ x: 0, y: 0, zoom: 2 }, 10, -4)).toEqual({ x: 5, y: -2, zoom: 2 });
  });

  it('keeps the point under the pointer where it is while zooming', () => {
    const camera = { x: 30, y: 70, zoom: 0.8 };
    const at = screen(321, 123);
    const before = toWorld(camera, at);
    const after = toWorld(zoomAt(camera, at, 2.2), at);
    expect(after.x).toBeCloseTo(before.x, 9);
    expect(after.y).toBeCloseTo(before.y, 9);
  });

  it('stays between its bounds', () => {
    expect(clampZoom(100)).toBe(MAX_ZOOM);
    expect(zoomAt(HOME, screen(0, 0), 0.0001).zoom).toBe(MIN_ZOOM);
  });

  it('steps through even zooms with 100 % among them', () => {
    expect(zoomStep(0.9, 1)).toBe(1);
    expect(zoomStep(1, 1)).toBe(1.4);
    expect(zoomStep(1.0000001, -1)).toBe(0.7);
    expect(zoomStep(MAX_ZOOM, 1)).toBe(MAX_ZOOM);
    expect(zoomStep(MIN_ZOOM, -1)).toBe(MIN_ZOOM);
  });
});

describe('showing a rectangle', () => {
  it('centres it between the panels and never enlarges it', () => {
    const camera = fitRect({ x: 0, y: 0, w: 100, h: 100 }, VIEWPORT, INSETS);
    expect(camera.zoom).toBe(1);
    expect(toScreen(camera, world(50, 50))).toEqual({ x: 550, y: 270 });
  });

  it('makes a large one fit', () => {
    const camera = fitRect({ x: 0, y: 0, w: 9000, h: 1000 }, VIEWPORT, INSETS);
    const box = rectToScreen(camera, { x: 0, y: 0, w: 9000, h: 1000 });
    expect(box.x).toBeCloseTo(100, 6);
    expect(box.x + box.w).toBeCloseTo(1000, 6);
  });

  it('does not move for what is already clear of the panels', () => {
    expect(bringInto(HOME, { x: 200, y: 100, w: 50, h: 50 }, VIEWPORT, INSETS)).toBe(HOME);
  });

  it('moves no further than needed', () => {
    expect(bringInto(HOME, { x: 40, y: 100, w: 50, h: 50 }, VIEWPORT, INSETS)).toEqual({ x: -60, y: 0, zoom: 1 });
    expect(bringInto(HOME, { x: 200, y: 500, w: 50, h: 50 }, VIEWPORT, INSETS)).toEqual({ x: 0, y: 30, zoom: 1 });
  });

  it('shows the beginning of what is larger than the view', () => {
    expect(bringInto(HOME, { x: 400, y: 100, w: 5000, h: 50 }, VIEWPORT, INSETS).x).toBe(300);
  });

  it('ignores panels that would leave no room', () => {
    const camera = fitRect({ x: 0, y: 0, w: 50, h: 50 }, { w: 120, h: 120 }, INSETS);
    expect(toScreen(camera, world(25, 25))).toEqual({ x: 60, y: 60 });
  });
});

describe('gliding', () => {
  it('begins and ends at the two cameras', () => {
    const from = { x: 0, y: 0, zoom: 0.5 };
    const to = { x: 300, y: 100, zoom: 2 };
    for (const [t, camera] of [
      [0, from],
      [1, to],
    ] as const) {
      const middle = between(from, to, VIEWPORT, t);
      expect(middle.x).toBeCloseTo(camera.x, 6);
      expect(middle.y).toBeCloseTo(camera.y, 6);
      expect(middle.zoom).toBeCloseTo(camera.zoom, 6);
    }
  });

  it('goes straight when the zoom stays', () => {
    expect(between(HOME, { x: 100, y: 40, zoom: 1 }, VIEWPORT, 0.25)).toEqual({ x: 25, y: 10, zoom: 1 });
  });

  it('begins at the corner of what is too large to be read as a whole', () => {
    expect(fitRect({ x: 100, y: 50, w: 4_000, h: 300 }, VIEWPORT, INSETS, 1, 0.5)).toEqual({
      x: -100,
      y: 10,
      zoom: 0.5,
    });
    const small = { x: 100, y: 50, w: 300, h: 200 };
    expect(fitRect(small, VIEWPORT, INSETS, 1, 0.5)).toEqual(fitRect(small, VIEWPORT, INSETS));
  });
});
