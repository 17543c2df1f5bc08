/** A step of a gathering: what it asks, which regions are open in it and on what terms. */

import { POLL_KINDS, type PollKind } from './deciding.ts';
import { each, fields, number, some, words } from './reading.ts';

export type Writers = 'all' | 'table' | 'scribe' | 'host' | 'harvest';
export type Visibility = 'open' | 'table' | 'sealed-open' | 'sealed-table';
export type Attribution = 'named' | 'table' | 'none';
export type Moving = 'own' | 'table' | 'all' | 'nobody';

/** A region that is open for writing, and on what terms. */
export interface Opening {
  readonly region: string;
  readonly writers: Writers;
  readonly visibility: Visibility;
  readonly attribution: Attribution;
  /** How many notes one person writes; 0 for as many as they like. */
  readonly limit: number;
  /** UTF-16 units of a note that is held. */
  readonly longest: number;
}

export interface PollPlan {
  readonly kind: PollKind;
  readonly question: string;
  readonly region: string | null;
  /** Dots each person has, and how many of them may go to one thing. */
  readonly budget: number;
  readonly most: number;
}

export interface Phase {
  readonly key: string;
  readonly title: string;
  readonly instruction: string;
  readonly minutes: number;
  readonly opens: readonly Opening[];
  readonly moving: Moving;
  readonly poll: PollPlan | null;
  /** People are asked with whom they would like to go on. */
  readonly connects: boolean;
  readonly cursors: 'hosts' | 'all' | 'nobody';
  /** Whoever hosts a table may show it its own notes before hosts do. */
  readonly tablesReveal: boolean;
  readonly yields: string;
  readonly check: string;
  readonly skipped: boolean;
  /** When it was opened last, and left; `null` before. */
  readonly opened: number | null;
  readonly left: number | null;
  /** How long it was open before it was opened last, and what was added to its minutes; ms. */
  readonly spent: number;
  readonly extra: number;
  readonly revealed: boolean;
}

export function readPhase(value: unknown): Phase | null {
  const phase = fields(value);
  const key = words(phase.key);
  if (key === null) return null;
  return {
    key,
    title: words(phase.title) ?? '',
    instruction: words(phase.instruction) ?? '',
    minutes: number(phase.minutes) ?? 0,
    opens: each(phase.opens, readOpening),
    moving: some(phase.moving, ['own', 'table', 'all', 'nobody']) ?? 'nobody',
    poll: readPollPlan(phase.poll),
    connects: phase.connects === true,
    cursors: some(phase.cursors, ['hosts', 'all', 'nobody']) ?? 'nobody',
    tablesReveal: phase.tables_reveal === true,
    yields: words(phase.yields) ?? '',
    check: words(phase.check) ?? '',
    skipped: phase.skipped === true,
    opened: number(phase.opened),
    left: number(phase.left),
    spent: number(phase.spent) ?? 0,
    extra: number(phase.extra) ?? 0,
    revealed: phase.revealed === true,
  };
}

/** Terms that are not understood are no terms to write under: the region counts as closed. */
function readOpening(value: unknown): Opening | null {
  const opening = fields(value);
  const region = words(opening.region);
  const writers = some(opening.writers, ['all', 'table', 'scribe', 'host', 'harvest']);
  const visibility = some(opening.visibility, ['open', 'table', 'sealed-open', 'sealed-table']);
  const attribution = some(opening.attribution, ['named', 'table', 'none']);
  if (region === null || writers === null || visibility === null || attribution === null) return null;
  return {
    region,
    writers,
    visibility,
    attribution,
    limit: number(opening.limit) ?? 0,
    longest: number(opening.longest) ?? 280,
  };
}

function readPollPlan(value: unknown): PollPlan | null {
  const poll = fields(value);
  const kind = some(poll.kind, POLL_KINDS);
  if (kind === null) return null;
  return {
    kind,
    question: words(poll.question) ?? '',
    region: words(poll.region),
    budget: number(poll.budget) ?? 3,
    most: number(poll.most) ?? 1,
  };
}
