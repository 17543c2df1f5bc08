/** Words of the run of show that several screens say. */

import { phaseNow, plannedTimes, stepOf } from '../../model/agenda.ts';
import type { Gathering } from '../../model/gathering/gathering.ts';
import type { Phase } from '../../model/gathering/phase.ts';
import type { Show } from '../../model/gathering/show.ts';

const TIME = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });

/** A time of the day, as the person's device writes it. */
export function timeWords(date: number): string {
  return TIME.format(date);
}

export function about(date: number): string {
  return `about ${timeWords(date)}`;
}

export function minutesWords(minutes: number): string {
  return `${minutes} min`;
}

export function stepWords(gathering: Gathering): string | null {
  const step = stepOf(gathering);
  return step === null ? null : `Step ${step.n} of ${step.m}`;
}

/** What a change of step is announced as. */
export function askWords(gathering: Gathering): string {
  const { show } = gathering;
  if (show.stage === 'ready') return READY;
  if (show.stage === 'closed') return CLOSED;
  const phase = phaseNow(gathering);
  if (phase === null) return BETWEEN;
  return [`${stepWords(gathering)}: ${sentence(phase.title)}`, phase.instruction]
    .filter((part) => part !== '')
    .join(' ');
}

export const READY = 'The gathering begins when a host starts it.';
export const CLOSED = 'The gathering has ended. Everything stays here to be read.';
export const BETWEEN = 'No step goes on just now.';

export function sentence(words: string): string {
  return /[.?!…]$/.test(words) ? words : `${words}.`;
}

/** When a region opens next, as things go now; `null` if it is open, or no step to come opens it. */
export function opensAt(show: Show, region: string, now: number): number | null {
  const here = show.phases.findIndex(({ key }) => key === show.at);
  const next = show.phases
    .slice(here + 1)
    .find((phase) => phase.opened === null && !phase.skipped && concerns(phase, region));
  return plannedTimes(show, now).find(({ key }) => key === next?.key)?.at ?? null;
}

/** Whether a step is about a region: it is written in, or voted on. */
export function concerns(phase: Phase, region: string): boolean {
  return phase.opens.some((opening) => opening.region === region) || phase.poll?.region === region;
}
