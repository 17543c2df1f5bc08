/** What the one gold button of the host console does next. Pure. */

import { isSealed, phaseNext, phaseNow, pollNow } from '../../model/agenda.ts';
import type { Gathering } from '../../model/gathering/gathering.ts';
import type { PollPlan } from '../../model/gathering/phase.ts';

const MINUTE_MS = 60_000;

export type NextStep =
  | { readonly kind: 'start'; readonly label: string }
  /** `what`: the regions whose notes are revealed; `toTables`: each table sees its own, and nobody else any yet. */
  | { readonly kind: 'reveal'; readonly label: string; readonly what: string; readonly toTables: boolean }
  | { readonly kind: 'openVote'; readonly label: string; readonly poll: PollPlan }
  | { readonly kind: 'closeVote'; readonly label: string; readonly poll: string }
  /** `since`: the step the host has seen go on, so that a second press, or another host's, skips nothing. */
  | { readonly kind: 'go'; readonly label: string; readonly since: string | null }
  | { readonly kind: 'end'; readonly label: string }
  | { readonly kind: 'reopen'; readonly label: string };

export function nextStep(gathering: Gathering): NextStep | null {
  const { show } = gathering;
  switch (show.stage) {
    case 'none':
      return null;
    case 'ready': {
      const first = show.phases.find(({ skipped }) => !skipped);
      return { kind: 'start', label: first === undefined ? 'Start' : `Start: ${first.title}` };
    }
    case 'closed':
      return { kind: 'reopen', label: 'Go on after the end' };
    case 'live':
      return nextNow(gathering);
  }
}

function nextNow(gathering: Gathering): NextStep {
  const { show } = gathering;
  const phase = phaseNow(gathering);
  if (phase !== null && isSealed(phase) && !phase.revealed) {
    const sealed = phase.opens.filter(({ visibility }) => visibility !== 'open');
    const titles = show.regions.filter(({ key }) => sealed.some(({ region }) => region === key));
    const { handed } = gathering.sealing;
    // Notes for a table go to that table first, and to everybody with the next press.
    const toTables = sealed.some(({ region, visibility }) => visibility === 'sealed-table' && !handed.includes(region));
    const label = toTables ? 'Reveal to each table' : handed.length > 0 ? 'Reveal to everybody' : 'Reveal';
    return { kind: 'reveal', label, toTables, what: titles.map(({ title }) => title).join(', ') };
  }
  const poll = pollNow(gathering);
  if (poll?.open === true) return { kind: 'closeVote', label: 'Close the vote', poll: poll.poll };
  if (phase !== null && phase.poll !== null && poll === null) {
    return { kind: 'openVote', label: 'Open the vote', poll: phase.poll };
  }
  const next = phaseNext(gathering);
  if (next === null) return { kind: 'end', label: 'End the gathering' };
  return { kind: 'go', label: `Next: ${next.title}`, since: show.at };
}

/** "2 minutes behind plan": whole minutes, so that it does not change all the time. */
export function driftWords(ms: number): string {
  const minutes = Math.round(ms / MINUTE_MS);
  if (minutes === 0) return 'On plan.';
  const count = Math.abs(minutes);
  return `${count} ${count === 1 ? 'minute' : 'minutes'} ${minutes > 0 ? 'behind plan' : 'ahead of plan'}.`;
}
