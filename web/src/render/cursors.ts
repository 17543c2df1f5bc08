/** The cursors of the others, with their names. They glide between the places that arrive ten to twenty times a second. */

import type { Camera, Viewport } from '../model/camera.ts';
import type { ThemeColours } from '../theme/theme.ts';
import { personColours } from './active.ts';
import { fontOf } from './fonts.ts';
import { ellipsis } from './text.ts';
import type { TextCache } from './textCache.ts';

export interface CursorOf {
  readonly conn: number;
  readonly name: string;
  readonly hue: number;
  readonly host: boolean;
  /** World coordinates. */
  readonly x: number;
  readonly y: number;
}

export interface CursorsInput {
  readonly theme: ThemeColours;
  readonly camera: Camera;
  readonly viewport: Viewport;
  readonly pixelRatio: number;
  readonly cursors: readonly CursorOf[];
  readonly still: boolean;
  readonly now: number;
}

/**
 * Time in which a cursor covers most of the way to its place: a little more than the pause between two of them, which is longer in
 * a crowd. Whoever has rested is followed quickly at first.
 */
const GLIDE_MS = 60;
const LONGEST_GLIDE_MS = 130;
const GLIDE_PER_PAUSE = 1.2;
const ARROW =
  'M4.037 4.688a.495.495 0 0 1 .651-.651l16 6.5a.5.5 0 0 1-.063.947l-6.124 1.58a2 2 0 0 0-1.438 1.435l-1.579 6.126a.5.5 0 0 1-.947.063z';
/** The host's sprout, so that a host is not told apart by colour alone. */
const SPROUT =
  'M14 9.536V7a4 4 0 0 1 4-4h1.5a.5.5 0 0 1 .5.5V5a4 4 0 0 1-4 4 4 4 0 0 0-4 4c0 2 1 3 1 5a5 5 0 0 1-1 3M4 9a5 5 0 0 1 8 4 5 5 0 0 1-8-4M5 21h14';
const NAME_SIZE = 13;
const NAME_WEIGHT = 640;
const LONGEST_NAME = 140;

interface Shown {
  x: number;
  y: number;
  /** Where it is going, since when, and how long the way is given. */
  toX: number;
  toY: number;
  since: number;
  glide: number;
}

export class Cursors {
  readonly #text: TextCache;
  readonly #shown = new Map<number, Shown>();
  #arrow: Path2D | null = null;
  #sprout: Path2D | null = null;
  #last = 0;

  constructor(text: TextCache) {
    this.#text = text;
  }

  /** Paints the layer. Returns whether a cursor is still on its way, so that another frame is needed. */
  paint(ctx: CanvasRenderingContext2D, input: CursorsInput): boolean {
    const { camera, viewport, pixelRatio, cursors, now } = input;
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.clearRect(0, 0, ctx.canvas.width, ctx.canvas.height);
    ctx.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
    const elapsed = Math.min(100, Math.max(0, now - this.#last));
    this.#last = now;
    let moving = false;
    const present = new Set<number>();
    for (const cursor of cursors) {
      present.add(cursor.conn);
      const shown = this.#shown.get(cursor.conn);
      if (shown === undefined) {
        const { x, y } = cursor;
        this.#shown.set(cursor.conn, { x, y, toX: x, toY: y, since: now, glide: GLIDE_MS });
      } else {
        if (cursor.x !== shown.toX || cursor.y !== shown.toY) {
          const paced = (now - shown.since) * GLIDE_PER_PAUSE;
          shown.glide = paced > 2 * LONGEST_GLIDE_MS ? GLIDE_MS : Math.min(LONGEST_GLIDE_MS, Math.max(GLIDE_MS, paced));
          shown.toX = cursor.x;
          shown.toY = cursor.y;
          shown.since = now;
        }
        const share = input.still ? 1 : 1 - Math.exp(-elapsed / shown.glide);
        shown.x += (cursor.x - shown.x) * share;
        shown.y += (cursor.y - shown.y) * share;
        const left = Math.hypot(cursor.x - shown.x, cursor.y - shown.y) * camera.zoom;
        if (left > 0.5) moving = true;
        else {
          shown.x = cursor.x;
          shown.y = cursor.y;
        }
      }
    }
    for (const conn of this.#shown.keys()) if (!present.has(conn)) this.#shown.delete(conn);
    for (const cursor of cursors) {
      const at = this.#shown.get(cursor.conn);
      if (at === undefined) continue;
      const x = (at.x - camera.x) * camera.zoom;
      const y = (at.y - camera.y) * camera.zoom;
      if (x < -160 || y < -60 || x > viewport.w + 20 || y > viewport.h + 20) continue;
      this.#paintOne(ctx, input.theme, cursor, x, y);
    }
    return moving;
  }

  #paintOne(ctx: CanvasRenderingContext2D, theme: ThemeColours, cursor: CursorOf, x: number, y: number): void {
    this.#arrow ??= new Path2D(ARROW);
    this.#sprout ??= new Path2D(SPROUT);
    const { fill, text } = personColours(theme, cursor.hue, cursor.host);
    ctx.save();
    // The tip of the arrow lies at (4, 4) of its 24 × 24 grid.
    ctx.translate(x - 3.7, y - 3.7);
    ctx.scale(0.92, 0.92);
    ctx.fillStyle = fill;
    ctx.strokeStyle = theme.color.surface;
    ctx.lineWidth = 1.7;
    ctx.fill(this.#arrow);
    ctx.stroke(this.#arrow);
    ctx.restore();
    const name = ellipsis(cursor.name, LONGEST_NAME, NAME_WEIGHT, NAME_SIZE, this.#text.measurer);
    const icon = cursor.host ? 18 : 0;
    const left = x + 12;
    const top = y + 15;
    ctx.beginPath();
    ctx.roundRect(left, top, name.width + icon + 16, 21, cursor.host ? 3 : [4, 9, 9, 9]);
    ctx.fillStyle = fill;
    ctx.fill();
    if (cursor.host) {
      ctx.save();
      ctx.translate(left + 7, top + 4);
      ctx.scale(13 / 24, 13 / 24);
      ctx.strokeStyle = text;
      ctx.lineWidth = 2.3;
      ctx.lineCap = 'round';
      ctx.stroke(this.#sprout);
      ctx.restore();
    }
    ctx.fillStyle = text;
    ctx.font = fontOf(NAME_WEIGHT, NAME_SIZE);
    ctx.textBaseline = 'alphabetic';
    ctx.fillText(name.text, left + 8 + icon, top + 15);
  }
}
