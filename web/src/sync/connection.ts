/**
 * The client's side of one room: load the board, connect, greet, send edits until each has its receipt, and start over when
 * anything breaks.
 *
 * Pure: `step` takes a state, an event and a moment, and returns the next state and what the edge should do. Time never passes
 * here by itself; `nextDeadline` says when the edge should report `timePassed`.
 *
 * Promise to the person: an edit leaves the outbox on a receipt, or when the server has refused it and its words are kept.
 */

import type { ElementId } from '../model/element.ts';
import { unreachable } from '../model/unreachable.ts';
import {
  type ConnectionEvent,
  type ConnectionState,
  type Effect,
  type Moment,
  NO_RESYNCS,
  type Phase,
  type Step,
} from './connectionState.ts';
import type { ClientMessage, Neutralised, Position, Refused, ServerMessage, Tick, Welcome } from './messages.ts';
import {
  acknowledge,
  append,
  clear,
  type Entry,
  MAX_EDIT_BYTES,
  type Made,
  messagesFor,
  type Outbox,
  supersede,
} from './outbox.ts';
import { disconnected, ticked, welcomed } from './roster.ts';

export const PING_INTERVAL_MS = 10_000;
export const SILENCE_LIMIT_MS = 25_000;
/** How long an answer may take after the device woke up, before the connection counts as dead. */
export const WAKE_LIMIT_MS = 4_000;
/** How long connecting, or the answer to hello, may take. */
export const GREETING_LIMIT_MS = 10_000;
const BACKOFF_FIRST_MS = 250;
const BACKOFF_LAST_MS = 8_000;
/** A connection that lived this long was a good one: the next failure starts with a short wait again. */
const STEADY_AFTER_MS = 5_000;
const MAX_RESYNCS = 3;
/** A gap is asked about once. If its answer has no receipt when this many later pings have theirs, it did not help. */
const RESYNC_PINGS = 2;
/** What the rest of a hello may need beside the state vector. */
const HELLO_BYTES = 1_024;

/** Closing codes after which trying again would end the same way. */
const ENDINGS: Readonly<Record<number, string>> = {
  4401: 'This link does not open the board.',
  4403: 'This link has been withdrawn.',
  4404: 'There is no such board here.',
  4405: 'A host has ended your seat in this gathering.',
  4406: 'This page is older than the server. Reload it.',
};

const REMOVED = 4405;
const OUTDATED = 4406;
/** What the server answers to whoever wants the board before they are in the room. */
const AFTER_GREETING: ReadonlySet<string> = new Set(['lobby', 'unseen']);
/** The board has a new history: what we hold of the old one cannot be merged with it. */
const REBUILT = 4410;

/** Closing codes that say our bytes were at fault: sending the same again would end the same way. */
const BLAMING = new Set([1009, 4400, 4422]);

export function step(state: ConnectionState, event: ConnectionEvent, moment: Moment): Step {
  if (state.phase.kind === 'ended') return [state, []];
  switch (event.type) {
    case 'started':
      return started({ ...state, apartSince: moment.now }, moment);
    case 'loaded':
      return loaded(state, event.update, event.position, moment);
    case 'loadFailed':
      return loadFailed(state, event, moment);
    case 'opened':
      return event.socket === state.socket ? opened(state, event.stateVector, moment) : [state, []];
    case 'received':
      return event.socket === state.socket ? received(state, event.message, moment) : [state, []];
    case 'closed':
      return event.socket === state.socket ? closed(state, event.code, event.reason, moment) : [state, []];
    case 'edited':
      return edited(state, event, moment);
    case 'diffed':
      return diffed(state, event.updates, event.ids, moment);
    case 'parted':
      return parted(state, moment);
    case 'rebased':
      return [state, [{ type: 'forget', upTo: event.upTo }]];
    case 'woke':
      return woke({ ...state, deviceOffline: false }, moment);
    case 'wentOffline':
      return wentOffline({ ...state, deviceOffline: true }, moment);
    case 'timePassed':
      return timePassed(state, moment);
    default:
      return unreachable(event);
  }
}

// ── Loading and connecting ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** Whoever looks on is seen to be here before they see anything: the board comes with the welcome. */
function started(state: ConnectionState, moment: Moment): Step {
  if (state.role === 'observer' && state.outbox.entries.length === 0) return connect(state, moment);
  return [{ ...state, phase: { kind: 'loading' } }, [{ type: 'load' }]];
}

function loaded(state: ConnectionState, update: Uint8Array, position: Position, moment: Moment): Step {
  if (state.phase.kind !== 'loading') return [state, []];
  const { entries } = state.outbox;
  const [next, effects] = connect({ ...state, position, isStale: false }, moment);
  const isOld = ({ epoch }: Entry) => epoch !== null && epoch !== position.epoch;
  if (state.isStale || entries.some(isOld)) {
    return [{ ...next, outbox: clear(state.outbox) }, [{ type: 'rebase', update, entries }, ...effects]];
  }
  // Edits of an earlier page that never got their receipt belong on the board before anybody looks at it.
  return [next, [{ type: 'merge', update }, ...merging(entries), ...effects]];
}

function merging(entries: readonly Entry[]): Effect[] {
  return entries.map(({ update }) => ({ type: 'merge', update }));
}

function loadFailed(
  state: ConnectionState,
  { status, code, message }: Extract<ConnectionEvent, { type: 'loadFailed' }>,
  moment: Moment,
): Step {
  if (state.phase.kind !== 'loading') return [state, []];
  // The board comes with the welcome instead, once we are let in, or are seen to be here.
  if (AFTER_GREETING.has(code)) return connectWithout(state, message, moment);
  if (code === 'removed') return ended(state, REMOVED, message);
  if (status === 401 || status === 403 || status === 404) return ended(state, 4_000 + status, message);
  return [wait(state, 'load', moment), []];
}

/** Connects without a board in hand; one with a history that is given up must not be merged with what the welcome brings. */
function connectWithout(state: ConnectionState, message: string, moment: Moment): Step {
  if (!state.isStale) return connect({ ...state, position: null }, moment);
  const { entries, next } = state.outbox;
  const bare = { ...state, position: null, isStale: false, outbox: clear(state.outbox) };
  const [connecting, effects] = connect(bare, moment);
  return [
    connecting,
    [{ type: 'discard', lost: entries, code: 'rebuilt', message }, { type: 'forget', upTo: next - 1 }, ...effects],
  ];
}

function connect(state: ConnectionState, { now }: Moment): Step {
  const socket = state.socket + 1;
  return [{ ...state, socket, phase: { kind: 'opening', since: now } }, [{ type: 'connect', socket }]];
}

function wait(state: ConnectionState, next: 'load' | 'connect', { now, jitter }: Moment): ConnectionState {
  const most = Math.min(BACKOFF_LAST_MS, BACKOFF_FIRST_MS * 2 ** state.attempt);
  return {
    ...state,
    phase: { kind: 'waiting', until: now + jitter * most, next },
    attempt: state.attempt + 1,
    apartSince: state.apartSince ?? now,
    roster: disconnected(state.roster),
  };
}

function ended(state: ConnectionState, code: number, message: string): Step {
  const next: ConnectionState = {
    ...state,
    phase: { kind: 'ended', code, message },
    roster: disconnected(state.roster),
  };
  const lost = state.outbox.entries;
  // A newer page of the same seat will send what waits; in the other cases nobody ever can.
  if (code === OUTDATED || lost.length === 0) return [next, []];
  const upTo = state.outbox.next - 1;
  // Without a board, what an earlier page left unsent is all there is to read the words from.
  const merges = state.position === null ? merging(lost) : [];
  return [
    { ...next, outbox: clear(state.outbox) },
    [...merges, { type: 'keep', lost, code: String(code), message }, { type: 'forget', upTo }],
  ];
}

function opened(state: ConnectionState, stateVector: Uint8Array, { now }: Moment): Step {
  if (state.phase.kind !== 'opening') return [state, []];
  const message: ClientMessage = {
    type: 'hello',
    token: state.token,
    // Too many have written here for one frame to name them all: the server then sends the whole board.
    ...(stateVector.length > state.maxFrameBytes - HELLO_BYTES ? {} : { stateVector }),
    ...(state.name === null ? {} : { name: state.name }),
    ...(state.position === null ? {} : { since: state.position }),
  };
  return [{ ...state, phase: { kind: 'greeting', since: now } }, [{ type: 'send', message }]];
}

function closed(state: ConnectionState, code: number, reason: string, moment: Moment): Step {
  if (!isConnected(state.phase)) return [state, []];
  const ending = ENDINGS[code];
  if (ending !== undefined) return ended(state, code, ending);
  if (code === REBUILT) return rebuilt(state, moment);
  if (BLAMING.has(code) && state.outbox.entries.length > 0) {
    return discard(state, String(code), reason === '' ? 'The board could not take this change.' : reason, moment);
  }
  return [wait(rested(state, moment.now), 'connect', moment), []];
}

function isConnected({ kind }: Phase): boolean {
  return kind === 'opening' || kind === 'greeting' || kind === 'lobby' || kind === 'live';
}

/** A failure after a good while is a first failure. */
function rested(state: ConnectionState, now: number): ConnectionState {
  const { phase } = state;
  return phase.kind === 'live' && now - phase.since >= STEADY_AFTER_MS ? { ...state, attempt: 0 } : state;
}

/** Gives up the socket without waiting for it to close: a dead one may take minutes. */
function abandon(state: ConnectionState, moment: Moment): Step {
  const next = { ...wait(rested(state, moment.now), 'connect', moment), socket: state.socket + 1 };
  return [next, [{ type: 'disconnect', socket: state.socket }]];
}

/**
 * The device says it has no network. Waiting for the socket to notice would take half a minute of false hope; if a server is within
 * reach all the same, as on the facilitator's own laptop, the next attempt finds it.
 */
function wentOffline(state: ConnectionState, moment: Moment): Step {
  return isConnected(state.phase) ? abandon(state, moment) : [state, []];
}

function woke(state: ConnectionState, moment: Moment): Step {
  const { phase } = state;
  if (phase.kind === 'waiting' && Number.isFinite(phase.until)) {
    const next = { ...state, attempt: 0 };
    if (phase.next === 'connect') return connect(next, moment);
    return [{ ...next, phase: { kind: 'loading' } }, [{ type: 'load' }]];
  }
  if (phase.kind !== 'live' || phase.answerBy !== null) return [state, []];
  const [next, effects] = ping(state, phase, moment.now);
  if (next.phase.kind !== 'live') return [next, effects];
  return [{ ...next, phase: { ...next.phase, answerBy: moment.now + WAKE_LIMIT_MS } }, effects];
}

function ping(state: ConnectionState, phase: Extract<Phase, { kind: 'live' }>, now: number): Step {
  const pings = phase.pings + 1;
  return [
    { ...state, phase: { ...phase, pingedAt: now, pings } },
    [{ type: 'send', message: { type: 'ping', n: pings } }],
  ];
}

function timePassed(state: ConnectionState, moment: Moment): Step {
  const { phase } = state;
  const { now } = moment;
  switch (phase.kind) {
    case 'waiting':
      if (now < phase.until) return [state, []];
      if (phase.next === 'connect') return connect(state, moment);
      return [{ ...state, phase: { kind: 'loading' } }, [{ type: 'load' }]];
    case 'opening':
    case 'greeting': {
      if (now < phase.since + GREETING_LIMIT_MS) return [state, []];
      const next = { ...wait(state, 'connect', moment), socket: state.socket + 1 };
      return [next, [{ type: 'disconnect', socket: state.socket }]];
    }
    case 'lobby':
      if (now >= phase.heardAt + SILENCE_LIMIT_MS) return abandon(state, moment);
      if (now < phase.pingedAt + PING_INTERVAL_MS) return [state, []];
      return [{ ...state, phase: { ...phase, pingedAt: now } }, [{ type: 'send', message: { type: 'ping', n: 1 } }]];
    case 'live':
      // Timers of a hidden tab or a sleeping laptop fire late: the silence counts once somebody was asked.
      if (now >= silentAt(phase)) {
        return phase.answerBy === null && phase.pingedAt <= phase.heardAt
          ? woke(state, moment)
          : abandon(state, moment);
      }
      return now >= phase.pingedAt + PING_INTERVAL_MS ? ping(state, phase, now) : [state, []];
    case 'loading':
    case 'ended':
      return [state, []];
    default:
      return unreachable(phase);
  }
}

function silentAt(phase: Extract<Phase, { kind: 'live' }>): number {
  return phase.answerBy ?? phase.heardAt + SILENCE_LIMIT_MS;
}

// ── Messages ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────

function received(state: ConnectionState, message: ServerMessage, moment: Moment): Step {
  const { phase } = state;
  const isOutside = phase.kind === 'greeting' || phase.kind === 'lobby';
  if (message.type === 'welcome') return isOutside ? greeted(state, message, moment) : [state, []];
  if (message.type === 'lobby') return phase.kind === 'greeting' ? waiting(state, message, moment) : [state, []];
  if (phase.kind === 'lobby') return [{ ...state, phase: { ...phase, heardAt: moment.now } }, []];
  if (phase.kind !== 'live') return [state, []];
  const heard: ConnectionState = { ...state, phase: { ...phase, heardAt: moment.now, answerBy: null } };
  switch (message.type) {
    case 'tick':
      return tick(heard, message);
    case 'refused':
      return refused(heard, message, moment);
    case 'neutralised':
      return neutralised(heard, message);
    case 'resync':
      return resync(heard, message.stateVector, moment);
    case 'behind':
      return behind(state, moment);
    case 'pong': {
      const { count, ping } = heard.resyncs;
      // A paused room takes nothing in, what closes a gap neither.
      return heard.mode !== 'paused' && count > 0 && message.n >= ping + RESYNC_PINGS
        ? unbridged(heard, moment)
        : [heard, []];
    }
    case 'gathering':
      return [{ ...heard, gathering: message.view }, []];
    case 'own':
      return [{ ...heard, own: message.view }, []];
    case 'result':
    case 'failed':
      return [heard, []];
    default:
      return unreachable(message);
  }
}

/** A seat is ours, and brings us back to the same place in the lobby after a reload. */
function waiting(
  state: ConnectionState,
  { resume, name }: Extract<ServerMessage, { type: 'lobby' }>,
  { now }: Moment,
): Step {
  return [
    { ...state, token: resume, phase: { kind: 'lobby', heardAt: now, pingedAt: now }, apartSince: null },
    [{ type: 'remember', resume, name }],
  ];
}

function greeted(state: ConnectionState, welcome: Welcome, moment: Moment): Step {
  const { now } = moment;
  if (state.position !== null && welcome.epoch !== state.position.epoch) {
    return rebuilt(state, moment);
  }
  const live: ConnectionState = {
    ...state,
    phase: { kind: 'live', since: now, heardAt: now, pingedAt: now, pings: 0, answerBy: null },
    token: welcome.resume,
    position: { epoch: welcome.epoch, seq: welcome.seq },
    role: welcome.role,
    mode: welcome.mode,
    filling: welcome.filling,
    asideUpTo: null,
    roster: welcomed(welcome),
    maxFrameBytes: welcome.limits.frame,
    apartSince: null,
    deviceOffline: false,
    resyncs: NO_RESYNCS,
  };
  const effects: Effect[] = [{ type: 'remember', resume: welcome.resume, name: welcome.name }];
  if (welcome.update !== null) effects.push({ type: 'merge', update: welcome.update });
  // What was undone while we were away is undone now.
  if (state.asideUpTo !== null) effects.push({ type: 'keepAside' });
  effects.push({ type: 'authored', authors: welcome.authors, all: true }, ...sendingAll(live));
  effects.push({ type: 'compare', stateVector: welcome.stateVector, unsaved: live.outbox.entries });
  return [live, effects];
}

function tick(state: ConnectionState, message: Tick): Step {
  const effects: Effect[] = [];
  if (message.update !== null) effects.push({ type: 'merge', update: message.update });
  let { mode, filling, role } = state;
  let resumes = false;
  for (const event of message.events) {
    if (event.type === 'authored') {
      effects.push({ type: 'authored', authors: new Map(event.elements.map((id) => [id, event.seat])), all: false });
    } else if (event.type === 'mode') {
      resumes = event.mode !== 'paused' && (resumes || mode === 'paused');
      mode = event.mode;
    } else if (event.type === 'filling') {
      filling = { what: event.what, percent: event.percent };
    } else if (event.type === 'joined' && event.person.conn === state.roster.self) {
      // A host has given us another role.
      role = event.person.role;
    }
  }
  const own = message.receipts.filter(({ conn }) => conn === state.roster.self).map(({ cseq }) => cseq);
  const upTo = Math.max(0, ...own);
  const outbox = acknowledge(state.outbox, upTo);
  if (outbox !== state.outbox) effects.push({ type: 'forget', upTo });
  const undone = state.asideUpTo !== null && upTo >= state.asideUpTo;
  if (undone) effects.push({ type: 'keepAside' });
  const position = state.position === null ? null : { epoch: state.position.epoch, seq: message.seq };
  const resyncs = outbox === state.outbox && !resumes ? state.resyncs : NO_RESYNCS;
  const asideUpTo = undone ? null : state.asideUpTo;
  const roster = ticked(state.roster, message);
  const next: ConnectionState = { ...state, position, outbox, resyncs, roster, mode, filling, role, asideUpTo };
  // What the server passed over while it could not save has to come again, from the first without a receipt on.
  if (resumes) effects.push(...sendingAll(next));
  return [next, effects];
}

function neutralised(state: ConnectionState, undone: Neutralised): Step {
  const asideUpTo = Math.max(undone.cseq, state.asideUpTo ?? 0);
  return [{ ...state, asideUpTo }, [{ type: 'putAside', undone, unsaved: state.outbox.entries }]];
}

function refused(state: ConnectionState, message: Refused, moment: Moment): Step {
  return discard(state, message.code, message.message, moment);
}

function resync(state: ConnectionState, stateVector: Uint8Array, moment: Moment): Step {
  const { phase, outbox } = state;
  if (state.resyncs.count >= MAX_RESYNCS) return unbridged(state, moment);
  const resyncs = { count: state.resyncs.count + 1, ping: phase.kind === 'live' ? phase.pings : 0 };
  return [{ ...state, resyncs }, [{ type: 'diff', stateVector, unsaved: outbox.entries }]];
}

/** Nobody knows what we missed: we are welcomed again on the same connection, from what we hold. */
function behind(state: ConnectionState, { now }: Moment): Step {
  const next: ConnectionState = {
    ...state,
    phase: { kind: 'greeting', since: now },
    apartSince: now,
    roster: disconnected(state.roster),
  };
  return [next, [{ type: 'sync' }]];
}

function unbridged(state: ConnectionState, moment: Moment): Step {
  return discard(state, 'gap', 'The board could not take these changes.', moment);
}

/** The board is loaded afresh; what has no receipt is put on it again, and sent. */
function parted(state: ConnectionState, moment: Moment): Step {
  const [next, effects] = discard({ ...state, outbox: clear(state.outbox) }, 'parted', '', moment);
  return [{ ...next, outbox: state.outbox }, effects.filter(({ type }) => type !== 'forget')];
}

/**
 * The board was rebuilt: what we hold has another history, and merging the two would double it. It is loaded afresh, and what has
 * no receipt is made again on it. Until then people see the old one, and may go on writing.
 */
function rebuilt(state: ConnectionState, moment: Moment): Step {
  const from = state.position?.epoch ?? null;
  const attempt = from === state.rebuiltFrom ? state.attempt : 0;
  return afresh({ ...state, isStale: true, rebuiltFrom: from, attempt }, [], moment);
}

/** Gives up the board in hand and everything un-receipted: the words are kept, the board is loaded fresh. */
function discard(state: ConnectionState, code: string, message: string, moment: Moment): Step {
  const lost = state.outbox.entries;
  const upTo = state.outbox.next - 1;
  const given: Effect[] = [
    { type: 'discard', lost, code, message },
    { type: 'forget', upTo },
  ];
  return afresh({ ...state, position: null, isStale: false, outbox: clear(state.outbox) }, given, moment);
}

/** Leaves the room to load the board: at once the first time; if that did not help, not faster than after any other failure. */
function afresh(state: ConnectionState, effects: readonly Effect[], moment: Moment): Step {
  const before = rested(state, moment.now);
  const isFirst = before.attempt === 0;
  const next: ConnectionState = {
    ...wait(before, 'load', moment),
    ...(isFirst ? { phase: { kind: 'loading' } } : {}),
    socket: state.socket + 1,
  };
  return [
    next,
    [{ type: 'disconnect', socket: state.socket }, ...effects, ...(isFirst ? [{ type: 'load' } as const] : [])],
  ];
}

// ── Edits ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

function edited(state: ConnectionState, { update, ids, edits }: Made, moment: Moment): Step {
  const epoch = state.position?.epoch ?? null;
  return enqueue(state, append(state.outbox, { update, ids, edits }, epoch, moment.now), [], moment);
}

function diffed(
  state: ConnectionState,
  updates: readonly Uint8Array[],
  ids: readonly ElementId[],
  moment: Moment,
): Step {
  const upTo = state.outbox.next - 1;
  const outbox = supersede(state.outbox, updates, ids, state.position?.epoch ?? null, moment.now);
  return enqueue(state, outbox, [{ type: 'forget', upTo }], moment);
}

/** Stores and sends what an outbox has come to hold. */
function enqueue(state: ConnectionState, outbox: Outbox, after: readonly Effect[], moment: Moment): Step {
  const fresh = outbox.entries.filter(({ cseq }) => cseq >= state.outbox.next);
  const next = { ...state, outbox };
  if (fresh.some(({ update }) => update.length > MAX_EDIT_BYTES)) {
    return discard(next, 'too_large', 'That was too much for one change.', moment);
  }
  const effects: Effect[] = [...fresh.map((entry): Effect => ({ type: 'store', entry })), ...after];
  const isTaken = state.phase.kind === 'live' && state.mode !== 'paused';
  if (isTaken) effects.push(...fresh.flatMap((entry) => sending(entry, state.maxFrameBytes)));
  return [next, effects];
}

/** Whatever has no receipt goes again under its own number; what the server has already, it skips and receipts. */
function sendingAll({ mode, outbox, maxFrameBytes }: ConnectionState): Effect[] {
  return mode === 'paused' ? [] : outbox.entries.flatMap((entry) => sending(entry, maxFrameBytes));
}

function sending(entry: Entry, maxFrameBytes: number): Effect[] {
  return messagesFor(entry, maxFrameBytes).map((message) => ({ type: 'send', message }));
}

// ── What the edge and the people ask ───────────────────────────────────────────────────────────────────────────────────────────

/** When the edge should report `timePassed`, at the latest, if nothing happens before; `null`: never. */
export function nextDeadline(state: ConnectionState): number | null {
  const { phase } = state;
  switch (phase.kind) {
    case 'waiting':
      return Number.isFinite(phase.until) ? phase.until : null;
    case 'opening':
    case 'greeting':
      return phase.since + GREETING_LIMIT_MS;
    case 'lobby':
      return Math.min(phase.heardAt + SILENCE_LIMIT_MS, phase.pingedAt + PING_INTERVAL_MS);
    case 'live':
      return Math.min(silentAt(phase), phase.pingedAt + PING_INTERVAL_MS);
    case 'loading':
    case 'ended':
      return null;
    default:
      return unreachable(phase);
  }
}
