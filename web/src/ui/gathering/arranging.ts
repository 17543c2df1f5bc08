/** Changing what is still to come: steps in another order, with other minutes. Pure; what has begun stays where it is. */

import type { Phase } from '../../model/gathering/phase.ts';
import type { Show } from '../../model/gathering/show.ts';
import type { Plain } from '../../sync/messages.ts';

const LEAST_MINUTES = 1;
const MOST_MINUTES = 480;

/** A step as a command takes it: as planned, without what has come of it. */
export function asPlanned(phase: Phase): Plain {
  const { key, title, instruction, minutes, moving, connects, cursors, tablesReveal, yields, check } = phase;
  return {
    key,
    title,
    instruction,
    minutes,
    opens: phase.opens.map((opening) => ({ ...opening })),
    moving,
    poll: phase.poll === null ? null : { ...phase.poll },
    connects,
    cursors,
    tables_reveal: tablesReveal,
    yields,
    check,
  };
}

/** Whether a step may still be moved, or given other minutes. */
export function isToCome({ key, opened }: Phase, show: Show): boolean {
  return opened === null && key !== show.at && show.stage !== 'closed';
}

/** The steps with one of them a place earlier or later; `null` where it cannot go. */
export function moved(show: Show, key: string, by: -1 | 1): readonly Phase[] | null {
  const from = show.phases.findIndex((phase) => phase.key === key);
  const phase = show.phases[from];
  const other = show.phases[from + by];
  if (phase === undefined || other === undefined || !isToCome(phase, show) || !isToCome(other, show)) return null;
  const phases = [...show.phases];
  phases[from] = other;
  phases[from + by] = phase;
  return phases;
}

/** The steps with other minutes for one of them; `null` where that cannot be. */
export function withMinutes(show: Show, key: string, minutes: number): readonly Phase[] | null {
  if (minutes < LEAST_MINUTES || minutes > MOST_MINUTES) return null;
  const phase = show.phases.find((one) => one.key === key);
  if (phase === undefined || !isToCome(phase, show)) return null;
  return show.phases.map((one) => (one === phase ? { ...one, minutes } : one));
}
