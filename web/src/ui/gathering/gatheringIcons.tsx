/** Lucide outlines (ISC, see `licences.txt`) that only a gathering needs. */

import { Drawing, type Outline } from '../icons.tsx';

const OUTLINES = {
  bell: {
    paths: [
      'M10.268 21a2 2 0 0 0 3.464 0',
      'M3.262 15.326A1 1 0 0 0 4 17h16a1 1 0 0 0 .74-1.673C19.41 13.956 18 12.499 18 8A6 6 0 0 0 6 8c0 4.499-1.411 5.956-2.738 7.326',
    ],
  },
  clock: { circles: [[12, 12, 10]], paths: ['M12 6v6l4 2'] },
  word: {
    paths: [
      'M2.992 16.342a2 2 0 0 1 .094 1.167l-1.065 3.29a1 1 0 0 0 1.236 1.168l3.413-.998a2 2 0 0 1 1.099.092 10 10 0 1 0-4.777-4.719',
    ],
  },
  stop: {
    rects: [
      [14, 3, 5, 18, 1],
      [5, 3, 5, 18, 1],
    ],
  },
  go: { paths: ['M5 5a2 2 0 0 1 3.008-1.728l11.997 6.998a2 2 0 0 1 .003 3.458l-12 7A2 2 0 0 1 5 19z'] },
  skip: {
    paths: ['M21 4v16', 'M6.029 4.285A2 2 0 0 0 3 6v12a2 2 0 0 0 3.029 1.715l9.997-5.998a2 2 0 0 0 .003-3.432z'],
  },
  unlock: { rects: [[3, 11, 18, 11, 2]], paths: ['M7 11V7a5 5 0 0 1 9.9-1'] },
  up: { paths: ['m18 15-6-6-6 6'] },
  shield: {
    paths: [
      'M20 13c0 5-3.5 7.5-7.66 8.95a1 1 0 0 1-.67-.01C7.5 20.5 4 18 4 13V6a1 1 0 0 1 1-1c2 0 4.5-1.2 6.24-2.72a1.17 1.17 0 0 1 1.52 0C14.51 3.81 17 5 19 5a1 1 0 0 1 1 1z',
      'm9 12 2 2 4-4',
    ],
  },
  team: {
    paths: [
      'M16 10a2 2 0 0 1-2 2H6.828a2 2 0 0 0-1.414.586l-2.202 2.202A.71.71 0 0 1 2 14.286V4a2 2 0 0 1 2-2h10a2 2 0 0 1 2 2z',
      'M20 9a2 2 0 0 1 2 2v10.286a.71.71 0 0 1-1.212.502l-2.202-2.202A2 2 0 0 0 17.172 19H10a2 2 0 0 1-2-2v-1',
    ],
  },
  hide: { rects: [[3, 3, 18, 18, 2]], paths: ['M15 3v18', 'm8 9 3 3-3 3'] },
  reveal: {
    paths: [
      'M12 3V2',
      'm15.4 17.4 3.2-2.8a2 2 0 1 1 2.8 2.9l-3.6 3.3c-.7.8-1.7 1.2-2.8 1.2h-4c-1.1 0-2.1-.4-2.8-1.2l-1.302-1.464A1 1 0 0 0 6.151 19H5',
      'M2 14h12a2 2 0 0 1 0 4h-2',
      'M4 10h16',
      'M5 10a7 7 0 0 1 14 0',
      'M5 14v6a1 1 0 0 1-1 1H2',
    ],
  },
  reopen: { paths: ['M3 12a9 9 0 1 0 9-9 9.75 9.75 0 0 0-6.74 2.74L3 8', 'M3 3v5h5'] },
  end: { circles: [[12, 12, 10]], rects: [[9, 9, 6, 6, 1]] },
} as const satisfies Record<string, Outline>;

export type GatheringIcon = keyof typeof OUTLINES;

export function Sign({ name, small = false }: { readonly name: GatheringIcon; readonly small?: boolean }) {
  return <Drawing outline={OUTLINES[name]} small={small} />;
}
