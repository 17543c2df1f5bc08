/** A gathering as the server tells of it, with parts of it replaced. */

import { type Gathering, readGathering } from '../../../src/model/gathering/gathering.ts';

export const NOON = Date.UTC(2026, 10, 26, 12);
export const MINUTE = 60_000;

type Told = Readonly<Record<string, unknown>>;

function phase(key: string, minutes: number, more: Told = {}): Told {
  return { key, title: key, instruction: '', minutes, opens: [], moving: 'own', poll: null, opened: null, ...more };
}

export function opens(region: string, more: Told = {}): Told {
  return { region, writers: 'all', visibility: 'open', attribution: 'named', limit: 0, longest: 280, ...more };
}

const PHASES = [
  phase('tell', 5, { opens: [opens('stories')] }),
  phase('write', 4, {
    title: 'Write what we see',
    instruction: 'One thing on each note.',
    opens: [opens('see', { visibility: 'sealed-open', attribution: 'none' })],
  }),
  phase('sort', 6, { moving: 'all' }),
  phase('choose', 3, { poll: { kind: 'dots', question: 'Where do we begin?', region: 'focus', budget: 3, most: 1 } }),
];

export interface Changes {
  readonly at?: string | null;
  readonly stage?: string;
  readonly now?: number;
  /** By phase. */
  readonly phases?: Readonly<Record<string, Told>>;
  readonly areas?: Told;
  readonly timer?: Told | null;
}

/** `at` goes on since noon; what comes before it was opened, one step after the other, exactly as planned. */
export function gatheringAt({ at = 'write', stage = 'live', phases = {}, areas = {}, timer }: Changes = {}): Gathering {
  const here = PHASES.findIndex(({ key }) => key === at);
  let began = NOON;
  const opened = new Map<unknown, number>();
  for (const { key, minutes } of PHASES.slice(0, Math.max(0, here)).toReversed()) {
    began -= Number(minutes) * MINUTE;
    opened.set(key, began);
  }
  if (here >= 0) opened.set(at, NOON);
  const minutes = Number(PHASES[here]?.minutes ?? 0);
  return readGathering({
    show: {
      stage,
      title: 'Winter in Alder Vale',
      at,
      started: began,
      timer: timer === undefined ? { ends: NOON + minutes * MINUTE, left: 0 } : timer,
      phases: PHASES.map((told) => ({
        ...told,
        opened: opened.get(told.key) ?? null,
        ...(phases[String(told.key)] ?? {}),
      })),
      regions: ['stories', 'see', 'focus'].map((key) => ({ key, title: key, element: `frame-${key}` })),
    },
    ...areas,
  });
}
