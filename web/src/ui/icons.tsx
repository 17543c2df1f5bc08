/** Icons drawn inline: Lucide outlines (ISC, see `licences.txt`), our eight seed marks, and the ring of grains. */

import type { ColourName } from '../model/element.ts';
import { SEEDS } from '../render/seeds.ts';

/** Lucide outlines on a 24 × 24 grid. A circle is `[cx, cy, r]`, a rectangle `[x, y, w, h, rx]`. */
export interface Outline {
  readonly paths?: readonly string[];
  readonly circles?: readonly (readonly [number, number, number])[];
  readonly rects?: readonly (readonly [number, number, number, number, number])[];
}

const OUTLINES = {
  alert: { circles: [[12, 12, 10]], paths: ['M12 8v4', 'M12 16h.01'] },
  arrow: { paths: ['M5 12h14', 'm12 5 7 7-7 7'] },
  back: { paths: ['M19 12H5', 'm12 19-7-7 7-7'] },
  behind: { paths: ['M12 3v14', 'm6 11 6 6 6-6', 'M5 21h14'] },
  board: {
    rects: [
      [3, 3, 7, 9, 1],
      [14, 3, 7, 5, 1],
      [14, 12, 7, 9, 1],
      [3, 16, 7, 5, 1],
    ],
  },
  check: { paths: ['M20 6 9 17l-5-5'] },
  close: { paths: ['M18 6 6 18', 'm6 6 12 12'] },
  cloudOff: {
    paths: [
      'M10.94 5.274A7 7 0 0 1 15.71 10h1.79a4.5 4.5 0 0 1 4.222 6.057',
      'M18.796 18.81A4.5 4.5 0 0 1 17.5 19H9A7 7 0 0 1 5.79 5.78',
      'm2 2 20 20',
    ],
  },
  copy: {
    rects: [[8, 8, 14, 14, 2]],
    paths: ['M4 16c-1.1 0-2-.9-2-2V4c0-1.1.9-2 2-2h10c1.1 0 2 .9 2 2'],
  },
  display: {
    paths: [
      'm15 16 2.536-7.328a1.02 1.02 1 0 1 1.928 0L22 16',
      'M15.697 14h5.606',
      'm2 16 4.039-9.69a.5.5 0 0 1 .923 0L11 16',
      'M3.304 13h6.392',
    ],
  },
  down: { paths: ['m6 9 6 6 6-6'] },
  duplicate: {
    rects: [[8, 8, 14, 14, 2]],
    paths: ['M4 16c-1.1 0-2-.9-2-2V4c0-1.1.9-2 2-2h10c1.1 0 2 .9 2 2', 'M15 12v6', 'M12 15h6'],
  },
  expand: { paths: ['M15 3h6v6', 'm21 3-7 7', 'm3 21 7-7', 'M9 21H3v-6'] },
  eye: {
    paths: ['M2.062 12.348a1 1 0 0 1 0-.696 10.75 10.75 0 0 1 19.876 0 1 1 0 0 1 0 .696 10.75 10.75 0 0 1-19.876 0'],
    circles: [[12, 12, 3]],
  },
  fit: {
    paths: [
      'M8 3H5a2 2 0 0 0-2 2v3',
      'M21 8V5a2 2 0 0 0-2-2h-3',
      'M3 16v3a2 2 0 0 0 2 2h3',
      'M16 21h3a2 2 0 0 0 2-2v-3',
    ],
  },
  front: { paths: ['M12 21V7', 'm18 13-6-6-6 6', 'M5 3h14'] },
  hand: {
    paths: [
      'M18 11V6a2 2 0 0 0-2-2a2 2 0 0 0-2 2',
      'M14 10V4a2 2 0 0 0-2-2a2 2 0 0 0-2 2v2',
      'M10 10.5V6a2 2 0 0 0-2-2a2 2 0 0 0-2 2v8',
      'M18 8a2 2 0 1 1 4 0v6a8 8 0 0 1-8 8h-2c-2.8 0-4.5-.86-5.99-2.34l-3.6-3.6a2 2 0 0 1 2.83-2.82L7 15',
    ],
  },
  help: {
    circles: [[12, 12, 10]],
    paths: ['M9.09 9a3 3 0 0 1 5.83 1c0 2-3 3-3 3', 'M12 17h.01'],
  },
  hourglass: {
    paths: [
      'M5 22h14',
      'M5 2h14',
      'M17 22v-4.172a2 2 0 0 0-.586-1.414L12 12l-4.414 4.414A2 2 0 0 0 7 17.828V22',
      'M7 2v4.172a2 2 0 0 0 .586 1.414L12 12l4.414-4.414A2 2 0 0 0 17 6.172V2',
    ],
  },
  inbox: {
    paths: [
      'M22 12h-6l-2 3h-4l-2-3H2',
      'M5.45 5.11 2 12v6a2 2 0 0 0 2 2h16a2 2 0 0 0 2-2v-6l-3.45-6.89A2 2 0 0 0 16.76 4H7.24a2 2 0 0 0-1.79 1.11z',
    ],
  },
  info: { circles: [[12, 12, 10]], paths: ['M12 16v-4', 'M12 8h.01'] },
  link: {
    paths: [
      'M10 13a5 5 0 0 0 7.54.54l3-3a5 5 0 0 0-7.07-7.07l-1.72 1.71',
      'M14 11a5 5 0 0 0-7.54-.54l-3 3a5 5 0 0 0 7.07 7.07l1.71-1.71',
    ],
  },
  lock: { rects: [[3, 11, 18, 11, 2]], paths: ['M7 11V7a5 5 0 0 1 10 0v4'] },
  minus: { paths: ['M5 12h14'] },
  more: {
    circles: [
      [12, 12, 1],
      [19, 12, 1],
      [5, 12, 1],
    ],
  },
  move: {
    paths: ['M12 2v20', 'm15 19-3 3-3-3', 'm19 9 3 3-3 3', 'M2 12h20', 'm5 9-3 3 3 3', 'm9 5 3-3 3 3'],
  },
  moveTo: {
    paths: [
      'M2 9V5a2 2 0 0 1 2-2h3.9a2 2 0 0 1 1.69.9l.81 1.2a2 2 0 0 0 1.67.9H20a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2v-1',
      'M2 13h10',
      'm9 16 3-3-3-3',
    ],
  },
  note: {
    paths: [
      'M21 9a2.4 2.4 0 0 0-.706-1.706l-3.588-3.588A2.4 2.4 0 0 0 15 3H5a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h14a2 2 0 0 0 2-2z',
      'M15 3v5a1 1 0 0 0 1 1h5',
    ],
  },
  now: {
    circles: [
      [12, 12, 10],
      [12, 12, 6],
      [12, 12, 2],
    ],
  },
  outline: {
    paths: ['M8 5h13', 'M13 12h8', 'M13 19h8', 'M3 10a2 2 0 0 0 2 2h3', 'M3 5v12a2 2 0 0 0 2 2h3'],
  },
  pencil: {
    paths: [
      'M21.174 6.812a1 1 0 0 0-3.986-3.987L3.842 16.174a2 2 0 0 0-.5.83l-1.321 4.352a.5.5 0 0 0 .623.622l4.353-1.32a2 2 0 0 0 .83-.497z',
      'm15 5 4 4',
    ],
  },
  people: {
    paths: ['M18 21a8 8 0 0 0-16 0', 'M22 20c0-3.37-2-6.5-4-8a5 5 0 0 0-.45-8.3'],
    circles: [[10, 8, 5]],
  },
  plus: { paths: ['M5 12h14', 'M12 5v14'] },
  redo: { paths: ['m15 14 5-5-5-5', 'M20 9H9.5A5.5 5.5 0 0 0 4 14.5 5.5 5.5 0 0 0 9.5 20H13'] },
  region: { paths: ['M22 6H2', 'M22 18H2', 'M6 2v20', 'M18 2v20'] },
  right: { paths: ['m9 18 6-6-6-6'] },
  saving: { paths: ['M21 12a9 9 0 1 1-6.219-8.56'] },
  screen: { paths: ['M2 3h20', 'M21 3v11a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V3', 'm7 21 5-5 5 5'] },
  search: { paths: ['m21 21-4.34-4.34'], circles: [[11, 11, 8]] },
  select: {
    paths: [
      'M4.037 4.688a.495.495 0 0 1 .651-.651l16 6.5a.5.5 0 0 1-.063.947l-6.124 1.58a2 2 0 0 0-1.438 1.435l-1.579 6.126a.5.5 0 0 1-.947.063z',
    ],
  },
  share: {
    circles: [
      [18, 5, 3],
      [6, 12, 3],
      [18, 19, 3],
    ],
    paths: ['M8.59 13.51l6.83 3.98', 'M15.41 6.51l-6.82 3.98'],
  },
  sprout: {
    paths: [
      'M14 9.536V7a4 4 0 0 1 4-4h1.5a.5.5 0 0 1 .5.5V5a4 4 0 0 1-4 4 4 4 0 0 0-4 4c0 2 1 3 1 5a5 5 0 0 1-1 3',
      'M4 9a5 5 0 0 1 8 4 5 5 0 0 1-8-4',
      'M5 21h14',
    ],
  },
  text: { paths: ['M12 4v16', 'M4 7V5a1 1 0 0 1 1-1h14a1 1 0 0 1 1 1v2', 'M9 20h6'] },
  trash: {
    paths: [
      'M10 11v6',
      'M14 11v6',
      'M19 6v14a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2V6',
      'M3 6h18',
      'M8 6V4a2 2 0 0 1 2-2h4a2 2 0 0 1 2 2v2',
    ],
  },
  undo: { paths: ['M9 14 4 9l5-5', 'M4 9h10.5a5.5 5.5 0 0 1 5.5 5.5a5.5 5.5 0 0 1-5.5 5.5H11'] },
} as const satisfies Record<string, Outline>;

export type IconName = keyof typeof OUTLINES;

/** A drawing beside a word; it is hidden from assistive technology, because the word says it all. */
export function Icon({ name, small = false }: { readonly name: IconName; readonly small?: boolean }) {
  return <Drawing outline={OUTLINES[name]} small={small} />;
}

export function Drawing({ outline, small }: { readonly outline: Outline; readonly small: boolean }) {
  const { paths = [], circles = [], rects = [] } = outline;
  return (
    <svg class={small ? 'i s' : 'i'} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {rects.map(([x, y, w, h, rx]) => (
        <rect key={`${x} ${y}`} x={x} y={y} width={w} height={h} rx={rx} />
      ))}
      {circles.map(([cx, cy, r]) => (
        <circle key={`${cx} ${cy}`} cx={cx} cy={cy} r={r} />
      ))}
      {paths.map((d) => (
        <path key={d} d={d} />
      ))}
    </svg>
  );
}

/** The sign that goes with a colour, so that colour is never the only one. */
export function SeedMark({ colour }: { readonly colour: ColourName }) {
  const { d, stroke } = SEEDS[colour];
  return (
    <svg class={`mark ${colour}`} viewBox="0 0 12 12" aria-hidden="true" focusable="false">
      {stroke === undefined ? (
        <path d={d} />
      ) : (
        <path d={d} class="drawn" stroke-width={stroke} stroke-linecap="round" />
      )}
    </svg>
  );
}

const MARK_SEATS = [0, 45, 90, 135, 180, 225, 270, 315];

/** The ring of grains: eight seats in a circle, and one whose turn it is. */
export function RingMark() {
  return (
    <svg class="ring-mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      {MARK_SEATS.map((angle) => (
        <ellipse
          key={angle}
          cx="16"
          cy="6.2"
          rx="2.75"
          ry="4.7"
          transform={`rotate(${angle} 16 16)`}
          class={angle === 45 ? 'gold' : undefined}
        />
      ))}
    </svg>
  );
}

export function Logo() {
  return (
    <span class="logo">
      <RingMark />
      Harvestry
    </span>
  );
}
