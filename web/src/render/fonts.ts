/** The font of the canvas, and the browser's own measuring of it. */

import { type as typography } from '../theme/tokens.json';
import type { Measurer } from './text.ts';

const FAMILY = typography.family;
const names = new Map<number, string>();

/** The CSS font of a weight and a size. Sizes are few, so that the strings are kept. */
export function fontOf(weight: number, size: number): string {
  const key = weight * 4096 + size;
  const known = names.get(key);
  if (known !== undefined) return known;
  const name = `${weight} ${size}px ${FAMILY}`;
  if (names.size > 2_000) names.clear();
  names.set(key, name);
  return name;
}

/** Measures on a canvas that is never shown. */
export class CanvasMeasurer implements Measurer {
  readonly #context: CanvasRenderingContext2D | null = document.createElement('canvas').getContext('2d');
  #metrics: { readonly ascent: number; readonly descent: number } | null = null;

  get ascent(): number {
    return this.#lineMetrics().ascent;
  }

  get descent(): number {
    return this.#lineMetrics().descent;
  }

  width(text: string, weight: number, size: number): number {
    if (this.#context === null) return text.length * size * 0.52;
    this.#context.font = fontOf(weight, size);
    return this.#context.measureText(text).width;
  }

  /** Forgets what it knows of the font, because another has loaded. */
  reset(): void {
    this.#metrics = null;
  }

  #lineMetrics(): { readonly ascent: number; readonly descent: number } {
    if (this.#metrics !== null) return this.#metrics;
    if (this.#context === null) return { ascent: 0.95, descent: 0.25 };
    this.#context.font = fontOf(400, 100);
    const measured = this.#context.measureText('x');
    this.#metrics = { ascent: measured.fontBoundingBoxAscent / 100, descent: measured.fontBoundingBoxDescent / 100 };
    return this.#metrics;
  }
}

/** Calls back when the fonts of the board have loaded, now and later. Returns the way to stop. */
export function onFonts(changed: () => void): () => void {
  const fonts = document.fonts;
  if (fonts === undefined) return () => undefined;
  let stopped = false;
  const tell = () => {
    if (!stopped) changed();
  };
  fonts.addEventListener('loadingdone', tell);
  // A canvas does not by itself make a browser load a font.
  void Promise.all([fonts.load(fontOf(400, 16)), fonts.load(fontOf(720, 16))]).then(tell, tell);
  return () => {
    stopped = true;
    fonts.removeEventListener('loadingdone', tell);
  };
}
