/** Gatherings for tests, as the server would tell of them. */

import { type Gathering, readGathering } from '../../src/model/gathering/gathering.ts';
import { type Own, readOwn } from '../../src/model/gathering/own.ts';

export const BEGAN = 1_790_000_000_000;
export const MINUTE = 60_000;

interface Told {
  readonly at?: string | null;
  readonly stage?: string;
  /** Fields of phases, by key. */
  readonly runs?: Readonly<Record<string, object>>;
  readonly timer?: { readonly ends: number | null; readonly left: number } | null;
  readonly polls?: readonly object[];
  readonly progress?: number | null;
}

const PHASES = [
  { key: 'arrive', title: 'Arrive', minutes: 2, moving: 'nobody' },
  {
    key: 'tell',
    title: 'Tell',
    minutes: 5,
    moving: 'own',
    opens: [
      { region: 'stories', writers: 'all', visibility: 'open', attribution: 'named', limit: 0, longest: 280 },
      { region: 'record', writers: 'harvest', visibility: 'open', attribution: 'none', limit: 0, longest: 280 },
    ],
  },
  {
    key: 'write',
    title: 'Write what we see',
    instruction: 'What is shaping life for the people we serve?',
    minutes: 4,
    moving: 'nobody',
    opens: [{ region: 'see', writers: 'all', visibility: 'sealed-open', attribution: 'none', limit: 4, longest: 140 }],
  },
  { key: 'pause', title: 'Pause', minutes: 10, moving: 'nobody', skipped: true },
  { key: 'sort', title: 'Sort what we see', minutes: 6, moving: 'all' },
  {
    key: 'choose',
    title: 'Choose',
    minutes: 3,
    moving: 'nobody',
    poll: { kind: 'dots', question: 'Where do we begin?', region: 'focus', budget: 3, most: 2 },
  },
];

/** A gathering of six steps, one of them passed over; live since `BEGAN`. */
export function gathering({
  at = null,
  stage = 'live',
  runs = {},
  timer = null,
  polls = [],
  progress = null,
}: Told = {}): Gathering {
  return readGathering({
    show: {
      stage,
      title: 'Winter in Alder Vale',
      purpose: 'Agree where to begin.',
      at,
      started: stage === 'ready' ? null : BEGAN,
      closed: null,
      timer,
      capture: 'chatham',
      phases: PHASES.map((phase) => ({ ...phase, ...runs[phase.key] })),
      regions: [
        { key: 'see', title: 'What we see', prompt: 'One thing on each note.', kind: 'notes', element: 'see_________' },
        { key: 'stories', title: 'Stories', prompt: '', kind: 'notes', element: 'stories_____' },
        { key: 'focus', title: 'Our focus', prompt: '', kind: 'vote', element: 'focus_______' },
      ],
    },
    people: { lead: 'host________', seats: 9 },
    sealing: { progress, withdrawn: 0 },
    deciding: { polls },
  });
}

export function own(role: string, more: { readonly table?: string; readonly notes?: readonly object[] } = {}): Own {
  return readOwn({ people: { role, table: more.table ?? null }, sealing: { notes: more.notes ?? [] } });
}
