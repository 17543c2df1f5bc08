/** What is said as the time of a step runs out. Pure: the moments follow from the seconds before and now. */

/** Steps up to this long are over before a warning would help. */
export const LONG_STEP_MS = 120_000;
export const WARN_S = 60;
const LAST_S = 10;

export type Moment = 'minute' | 'last' | 'time';

/**
 * Which moment has come between two looks at the clock; the last one, if several have.
 *
 * Args:
 *   before: Whole seconds that were left at the look before; `null` if there was no timer, or another step.
 *   now: Whole seconds that are left.
 *   length: How long the step is meant to be, in ms.
 */
export function momentBetween(before: number | null, now: number | null, length: number): Moment | null {
  if (before === null || now === null || now >= before) return null;
  if (now === 0) return 'time';
  if (length <= LONG_STEP_MS) return null;
  if (before > LAST_S && now <= LAST_S) return 'last';
  return before > WARN_S && now <= WARN_S ? 'minute' : null;
}

export const MOMENT_WORDS: Readonly<Record<Moment, string>> = {
  minute: 'One minute left.',
  last: 'Ten seconds left.',
  time: 'Time is up. Finish your sentence, nothing closes by itself.',
};
