/** The ring of grains: one for each seat taken, and the gold one that is yours. */

/** As many as the mark has, or a multiple of it: seats are free for those who are still to come. Of more, the grains would touch. */
const STEP = 8;
const MOST = 48;
const CENTRE = 160;
const RADIUS = 126;

interface Grain {
  readonly angle: number;
  readonly part: 'taken' | 'yours' | 'free';
}

/** Grains in order, clockwise from the top. An observer takes no seat, so none is gold. */
export function grains(taken: number, yours: boolean): readonly Grain[] {
  const seats = Math.min(MOST, STEP * Math.ceil(Math.max(STEP, taken + 1) / STEP));
  const filled = Math.min(taken, seats - (yours ? 1 : 0));
  return Array.from({ length: seats }, (_, index) => ({
    angle: (360 / seats) * index,
    part: index < filled ? 'taken' : yours && index === filled ? 'yours' : 'free',
  }));
}

export function Ring({ taken, yours }: { readonly taken: number; readonly yours: boolean }) {
  const all = grains(taken, yours);
  const width = Math.min(12, (0.32 * (2 * Math.PI * RADIUS)) / all.length);
  return (
    <svg class="ring" viewBox="0 0 320 320" aria-hidden="true" focusable="false">
      {all.map(({ angle, part }) => (
        <ellipse
          key={angle}
          class={part}
          cx={CENTRE}
          cy={CENTRE - RADIUS}
          rx={width}
          ry="27"
          transform={`rotate(${angle} ${CENTRE} ${CENTRE})`}
        />
      ))}
    </svg>
  );
}
