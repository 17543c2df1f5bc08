/**
 * A region as it was: what the server tells of it, and the times that mean something to a host who wants one back.
 *
 * Times are Unix milliseconds of the server's clock.
 */

import type { Show } from './gathering/show.ts';

/** How a region was put back last. */
export interface PutBack {
  readonly at: number;
  readonly to: number;
  /** To put it back to this undoes that. */
  readonly before: number;
}

export interface Rewinding {
  readonly last: ReadonlyMap<string, PutBack>;
  /** When something was last revealed in a region. */
  readonly revealed: ReadonlyMap<string, number>;
}

/** What came of putting a region back, or would. */
export interface Outcome {
  readonly back: number;
  readonly away: number;
  readonly changed: number;
  readonly home: number;
  readonly stays: number;
  /** To put it back to this undoes it; `null` if nothing was done. */
  readonly before: number | null;
}

export type Since = 'minutes' | 'step' | 'reveal' | 'undo' | 'began';

/** A time to put a region back to. */
export interface PastTime {
  readonly at: number;
  readonly since: Since;
  /** So many minutes ago, or the title of the step. */
  readonly what: string;
}

const MINUTE = 60_000;
const MINUTES = [1, 5, 10] as const;

type Fields = Readonly<Record<string, unknown>>;

/** Tolerant, as all reading of the gathering: what is not understood is as if it were nothing. */
export function readRewinding(gathering: unknown): Rewinding {
  const area = fields(fields(gathering).rewinding);
  const last = new Map<string, PutBack>();
  for (const [key, value] of Object.entries(fields(area.last))) {
    const { at, to, before } = fields(value);
    if (isNumber(at) && isNumber(to) && isNumber(before)) last.set(key, { at, to, before });
  }
  const revealed = new Map<string, number>();
  for (const [key, value] of Object.entries(fields(area.revealed))) if (isNumber(value)) revealed.set(key, value);
  return { last, revealed };
}

export function readOutcome(answer: unknown): Outcome {
  const { back, away, changed, home, stays, before } = fields(answer);
  return {
    back: isNumber(back) ? back : 0,
    away: isNumber(away) ? away : 0,
    changed: isNumber(changed) ? changed : 0,
    home: isNumber(home) ? home : 0,
    stays: Array.isArray(stays) ? stays.length : 0,
    before: isNumber(before) ? before : null,
  };
}

/** Since when the board is known; `null` if it is not. */
export function readSince(answer: unknown): number | null {
  const { since } = fields(answer);
  return isNumber(since) ? since : null;
}

/**
 * The times that mean something, the latest first.
 *
 * Args:
 *   since: Since when the board is known.
 */
export function pastTimes(show: Show, rewinding: Rewinding, region: string, now: number, since: number): PastTime[] {
  const found: PastTime[] = MINUTES.map((minutes) => ({
    at: now - minutes * MINUTE,
    since: 'minutes',
    what: String(minutes),
  }));
  for (const { title, opened } of show.phases)
    if (opened !== null) found.push({ at: opened, since: 'step', what: title });
  const undo = rewinding.last.get(region)?.before;
  if (undo !== undefined) found.push({ at: undo, since: 'undo', what: '' });
  const revealed = rewinding.revealed.get(region);
  if (revealed !== undefined) found.push({ at: revealed, since: 'reveal', what: '' });
  if (show.started !== null) found.push({ at: show.started, since: 'began', what: '' });
  const earliest = Math.max(since, revealed ?? 0);
  return found.filter(({ at }) => at >= earliest && at < now).sort((one, other) => other.at - one.at);
}

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
