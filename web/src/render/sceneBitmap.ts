/**
 * The scene as a bitmap. Where few things are in view it is painted whenever the camera moves; where many are, what is already on
 * the canvas is moved along instead.
 *
 * Panning copies the canvas onto itself and paints the strips that come into view. Zooming stretches what was there, and paints
 * it sharp, band by band, once the camera rests. A change of the board is always painted at once and whole.
 */

import type { Rect } from '../model/element.ts';

/** Where the world lies on the canvas, in device pixels. `x` and `y` are whole, so that a copy lands on the same pixels. */
export interface Placing {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

/** What is painted, and how. `area` is a part of the canvas in device pixels. */
export interface Subject {
  readonly placing: Placing;
  /** How many elements are in view. */
  count(): number;
  paint(area: Rect): void;
}

/** Up to so many elements painting anew is cheaper than copying. On two cores without a GPU, 5,000 in view: 45 frames a second, then 60. */
const CROWD = 350;
/** The camera has come to rest when it has not changed for this long. */
const REST_MS = 90;

interface Stretched {
  /** What the picture in the store shows. */
  readonly from: Placing;
  movedAt: number;
  /** Bands painted sharp since then. */
  bands: number;
}

export class SceneBitmap {
  readonly #context: CanvasRenderingContext2D;
  readonly #ground: () => string;
  readonly #makeStore: () => CanvasRenderingContext2D | null;
  #store: CanvasRenderingContext2D | null = null;
  #shown: Placing | null = null;
  #stretched: Stretched | null = null;

  constructor(
    context: CanvasRenderingContext2D,
    ground: () => string,
    makeStore: () => CanvasRenderingContext2D | null = () =>
      document.createElement('canvas').getContext('2d', { alpha: false }),
  ) {
    this.#context = context;
    this.#ground = ground;
    this.#makeStore = makeStore;
  }

  /** Paints all of it: something on the board has changed, or the canvas is new. */
  repaint(subject: Subject): void {
    const { width: w, height: h } = this.#context.canvas;
    subject.paint({ x: 0, y: 0, w, h });
    this.#shown = subject.placing;
    this.#stretched = null;
  }

  /** Follows the camera. Returns whether another frame is needed, because the picture is still to become sharp. */
  follow(subject: Subject, now: number): boolean {
    const { placing } = subject;
    const shown = this.#shown;
    if (shown === null) {
      this.repaint(subject);
      return false;
    }
    if (this.#stretched === null && same(shown, placing)) return false;
    if (subject.count() <= CROWD) {
      this.repaint(subject);
      return false;
    }
    if (this.#stretched === null && shown.scale === placing.scale) {
      this.#scroll(subject, placing.x - shown.x, placing.y - shown.y);
      return false;
    }
    const stretched = this.#stretched ?? this.#keep(shown, now);
    if (stretched === null) {
      this.repaint(subject);
      return false;
    }
    if (!same(shown, placing)) {
      this.#stretch(stretched.from, placing);
      stretched.movedAt = now;
      stretched.bands = 0;
      return true;
    }
    if (now - stretched.movedAt < REST_MS) return true;
    return this.#sharpen(subject, stretched);
  }

  #scroll(subject: Subject, dx: number, dy: number): void {
    const { canvas } = this.#context;
    this.#context.setTransform(1, 0, 0, 1, 0, 0);
    this.#context.drawImage(canvas, dx, dy);
    for (const strip of exposed(canvas.width, canvas.height, dx, dy)) subject.paint(strip);
    this.#shown = subject.placing;
  }

  /** Keeps what is shown, to stretch it from now on. */
  #keep(shown: Placing, now: number): Stretched | null {
    const { canvas } = this.#context;
    this.#store ??= this.#makeStore();
    if (this.#store === null) return null;
    // Setting the size empties it as well, which is why it is set only when it differs.
    if (this.#store.canvas.width !== canvas.width) this.#store.canvas.width = canvas.width;
    if (this.#store.canvas.height !== canvas.height) this.#store.canvas.height = canvas.height;
    this.#store.drawImage(canvas, 0, 0);
    this.#stretched = { from: shown, movedAt: now, bands: 0 };
    return this.#stretched;
  }

  #stretch(from: Placing, placing: Placing): void {
    const { canvas } = this.#context;
    const grown = placing.scale / from.scale;
    this.#context.setTransform(1, 0, 0, 1, 0, 0);
    this.#context.fillStyle = this.#ground();
    this.#context.fillRect(0, 0, canvas.width, canvas.height);
    this.#context.setTransform(grown, 0, 0, grown, placing.x - from.x * grown, placing.y - from.y * grown);
    if (this.#store !== null) this.#context.drawImage(this.#store.canvas, 0, 0);
    this.#shown = placing;
  }

  /** Paints the next band. Their number is limited, not their time: canvas calls are recorded now and cost later. */
  #sharpen(subject: Subject, stretched: Stretched): boolean {
    const { width, height } = this.#context.canvas;
    const bands = Math.max(1, Math.ceil(subject.count() / CROWD));
    const top = Math.floor((height * stretched.bands) / bands);
    const bottom = Math.floor((height * (stretched.bands + 1)) / bands);
    subject.paint({ x: 0, y: top, w: width, h: bottom - top });
    stretched.bands += 1;
    if (stretched.bands < bands) return true;
    this.#stretched = null;
    return false;
  }
}

function same(a: Placing, b: Placing): boolean {
  return a.scale === b.scale && a.x === b.x && a.y === b.y;
}

/** The parts of a canvas that have nothing on them once its picture has moved. */
export function exposed(width: number, height: number, dx: number, dy: number): readonly Rect[] {
  if (Math.abs(dx) >= width || Math.abs(dy) >= height) return [{ x: 0, y: 0, w: width, h: height }];
  const strips: Rect[] = [];
  if (dx !== 0) strips.push({ x: dx > 0 ? 0 : width + dx, y: 0, w: Math.abs(dx), h: height });
  if (dy !== 0) {
    // Beside the upright strip, so that nothing is painted twice.
    strips.push({ x: Math.max(0, dx), y: dy > 0 ? 0 : height + dy, w: width - Math.abs(dx), h: Math.abs(dy) });
  }
  return strips;
}
