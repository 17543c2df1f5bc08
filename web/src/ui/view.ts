/** The view: what part of the board a person looks at, and how it changes. */

import { type Signal, signal } from '@preact/signals-core';
import {
  bringInto,
  type Camera,
  fitRect,
  HOME,
  type Insets,
  pan,
  rectToScreen,
  toWorld,
  type Viewport,
  zoomAt,
  zoomStep,
} from '../model/camera.ts';
import type { Rect } from '../model/element.ts';
import { type ScreenPoint, screen, type WorldPoint } from '../model/point.ts';
import { inflate } from '../model/rect.ts';
import { Glide } from './motion.ts';

/** Panels of the usual layout: tools on the left, bars at the foot. The screen that lays them out may change it. */
const INSETS: Insets = { top: 24, right: 24, bottom: 96, left: 92 };
/** Below this, an element that is to be shown would be there but not legible. */
const LEGIBLE_ZOOM = 0.6;
/** From here on a note's first size can be read. */
const READING_ZOOM = 0.75;
/** What the view comes to when it has to come closer. */
const NEAR_ZOOM = 0.9;
/** Around what is brought into view: its outline and tick. */
const MARGIN = 16;

export class View {
  readonly camera: Signal<Camera> = signal(HOME);
  readonly viewport: Signal<Viewport> = signal({ w: 0, h: 0 });
  readonly insets: Signal<Insets> = signal(INSETS);
  readonly #glide = new Glide(this.camera, () => this.viewport.value);

  dispose(): void {
    this.#glide.stop();
  }

  /** The world point in the middle of the part that no panel covers. */
  middle(): WorldPoint {
    return toWorld(this.camera.value, this.#screenMiddle());
  }

  pan(dx: number, dy: number): void {
    this.#glide.stop();
    this.camera.value = pan(this.camera.value, dx, dy);
  }

  /** Pans as a step of its own, gliding: for buttons and keys. */
  step(dx: number, dy: number): void {
    this.#glide.to(pan(this.camera.value, dx, dy));
  }

  /** Zooms by a factor around a point, at once: for wheels and fingers. */
  zoomBy(factor: number, at: ScreenPoint): void {
    this.#glide.stop();
    this.camera.value = zoomAt(this.camera.value, at, this.camera.value.zoom * factor);
  }

  zoomTo(zoom: number): void {
    this.#glide.to(zoomAt(this.camera.value, this.#screenMiddle(), zoom));
  }

  zoomStep(direction: 1 | -1): void {
    this.zoomTo(zoomStep(this.camera.value.zoom, direction));
  }

  /** Shows the whole of a rectangle; without `glide` at once. */
  show(rect: Rect, glide = true): void {
    const { w, h } = this.viewport.value;
    if (w === 0 || h === 0) return;
    const camera = fitRect(inflate(rect, MARGIN), this.viewport.value, this.insets.value);
    if (glide) this.#glide.to(camera);
    else {
      this.#glide.stop();
      this.camera.value = camera;
    }
  }

  /** Shows a rectangle at once, near enough to read what is in it; what has no room lies beyond the right and the bottom edge. */
  read(rect: Rect): void {
    const { w, h } = this.viewport.value;
    if (w === 0 || h === 0) return;
    this.#glide.stop();
    const { top, ...insets } = this.insets.value;
    // What lies in the upper corners may stand beside a region's title.
    const room = { ...insets, top: Math.min(top, MARGIN) };
    this.camera.value = fitRect(inflate(rect, MARGIN), this.viewport.value, room, 1, READING_ZOOM);
  }

  /** Moves only as far as needed for a rectangle to be seen clear of panels, and closer if it would be too small to read. */
  reveal(rect: Rect, leastZoom: number = LEGIBLE_ZOOM, insets: Insets = this.insets.value): void {
    const viewport = this.viewport.value;
    if (viewport.w === 0) return;
    const before = this.camera.value;
    let near = before;
    if (before.zoom < leastZoom) {
      // Closer around where it is already seen, so that the eye does not lose it.
      const box = rectToScreen(before, rect);
      near = zoomAt(before, screen(box.x + box.w / 2, box.y + box.h / 2), Math.max(leastZoom, NEAR_ZOOM));
    }
    this.#glide.to(bringInto(near, inflate(rect, MARGIN / near.zoom), viewport, insets));
  }

  #screenMiddle(): ScreenPoint {
    const { w, h } = this.viewport.value;
    const { top, right, bottom, left } = this.insets.value;
    return screen((left + w - right) / 2, (top + h - bottom) / 2);
  }
}
