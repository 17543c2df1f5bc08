/** Polls, and what came of them. */

import { each, fields, map, number, some, words } from './reading.ts';

export type PollKind = 'dots' | 'consent' | 'fist' | 'rating' | 'fists' | 'balance' | 'marks';

/** Why somebody objected, or was concerned, or held up few fingers. */
export interface Objection {
  readonly id: string;
  /** The card that it is about, if the round was about several. */
  readonly about: string | null;
  readonly round: number;
  readonly reason: string;
  readonly met: boolean;
  /** The seat that gave it, if it wished its name to stand with it. */
  readonly by: string | null;
}

/** Where many put a mark: the median, and the lowest and the highest. */
export interface Place {
  readonly median: number;
  readonly spread: readonly [number, number];
}

/** From 0, one answer for everybody, to 100, each place by itself. */
export interface Balance {
  readonly today: Place;
  readonly wanted: Place;
}

export interface Result {
  readonly n: number;
  /** Too few took part to tell what they chose. */
  readonly suppressed: boolean;
  /** By element, or by answer. */
  readonly totals: ReadonlyMap<string, number>;
  readonly mean: number | null;
  readonly median: number | null;
  /** The lowest and the highest that was given. */
  readonly spread: readonly [number, number] | null;
  /** Means by element, where things are rated. */
  readonly means: ReadonlyMap<string, number>;
  readonly medians: ReadonlyMap<string, number>;
  readonly spreads: ReadonlyMap<string, readonly [number, number]>;
  /** By element, how many held up none, one and so on to five fingers. */
  readonly fingers: ReadonlyMap<string, readonly number[]>;
  readonly balance: ReadonlyMap<string, Balance>;
  /** Of marks: `model/marking.ts` reads it where it is shown. */
  readonly heat: unknown;
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
  /** Digests of what was voted on, by element, once it is closed. */
  readonly words: ReadonlyMap<string, string>;
}

export interface Deciding {
  readonly polls: readonly Poll[];
}

export const POLL_KINDS = ['dots', 'consent', 'fist', 'rating', 'fists', 'balance', 'marks'] as const;

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
    words: map(poll.words, words),
  };
}

function readObjection(value: unknown): Objection | null {
  const objection = fields(value);
  const id = words(objection.id);
  if (id === null) return null;
  const by = words(objection.by);
  return {
    id,
    about: words(objection.about),
    round: number(objection.round) ?? 1,
    reason: words(objection.reason) ?? '',
    met: objection.met === true,
    by,
  };
}

function readResult(value: unknown): Result | null {
  if (typeof value !== 'object' || value === null) return null;
  const result = fields(value);
  return {
    n: number(result.n) ?? 0,
    suppressed: result.suppressed === true,
    totals: map(result.totals, number),
    mean: number(result.mean),
    median: number(result.median),
    spread: readSpread(result.spread),
    means: map(result.mean, number),
    medians: map(result.median, number),
    spreads: map(result.spread, readSpread),
    fingers: map(result.fingers, (held) => each(held, number)),
    balance: map(result.balance, readBalance),
    heat: result.heat,
    outcome: some(result.outcome, ['consented', 'concerns', 'objections']),
    changed: each(result.changed, words),
  };
}

function readSpread(value: unknown): readonly [number, number] | null {
  const [lowest, highest] = each(value, number);
  return lowest !== undefined && highest !== undefined ? [lowest, highest] : null;
}

function readBalance(value: unknown): Balance | null {
  const balance = fields(value);
  const [today, wanted] = [readPlace(balance.today), readPlace(balance.wanted)];
  return today === null || wanted === null ? null : { today, wanted };
}

function readPlace(value: unknown): Place | null {
  const place = fields(value);
  const [median, spread] = [number(place.median), readSpread(place.spread)];
  return median === null || spread === null ? null : { median, spread };
}
