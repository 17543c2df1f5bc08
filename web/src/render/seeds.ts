/** Seed marks on a 12 × 12 grid: the sign that goes with a colour, so that colour is never the only one. */

import type { ColourName } from '../model/element.ts';
import { stickyNames as labels } from '../theme/tokens.json';

export interface Seed {
  readonly d: string;
  /** Drawn as a line of this width; filled without one. */
  readonly stroke?: number;
}

export const SEEDS: Readonly<Record<ColourName, Seed>> = {
  barley: { d: 'M9.1 1.58a2.7 5.4 35 1 1-6.2 8.84a2.7 5.4 35 1 1 6.2-8.84z' },
  apricot: { d: 'M6 1.4a4.6 4.6 0 1 0 0 9.2a4.6 4.6 0 1 0 0-9.2z' },
  rosehip: { d: 'M6 .6C8.6 3.8 10.2 5.7 10.2 7.6a4.2 4.2 0 0 1-8.4 0C1.8 5.7 3.4 3.8 6 .6z' },
  damson: { d: 'M6 .4 11.6 6 6 11.6.4 6z' },
  cornflower: { d: 'M4.3.8h3.4v3.5h3.5v3.4H7.7v3.5H4.3V7.7H.8V4.3h3.5z' },
  mere: { d: 'M.7 4.2c1.8-2 3.5-2 5.3 0s3.5 2 5.3 0M.7 8.8c1.8-2 3.5-2 5.3 0s3.5 2 5.3 0', stroke: 2.1 },
  sage: { d: 'M1.2 10.8C.8 4.6 4.2 1.2 11 1c.2 6.6-2.8 10-9.8 9.8z' },
  oat: { d: 'M6 1.9a4.1 4.1 0 1 0 0 8.2a4.1 4.1 0 1 0 0-8.2z', stroke: 2.2 },
};

/** The name of a colour as people hear it: "Barley yellow". */
export function colourLabel(colour: ColourName): string {
  return labels[colour].label;
}

const paths = new Map<ColourName, Path2D>();

function pathOf(colour: ColourName): Path2D {
  const known = paths.get(colour);
  if (known !== undefined) return known;
  const made = new Path2D(SEEDS[colour].d);
  paths.set(colour, made);
  return made;
}

/** Draws a mark with its top left corner at `x`, `y`. */
export function drawSeed(
  ctx: CanvasRenderingContext2D,
  colour: ColourName,
  x: number,
  y: number,
  size: number,
  paint: string,
): void {
  const scale = size / 12;
  const { stroke } = SEEDS[colour];
  ctx.translate(x, y);
  ctx.scale(scale, scale);
  if (stroke === undefined) {
    ctx.fillStyle = paint;
    ctx.fill(pathOf(colour));
  } else {
    ctx.strokeStyle = paint;
    ctx.lineWidth = stroke;
    ctx.lineCap = 'round';
    ctx.stroke(pathOf(colour));
    ctx.lineCap = 'butt';
  }
  ctx.scale(1 / scale, 1 / scale);
  ctx.translate(-x, -y);
}
