/** Polls, and what came of them. */

import { each, fields, map, number, some, words } from './reading.ts';

export type PollKind = 'dots' | 'consent' | 'fist' | 'rating';

/** Why somebody objected, or was concerned. */
export interface Objection {
  readonly id: string;
  readonly round: number;
  readonly reason: string;
  readonly met: boolean;
  /** The seat that gave it, if it wished its name to stand with it. */
  readonly by: string | null;
}

export interface Result {
  readonly n: number;
  /** Too few took part to tell what they chose. */
  readonly suppressed: boolean;
  /** By element, or by answer. */
  readonly totals: ReadonlyMap<string, number>;
  readonly mean: number | null;
  /** The lowest and the highest that was given. */
  readonly spread: readonly [number, number] | null;
  /** Means by element, where things are rated. */
  readonly means: ReadonlyMap<string, number>;
  readonly outcome: 'consented' | 'concerns' | 'objections' | null;
  /** Things whose words were changed after the round began. */
  readonly changed: readonly string[];
}

export interface Poll {
  readonly poll: string;
  readonly kind: PollKind;
  readonly question: string;
  readonly region: string | null;
  readonly budget: number;
  readonly most: number;
  readonly about: string | null;
  readonly phase: string | null;
  readonly open: boolean;
  readonly turnout: number;
  readonly of: number;
  readonly round: number;
  readonly objections: readonly Objection[];
  readonly concerns: readonly Objection[];
  readonly result: Result | null;
}

export interface Deciding {
  readonly polls: readonly Poll[];
}

export const POLL_KINDS = ['dots', 'consent', 'fist', 'rating'] as const;

export function readPoll(value: unknown): Poll | null {
  const poll = fields(value);
  const id = words(poll.poll);
  const kind = some(poll.kind, POLL_KINDS);
  if (id === null || kind === null) return null;
  return {
    poll: id,
    kind,
    question: words(poll.question) ?? '',
    region: words(poll.region),
    budget: number(poll.budget) ?? 3,
    most: number(poll.most) ?? 1,
    about: words(poll.about),
    phase: words(poll.phase),
    open: poll.open === true,
    turnout: number(poll.turnout) ?? 0,
    of: number(poll.of) ?? 0,
    round: number(poll.round) ?? 1,
    objections: each(poll.objections, readObjection),
    concerns: each(poll.concerns, readObjection),
    result: readResult(poll.result),
  };
}

function readObjection(value: unknown): Objection | null {
  const objection = fields(value);
  const id = words(objection.id);
  if (id === null) return null;
  const by = words(objection.by);
  return {
    id,
    round: number(objection.round) ?? 1,
    reason: words(objection.reason) ?? '',
    met: objection.met === true,
    by,
  };
}

function readResult(value: unknown): Result | null {
  if (typeof value !== 'object' || value === null) return null;
  const result = fields(value);
  const [lowest, highest] = each(result.spread, number);
  return {
    n: number(result.n) ?? 0,
    suppressed: result.suppressed === true,
    totals: map(result.totals, number),
    mean: number(result.mean),
    spread: lowest !== undefined && highest !== undefined ? [lowest, highest] : null,
    means: map(result.mean, number),
    outcome: some(result.outcome, ['consented', 'concerns', 'objections']),
    changed: each(result.changed, words),
  };
}
