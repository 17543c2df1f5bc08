/** Whether things may move by themselves, and the gliding of the camera. */

import type { Signal } from '@preact/signals-core';
import { between, type Camera, type Viewport } from '../model/camera.ts';
import { settings } from '../net/device.ts';

/** The pace of a change of place (`motion.settle` in the tokens). */
const SETTLE_MS = 220;

/** The person, or else their system, has asked for less motion. */
export function prefersStillness(): boolean {
  const { motion } = settings.value;
  if (motion !== 'system') return motion === 'reduced';
  return typeof matchMedia === 'function' && matchMedia('(prefers-reduced-motion: reduce)').matches;
}

/** Moves a camera to another place; the latest wish wins, and any other change of the camera ends it. */
export class Glide {
  readonly #camera: Signal<Camera>;
  readonly #viewport: () => Viewport;
  #frame = 0;
  #shown: Camera | null = null;

  constructor(camera: Signal<Camera>, viewport: () => Viewport) {
    this.#camera = camera;
    this.#viewport = viewport;
  }

  to(target: Camera): void {
    this.stop();
    const from = this.#camera.value;
    if (from === target) return;
    if (prefersStillness() || typeof requestAnimationFrame !== 'function') {
      this.#camera.value = target;
      return;
    }
    let start: number | null = null;
    this.#shown = from;
    const move = (now: number) => {
      // Somebody took the board in hand meanwhile: theirs is the wish that counts.
      if (this.#camera.value !== this.#shown) return;
      start ??= now;
      const t = Math.min(1, (now - start) / SETTLE_MS);
      const eased = 1 - (1 - t) ** 3;
      this.#shown = t < 1 ? between(from, target, this.#viewport(), eased) : target;
      this.#camera.value = this.#shown;
      if (t < 1) this.#frame = requestAnimationFrame(move);
    };
    this.#frame = requestAnimationFrame(move);
  }

  stop(): void {
    if (this.#frame !== 0) cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }
}
