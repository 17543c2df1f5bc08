/**
 * What follows from a gathering: what goes on, what I may do in it and until when, how much time is left, and what to say.
 *
 * Pure. `now` is always the server's time, in Unix milliseconds.
 */

import type { Poll } from './gathering/deciding.ts';
import type { Gathering } from './gathering/gathering.ts';
import type { Own } from './gathering/own.ts';
import type { GatheringRole } from './gathering/people.ts';
import type { Opening, Phase } from './gathering/phase.ts';
import type { Region } from './gathering/region.ts';
import type { Show } from './gathering/show.ts';
import { unreachable } from './unreachable.ts';

const MINUTE_MS = 60_000;

export function isLive({ show }: Gathering): boolean {
  return show.stage === 'live';
}

/** The phase that goes on. */
export function phaseNow({ show }: Gathering): Phase | null {
  return show.stage === 'live' ? (show.phases.find(({ key }) => key === show.at) ?? null) : null;
}

export function regionOf({ show }: Gathering, key: string | null): Region | null {
  return show.regions.find((region) => region.key === key) ?? null;
}

/** The region whose frame that element is. */
export function regionAt({ show }: Gathering, element: string | null): Region | null {
  return element === null ? null : (show.regions.find((region) => region.element === element) ?? null);
}

/** The phase that follows; what was done or is passed over is not gone to again. */
export function phaseNext({ show }: Gathering): Phase | null {
  const here = show.phases.findIndex(({ key }) => key === show.at);
  return show.phases.slice(here + 1).find(({ opened, skipped }) => opened === null && !skipped) ?? null;
}

/** Step n of m. Steps that are passed over do not count. */
export function stepOf({ show }: Gathering): { readonly n: number; readonly m: number } | null {
  const counted = show.phases.filter(({ key, skipped }) => !skipped || key === show.at);
  const index = counted.findIndex(({ key }) => key === show.at);
  return index < 0 ? null : { n: index + 1, m: counted.length };
}

export function isHeld({ visibility }: Opening): boolean {
  return visibility !== 'open';
}

/** Whether something is written in it that is revealed together. */
export function isSealed(phase: Phase): boolean {
  return phase.opens.some(isHeld);
}

// ── Who may write, and what is asked ───────────────────────────────────────────────────────────────────────────────────────────

export interface Person {
  readonly role: GatheringRole | null;
  readonly table: string | null;
}

/** Who I am in the gathering: what it says of me, or else what the door said. */
export function personOf(own: Own, role: GatheringRole | null): Person {
  return { role: own.people.role ?? role, table: own.people.table };
}

export function isHost({ role }: Person): boolean {
  return role === 'host' || role === 'cohost';
}

/** Whether they take part at all, and do not only look on. */
export function takesPart({ role }: Person): boolean {
  return role !== 'observer' && role !== 'display';
}

export function mayWriteUnder({ writers }: Opening, person: Person): boolean {
  if (!takesPart(person)) return false;
  switch (writers) {
    case 'all':
      return true;
    case 'table':
      return person.table !== null || person.role === 'table' || isHost(person);
    case 'scribe':
      return person.role === 'table' || person.role === 'harvester' || isHost(person);
    case 'host':
      return isHost(person);
    case 'harvest':
      return person.role === 'harvester' || isHost(person);
    default:
      return unreachable(writers);
  }
}

/** The terms on which a region is open for that person now; `null` if it is not. */
export function openingFor(gathering: Gathering, region: string, person: Person): Opening | null {
  const opening = phaseNow(gathering)?.opens.find((open) => open.region === region);
  return opening !== undefined && mayWriteUnder(opening, person) ? opening : null;
}

/** All that is open for that person now, in the order of the plan. */
export function openingsFor(gathering: Gathering, person: Person): readonly Opening[] {
  return phaseNow(gathering)?.opens.filter((opening) => mayWriteUnder(opening, person)) ?? [];
}

/** Regions of this step whose records that person does not write, and may put their name on. */
export function namedBy(gathering: Gathering, person: Person): readonly Region[] {
  if (!takesPart(person)) return [];
  const opens =
    phaseNow(gathering)?.opens.filter((opening) => !isHeld(opening) && !mayWriteUnder(opening, person)) ?? [];
  return opens.flatMap(({ region: key }) => {
    const region = regionOf(gathering, key);
    return region === null || region.names === 'none' ? [] : [region];
  });
}

export type Writing =
  | { readonly may: true; readonly opening: Opening | null }
  /** Why not, as a sentence, and when it will be; `from` is a server time, `null` if it is not planned or cannot be told. */
  | { readonly may: false; readonly why: string; readonly from: number | null };

/** Whether a person may write in a region now, and if not why not and until when. Without a run of show everybody may. */
export function writingIn(gathering: Gathering, region: string | null, person: Person, now: number): Writing {
  const { show } = gathering;
  if (!takesPart(person)) {
    return { may: false, why: 'You observe this gathering, so adding notes is closed to you.', from: null };
  }
  if (show.stage === 'none' || show.stage === 'ready') return { may: true, opening: null };
  if (isHost(person)) return { may: true, opening: region === null ? null : openingFor(gathering, region, person) };
  if (show.stage === 'closed') return { may: false, why: 'The gathering has ended.', from: null };
  const phase = phaseNow(gathering);
  const opening = phase?.opens.find((open) => open.region === region) ?? null;
  if (opening !== null && phase !== null) {
    if (!mayWriteUnder(opening, person)) return { may: false, why: notFor(opening), from: null };
    if (isHeld(opening) && phase.revealed) {
      return { may: false, why: 'Writing is closed. These notes have been revealed.', from: null };
    }
    return { may: true, opening };
  }
  const later = opensLater(gathering, region, person, now);
  if (later !== null) {
    return { may: false, why: `Writing opens in step ${later.step}: ${later.phase.title}.`, from: later.at };
  }
  return { may: false, why: 'Writing here is closed. A host can open it again.', from: null };
}

function notFor({ writers }: Opening): string {
  switch (writers) {
    case 'table':
      return 'People at a table write here in this step.';
    case 'scribe':
      return 'The scribe of each table writes here in this step.';
    case 'harvest':
      return 'The harvest team writes here in this step.';
    default:
      return 'Hosts write here in this step.';
  }
}

function opensLater(
  { show }: Gathering,
  region: string | null,
  person: Person,
  now: number,
): { readonly phase: Phase; readonly step: number; readonly at: number | null } | null {
  const counted = show.phases.filter(({ key, skipped }) => !skipped || key === show.at);
  const here = counted.findIndex(({ key }) => key === show.at);
  const found = counted
    .slice(here + 1)
    .find(
      ({ opened, opens }) =>
        opened === null && opens.some((open) => open.region === region && mayWriteUnder(open, person)),
    );
  if (found === undefined) return null;
  const at = plannedTimes(show, now).find(({ key }) => key === found.key)?.at ?? null;
  return { phase: found, step: counted.indexOf(found) + 1, at };
}

/** What is asked of a person just now: the one thing their screen is for. */
export type Ask =
  | { readonly kind: 'nothing' }
  /** The gathering has a run of show and has not begun. */
  | { readonly kind: 'ready' }
  /** Live, and no step goes on. */
  | { readonly kind: 'between' }
  | { readonly kind: 'write'; readonly phase: Phase; readonly openings: readonly Opening[] }
  | { readonly kind: 'sealed'; readonly phase: Phase; readonly openings: readonly Opening[] }
  | { readonly kind: 'revealed'; readonly phase: Phase; readonly regions: readonly string[] }
  /** `poll` is `null` until a host has opened it. */
  | { readonly kind: 'vote'; readonly phase: Phase; readonly poll: Poll | null }
  | { readonly kind: 'sort'; readonly phase: Phase }
  | { readonly kind: 'listen'; readonly phase: Phase }
  | { readonly kind: 'closed' };

export function askNow(gathering: Gathering, person: Person): Ask {
  const { show } = gathering;
  if (show.stage === 'none') return { kind: 'nothing' };
  if (show.stage === 'ready') return { kind: 'ready' };
  if (show.stage === 'closed') return { kind: 'closed' };
  const phase = phaseNow(gathering);
  if (phase === null) return { kind: 'between' };
  const poll = pollNow(gathering);
  if (poll !== null || phase.poll !== null) return { kind: 'vote', phase, poll };
  const held = phase.opens.filter(isHeld);
  if (held.length > 0 && phase.revealed) {
    return { kind: 'revealed', phase, regions: held.map(({ region }) => region) };
  }
  // What is sealed is shown to those who look on as well, without a field.
  const openings = takesPart(person) ? openingsFor(gathering, person) : phase.opens;
  if (openings.some(isHeld)) return { kind: 'sealed', phase, openings: openings.filter(isHeld) };
  if (openings.length > 0) return { kind: 'write', phase, openings };
  if (phase.moving === 'all' || (phase.moving === 'table' && person.table !== null)) return { kind: 'sort', phase };
  return { kind: 'listen', phase };
}

/**
 * The poll that matters now: of the phase that goes on, or one that a host asks beside it while it is open. What an earlier phase
 * has left open is not asked any more, until a host goes back to it or closes it.
 */
export function pollNow({ show, deciding }: Gathering): Poll | null {
  const here = deciding.polls.filter(({ phase, open }) => (phase === null ? open : phase === show.at));
  return here.findLast(({ open }) => open) ?? here.at(-1) ?? null;
}

// ── The guarantee ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Who can see what is written, in words that are true on the server: the promise in bold, and what follows from it. */
export interface Guarantee {
  readonly promise: string;
  readonly rest: string;
}

export function guarantee({ visibility, attribution }: Opening): Guarantee {
  return { promise: promised(visibility), rest: named(visibility, attribution) };
}

function promised(visibility: Opening['visibility']): string {
  switch (visibility) {
    case 'open':
      return 'Everyone sees this as soon as you add it.';
    case 'table':
      return 'Your table sees this as soon as you add it.';
    case 'sealed-open':
      return 'Only you can see this until it is revealed.';
    case 'sealed-table':
      return 'Only your table can see this until it is revealed.';
    default:
      return unreachable(visibility);
  }
}

function named(visibility: Opening['visibility'], attribution: Opening['attribution']): string {
  // Whoever writes on the board itself can go on changing it there, so it is known whose it is.
  if (visibility === 'open' && attribution !== 'named') return 'People here can see who wrote it. No file names you.';
  switch (attribution) {
    case 'named':
      return visibility === 'open' || visibility === 'table' ? 'Your name is on it.' : 'Then your name is on it.';
    case 'table':
      return 'Your table is named with it. Your name is not stored with it.';
    case 'none':
      return 'Your name is not stored with it, not even for hosts.';
    default:
      return unreachable(attribution);
  }
}

/** How far the group is while it writes alone. */
export function progressWords(progress: number | null): string | null {
  if (progress === null) return null;
  if (progress >= 100) return 'Everyone has written something.';
  if (progress >= 75) return 'Most of the group has written something.';
  if (progress >= 50) return 'About half the group has written something.';
  if (progress >= 25) return 'Some of the group have written something.';
  return 'The group is beginning to write.';
}

// ── Time ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What is left of the phase that goes on, in ms, never less than nothing; `null` without a timer. */
export function timeLeft({ timer }: Show, now: number): number | null {
  if (timer === null) return null;
  return Math.max(0, timer.ends === null ? timer.left : timer.ends - now);
}

/** How long the phase that goes on is meant to be, in ms: as planned, with what was added. */
export function lengthNow(gathering: Gathering): number | null {
  const phase = phaseNow(gathering);
  return phase === null ? null : Math.max(1, phase.minutes * MINUTE_MS + phase.extra);
}

/** 0 at the start of the phase, 1 when its time is up. */
export function fractionDone(gathering: Gathering, now: number): number {
  const left = timeLeft(gathering.show, now);
  const length = lengthNow(gathering);
  return left === null || length === null ? 0 : Math.min(1, Math.max(0, 1 - left / length));
}

/** `1:48`, or `1:02:05` from an hour on; begun seconds count as whole. */
export function clockText(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  const minutes = Math.floor(seconds / 60);
  const two = (value: number): string => String(value).padStart(2, '0');
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

export interface PlannedTime {
  readonly key: string;
  /** When it began or will begin, as things go now. */
  readonly at: number;
  /** When it would have begun had everything gone as planned. */
  readonly planned: number;
}

interface Forecast {
  readonly times: readonly PlannedTime[];
  /** When it will all be over, as things go now and as planned. */
  readonly end: number;
  readonly plannedEnd: number;
}

function forecast(show: Show, now: number): Forecast {
  const times: PlannedTime[] = [];
  let planned = show.started ?? now;
  let expected = planned;
  for (const phase of show.phases) {
    if (phase.skipped && phase.key !== show.at) continue;
    times.push({ key: phase.key, at: phase.opened ?? expected, planned });
    planned += phase.minutes * MINUTE_MS;
    if (phase.key === show.at) expected = Math.max(now, show.timer?.ends ?? now + (show.timer?.left ?? 0));
    // What was not gone to yet begins at the earliest when what goes on is over; a step that was opened again is behind it.
    else if (phase.opened === null) expected += phase.minutes * MINUTE_MS;
    else expected = Math.max(expected, phase.left ?? now);
  }
  return { times, end: expected, plannedEnd: planned };
}

/**
 * When each phase began or will begin. Before the beginning, as if it began now; phases that are passed over take no time and are
 * not in the list.
 */
export function plannedTimes(show: Show, now: number): readonly PlannedTime[] {
  return forecast(show, now).times;
}

/** When it will all be over, as things go now; `null` before the beginning and after the end. */
export function endsAbout(show: Show, now: number): number | null {
  return show.stage === 'live' ? Math.max(now, forecast(show, now).end) : null;
}

/** How much later than planned it will be over, in ms; less than nothing if earlier, 0 before the beginning. */
export function drift(show: Show, now: number): number {
  const end = endsAbout(show, now);
  return end === null ? 0 : end - forecast(show, now).plannedEnd;
}
