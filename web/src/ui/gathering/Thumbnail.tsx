/** A template's regions as they will stand on the board, small. */

import type { TemplateRegion } from '../../net/templates.ts';

const WIDTH = 260;
const HEIGHT = 122;
const PAD = 14;
/** Smaller than this on the picture, a region has no room for a line of its title. */
const LEAST_HEAD = 22;

interface Placed {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  readonly kind: string;
}

/** The regions within the picture, in its units, in the middle of it. */
export function placed(regions: readonly TemplateRegion[]): readonly Placed[] {
  const left = Math.min(...regions.map(({ rect }) => rect[0]));
  const top = Math.min(...regions.map(({ rect }) => rect[1]));
  const right = Math.max(...regions.map(({ rect }) => rect[0] + rect[2]));
  const bottom = Math.max(...regions.map(({ rect }) => rect[1] + rect[3]));
  const scale = Math.min((WIDTH - PAD * 2) / (right - left), (HEIGHT - PAD * 2) / (bottom - top));
  const dx = (WIDTH - (right - left) * scale) / 2;
  const dy = (HEIGHT - (bottom - top) * scale) / 2;
  return regions.map(({ rect: [x, y, w, h], kind }) => ({
    x: dx + (x - left) * scale,
    y: dy + (y - top) * scale,
    w: w * scale,
    h: h * scale,
    kind,
  }));
}

export function Thumbnail({ regions }: { readonly regions: readonly TemplateRegion[] }) {
  if (regions.length === 0) return null;
  return (
    <svg class="template-picture" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      {placed(regions).map(({ x, y, w, h, kind }, index) => (
        <g key={index} class={`plot-${kind}`}>
          <rect x={x} y={y} width={w} height={h} rx={Math.min(4, h / 6)} />
          {h < LEAST_HEAD ? null : <rect class="head" x={x + 4} y={y + 4} width={w * 0.5} height={4} rx={2} />}
        </g>
      ))}
    </svg>
  );
}
