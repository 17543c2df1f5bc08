/** What goes on in each region: whether it is the one that matters now, and in a few words what it is open for. */

import {
  isHeld,
  isHost,
  mayWriteUnder,
  type Person,
  phaseNow,
  plannedTimes,
  pollNow,
  writingIn,
} from '../../model/agenda.ts';
import type { Gathering } from '../../model/gathering/gathering.ts';
import type { Phase } from '../../model/gathering/phase.ts';
import type { Region } from '../../model/gathering/region.ts';
import { about, concerns, opensAt } from './words.ts';

export interface PlotState {
  /** `live`: where the group is; `quiet`: it lies flat; `shut`: nothing is done in it yet, or not any more. */
  readonly look: 'live' | 'quiet' | 'shut';
  readonly tone: 'good' | 'warn' | 'plain';
  readonly sign: 'open' | 'lock' | 'check';
  readonly words: string;
}

/** The state of each region that has one, by its element. `now`: the server's time; times are only about right. */
export function plotStates(gathering: Gathering, now: number): ReadonlyMap<string, PlotState> {
  const states = new Map<string, PlotState>();
  const phase = phaseNow(gathering);
  const sorted = phase === null ? new Set<string>() : sortedIn(gathering, phase);
  for (const region of gathering.show.regions) {
    const state = stateOf(gathering, region, phase, sorted, now);
    if (region.element !== null && state !== null) states.set(region.element, state);
  }
  return states;
}

function stateOf(
  gathering: Gathering,
  region: Region,
  phase: Phase | null,
  sorted: ReadonlySet<string>,
  now: number,
): PlotState | null {
  const { show, moderating } = gathering;
  if (show.stage !== 'live' && show.stage !== 'closed') return null;
  if (moderating.locked.includes(region.key)) {
    return { look: 'shut', tone: 'warn', sign: 'lock', words: 'Locked by a host' };
  }
  const opening = phase?.opens.find((open) => open.region === region.key);
  if (phase !== null && opening !== undefined) {
    if (!isHeld(opening)) return live('Open for writing');
    if (phase.revealed) return { look: 'live', tone: 'plain', sign: 'check', words: 'Revealed' };
    return { look: 'live', tone: 'plain', sign: 'lock', words: 'Sealed until the reveal' };
  }
  const poll = pollNow(gathering);
  if (poll !== null && poll.region === region.key) {
    return poll.open ? live('Open for voting') : { look: 'live', tone: 'plain', sign: 'check', words: 'Vote closed' };
  }
  if (phase?.poll?.region === region.key) {
    return { look: 'live', tone: 'warn', sign: 'lock', words: 'The vote opens in a moment' };
  }
  if (sorted.has(region.key)) return live('Open for sorting');
  const done = show.phases.some((past) => past.opened !== null && past.key !== show.at && concerns(past, region.key));
  if (done || show.stage === 'closed') {
    return done ? { look: 'quiet', tone: 'plain', sign: 'check', words: 'Done' } : null;
  }
  const at = opensAt(show, region.key, now);
  return at === null ? null : { look: 'shut', tone: 'warn', sign: 'lock', words: `Opens ${about(at)}` };
}

function live(words: string): PlotState {
  return { look: 'live', tone: 'good', sign: 'open', words };
}

/** In a step in which everybody moves notes and nobody writes, what was written last is what is sorted. */
function sortedIn({ show }: Gathering, phase: Phase): ReadonlySet<string> {
  if (phase.moving !== 'all' || phase.opens.length > 0 || phase.poll !== null) return new Set();
  const here = show.phases.findIndex(({ key }) => key === phase.key);
  const before = show.phases.slice(0, here).findLast(({ opened, opens }) => opened !== null && opens.length > 0);
  return new Set(before?.opens.map(({ region }) => region));
}

/** Where a person writes on the board, as the gathering goes. */
export interface WritingOnBoard {
  /** Frames; `null`: anywhere. */
  readonly open: readonly string[] | null;
  /** Why nowhere, as a sentence. */
  readonly closed: string | null;
}

export function writingOnBoard(gathering: Gathering, person: Person, now: number): WritingOnBoard {
  const { show } = gathering;
  if (show.stage === 'none' || show.stage === 'ready' || isHost(person)) return { open: null, closed: null };
  const open: string[] = [];
  let sealed = false;
  for (const { key, element } of show.regions) {
    const writing = writingIn(gathering, key, person, now);
    if (!writing.may || element === null || gathering.moderating.locked.includes(key)) continue;
    if (writing.opening !== null && isHeld(writing.opening)) sealed = true;
    else open.push(element);
  }
  return { open, closed: open.length > 0 ? null : whyNowhere(gathering, person, sealed, now) };
}

function whyNowhere({ show }: Gathering, person: Person, sealed: boolean, now: number): string {
  if (sealed) return 'In this step you write alone, in the view “Now”. It is sealed until the reveal.';
  if (show.stage === 'closed') return 'The gathering has ended. Everything stays here to be read.';
  const here = show.phases.findIndex(({ key }) => key === show.at);
  const next = show.phases.slice(here + 1).find(({ opened, skipped, opens }) => {
    return opened === null && !skipped && opens.some((opening) => mayWriteUnder(opening, person));
  });
  const at = plannedTimes(show, now).find(({ key }) => key === next?.key)?.at;
  return at === undefined ? 'Writing is closed in this step. A host can open it again.' : `Writing opens ${about(at)}.`;
}
