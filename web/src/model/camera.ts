/** The camera: which part of the board a viewport shows. The only place that converts between world and screen. */

import type { Rect } from './element.ts';
import { type ScreenPoint, screen, type WorldPoint, world } from './point.ts';

/** `x`, `y`: the world point under the top left corner of the viewport; `zoom`: CSS pixels per world unit. */
export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

export interface Viewport {
  readonly w: number;
  readonly h: number;
}

/** CSS pixels of the viewport that panels cover, so that what matters is shown beside them. */
export interface Insets {
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
}

export const MIN_ZOOM = 0.05;
export const MAX_ZOOM = 4;
export const HOME: Camera = { x: 0, y: 0, zoom: 1 };
export const NO_INSETS: Insets = { top: 0, right: 0, bottom: 0, left: 0 };

/** The steps of the + and − controls: even to the eye, and 100 % is one of them. */
const ZOOM_STEPS = [0.05, 0.1, 0.15, 0.25, 0.35, 0.5, 0.7, 1, 1.4, 2, 2.8, 4] as const;

export const clampZoom = (zoom: number): number => Math.min(MAX_ZOOM, Math.max(MIN_ZOOM, zoom));

export const toScreen = (camera: Camera, point: WorldPoint): ScreenPoint =>
  screen((point.x - camera.x) * camera.zoom, (point.y - camera.y) * camera.zoom);

export const toWorld = (camera: Camera, point: ScreenPoint): WorldPoint =>
  world(camera.x + point.x / camera.zoom, camera.y + point.y / camera.zoom);

/** A world rectangle in CSS pixels of the viewport. */
export const rectToScreen = (camera: Camera, rect: Rect): Rect => ({
  x: (rect.x - camera.x) * camera.zoom,
  y: (rect.y - camera.y) * camera.zoom,
  w: rect.w * camera.zoom,
  h: rect.h * camera.zoom,
});

/** The part of the world that the viewport shows. */
export const visibleRect = (camera: Camera, viewport: Viewport): Rect => ({
  x: camera.x,
  y: camera.y,
  w: viewport.w / camera.zoom,
  h: viewport.h / camera.zoom,
});

/** Moves the view by CSS pixels; positive values show what lies to the right and below. */
export const pan = (camera: Camera, dx: number, dy: number): Camera => ({
  x: camera.x + dx / camera.zoom,
  y: camera.y + dy / camera.zoom,
  zoom: camera.zoom,
});

/** Changes the zoom and keeps the world point under `at` where it is. */
export function zoomAt(camera: Camera, at: ScreenPoint, zoom: number): Camera {
  const next = clampZoom(zoom);
  const fixed = toWorld(camera, at);
  return { x: fixed.x - at.x / next, y: fixed.y - at.y / next, zoom: next };
}

/** The next step of the zoom controls above (`1`) or below (`-1`) a zoom. */
export function zoomStep(zoom: number, direction: 1 | -1): number {
  const slack = 1.001; // a zoom that a float error left just beside a step counts as the step
  if (direction === 1) return ZOOM_STEPS.find((step) => step > zoom * slack) ?? MAX_ZOOM;
  return ZOOM_STEPS.findLast((step) => step < zoom / slack) ?? MIN_ZOOM;
}

/**
 * The camera that shows the whole of `rect` centred between the insets, never larger than `maxZoom`. If that is smaller than
 * `leastZoom` it shows the beginning of `rect` instead, from its top left corner.
 */
export function fitRect(
  rect: Rect,
  viewport: Viewport,
  insets: Insets = NO_INSETS,
  maxZoom = 1,
  leastZoom = MIN_ZOOM,
): Camera {
  const room = freeArea(viewport, insets);
  const whole = Math.min(maxZoom, room.w / Math.max(1, rect.w), room.h / Math.max(1, rect.h));
  const zoom = clampZoom(Math.max(leastZoom, whole));
  if (zoom > whole) return { x: rect.x - room.x / zoom, y: rect.y - room.y / zoom, zoom };
  return {
    x: rect.x + rect.w / 2 - (room.x + room.w / 2) / zoom,
    y: rect.y + rect.h / 2 - (room.y + room.h / 2) / zoom,
    zoom,
  };
}

/** The nearest camera at the same zoom that shows `rect` clear of the insets; the same camera if it already does. */
export function bringInto(camera: Camera, rect: Rect, viewport: Viewport, insets: Insets = NO_INSETS): Camera {
  const room = freeArea(viewport, insets);
  const box = rectToScreen(camera, rect);
  const dx = shift(box.x, box.w, room.x, room.w);
  const dy = shift(box.y, box.h, room.y, room.h);
  return dx === 0 && dy === 0 ? camera : pan(camera, dx, dy);
}

/** The camera between two others, for `t` from 0 to 1; the middle of the view moves on a straight line. */
export function between(from: Camera, to: Camera, viewport: Viewport, t: number): Camera {
  const zoom = from.zoom * (to.zoom / from.zoom) ** t;
  const middle = (camera: Camera) => ({
    x: camera.x + viewport.w / 2 / camera.zoom,
    y: camera.y + viewport.h / 2 / camera.zoom,
  });
  const a = middle(from);
  const b = middle(to);
  // Zooming changes how far a world unit is on screen: weigh the path so that it looks even.
  const share = Math.abs(to.zoom - from.zoom) < 1e-9 ? t : (1 / from.zoom - 1 / zoom) / (1 / from.zoom - 1 / to.zoom);
  return {
    x: a.x + (b.x - a.x) * share - viewport.w / 2 / zoom,
    y: a.y + (b.y - a.y) * share - viewport.h / 2 / zoom,
    zoom,
  };
}

function freeArea(viewport: Viewport, insets: Insets): Rect {
  const w = viewport.w - insets.left - insets.right;
  const h = viewport.h - insets.top - insets.bottom;
  // On a window smaller than its panels the panels are ignored rather than the board.
  if (w < 80 || h < 80) return { x: 0, y: 0, w: Math.max(1, viewport.w), h: Math.max(1, viewport.h) };
  return { x: insets.left, y: insets.top, w, h };
}

/** How far the view must move along one axis for [at, at + size] to lie in [start, start + length]. */
function shift(at: number, size: number, start: number, length: number): number {
  if (size > length) return at > start ? at - start : at + size < start + length ? at + size - start - length : 0;
  if (at < start) return at - start;
  if (at + size > start + length) return at + size - start - length;
  return 0;
}
