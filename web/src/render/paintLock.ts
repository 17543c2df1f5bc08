/** The padlock on what only hosts may change: on a corner, so that it lies over no words. */

import type { Rect } from '../model/element.ts';
import type { ThemeColours } from '../theme/theme.ts';

/** Across, in world units, and the least it is drawn with on the screen. */
const SIZE = 22;
const LEAST_PX = 14;
/** What it is on is smaller on the screen than this: then it would hide it. */
const SPECK_PX = 28;

let shackle: Path2D | null = null;

/** Draws it on the top right corner of a box. `zoom` is how many pixels of the screen one unit of the box takes. */
export function paintLock(
  ctx: CanvasRenderingContext2D,
  theme: ThemeColours,
  box: Rect,
  zoom: number,
  worldZoom = zoom,
): void {
  if (Math.min(box.w, box.h) * zoom < SPECK_PX) return;
  const radius = Math.max(SIZE * worldZoom, LEAST_PX) / zoom / 2;
  shackle ??= new Path2D('M-4.5 0V-3.5a4.5 4.5 0 0 1 9 0V0');
  const before = ctx.getTransform();
  ctx.translate(box.x + box.w, box.y);
  ctx.scale(radius / 12, radius / 12);
  ctx.beginPath();
  ctx.arc(0, 0, 12, 0, Math.PI * 2);
  ctx.fillStyle = theme.color.surface;
  ctx.fill();
  ctx.strokeStyle = theme.color.ink;
  ctx.fillStyle = theme.color.ink;
  ctx.lineWidth = 1.4;
  ctx.stroke();
  ctx.scale(0.72, 0.72);
  ctx.translate(0, 1);
  ctx.lineWidth = 2.2;
  ctx.stroke(shackle);
  ctx.beginPath();
  ctx.roundRect(-7, -1, 14, 9, 1.5);
  ctx.fill();
  ctx.setTransform(before);
}
