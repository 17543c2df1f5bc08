/** The client's side of one room as values: its states, what happens to it, and what it asks the edge to do. */

import type { ElementId } from '../model/element.ts';
import type { ClientMessage, Filling, Mode, Neutralised, Position, ServerMessage, Told } from './messages.ts';
import { EMPTY_OUTBOX, type Entry, type Made, type Outbox } from './outbox.ts';
import { EMPTY_ROSTER, type Roster } from './roster.ts';
import type { Role } from './state.ts';

const DEFAULT_FRAME_BYTES = 65_536;
export const NO_RESYNCS = { count: 0, ping: 0 } as const;

export type Phase =
  /** The edge fetches the board. */
  | { readonly kind: 'loading' }
  | { readonly kind: 'waiting'; readonly until: number; readonly next: 'load' | 'connect' }
  | { readonly kind: 'opening'; readonly since: number }
  | { readonly kind: 'greeting'; readonly since: number }
  /** A host has to let us in. Only pings are answered meanwhile. */
  | { readonly kind: 'lobby'; readonly heardAt: number; readonly pingedAt: number }
  | {
      readonly kind: 'live';
      readonly since: number;
      readonly heardAt: number;
      readonly pingedAt: number;
      readonly pings: number;
      /** When an answer must have come after waking up. */
      readonly answerBy: number | null;
    }
  | { readonly kind: 'ended'; readonly code: number; readonly message: string };

export interface ConnectionState {
  readonly phase: Phase;
  readonly token: string;
  readonly name: string | null;
  /** Where the board in hand stands; `null` without one. */
  readonly position: Position | null;
  readonly role: Role | null;
  /** As the server said last. */
  readonly mode: Mode;
  readonly filling: Filling | null;
  /** As the server told it last; `null` where there is no run of show. */
  readonly gathering: Told | null;
  readonly own: Told | null;
  /** The newest edit whose words were put aside, until the tick that undoes it; `null` if there is none. */
  readonly asideUpTo: number | null;
  readonly outbox: Outbox;
  /** Whether the board in hand has a history that the server has given up: it stays in sight until the new one is here. */
  readonly isStale: boolean;
  /** The epoch in hand when a rebuilt board was last met: if that is met again, loading did not help. */
  readonly rebuiltFrom: number | null;
  readonly roster: Roster;
  readonly maxFrameBytes: number;
  readonly attempt: number;
  /** Which socket is ours: what older ones report no longer counts. */
  readonly socket: number;
  /** Since when there is no connection; `null` while there is one. */
  readonly apartSince: number | null;
  readonly deviceOffline: boolean;
  /** Gaps that were answered since the last receipt, and the last ping before the newest answer. */
  readonly resyncs: { readonly count: number; readonly ping: number };
}

export type ConnectionEvent =
  | { readonly type: 'started' }
  | { readonly type: 'loaded'; readonly update: Uint8Array; readonly position: Position }
  | { readonly type: 'loadFailed'; readonly status: number; readonly code: string; readonly message: string }
  | { readonly type: 'opened'; readonly socket: number; readonly stateVector: Uint8Array }
  | { readonly type: 'received'; readonly socket: number; readonly message: ServerMessage }
  | { readonly type: 'closed'; readonly socket: number; readonly code: number; readonly reason: string }
  | ({ readonly type: 'edited' } & Made)
  /** The answer to `diff`, and to `compare` when the server has lost what it had receipted. */
  | { readonly type: 'diffed'; readonly updates: readonly Uint8Array[]; readonly ids: readonly ElementId[] }
  /** The server has what this board lacks, and does not know it: the two have parted. */
  | { readonly type: 'parted' }
  /** All edits up to and with this number have been made again on another board, or their words are kept. */
  | { readonly type: 'rebased'; readonly upTo: number }
  | { readonly type: 'woke' }
  | { readonly type: 'wentOffline' }
  | { readonly type: 'timePassed' };

export type Effect =
  | { readonly type: 'load' }
  | { readonly type: 'connect'; readonly socket: number }
  | { readonly type: 'disconnect'; readonly socket: number }
  | { readonly type: 'send'; readonly message: ClientMessage }
  | { readonly type: 'merge'; readonly update: Uint8Array }
  /** Tell the server what the board in hand holds. */
  | { readonly type: 'sync' }
  /** Compute what the server lacks of our edits and report it as `diffed`. */
  | { readonly type: 'diff'; readonly stateVector: Uint8Array; readonly unsaved: readonly Entry[] }
  /** Compare what the server says it has with what it must have; report `diffed` or `parted` if it has not. */
  | { readonly type: 'compare'; readonly stateVector: Uint8Array; readonly unsaved: readonly Entry[] }
  | { readonly type: 'store'; readonly entry: Entry }
  /** Stored edits up to and with this number are saved, or given up. */
  | { readonly type: 'forget'; readonly upTo: number }
  /** Put an empty board in the place of this one, and keep the words of these edits. */
  | { readonly type: 'discard'; readonly lost: readonly Entry[]; readonly code: string; readonly message: string }
  /** Keep the words of these edits; the board stays as it is, and nothing more will be sent. */
  | { readonly type: 'keep'; readonly lost: readonly Entry[]; readonly code: string; readonly message: string }
  /** Put a board with this history in the place of this one, and make these edits again on it; report `rebased`. */
  | { readonly type: 'rebase'; readonly update: Uint8Array; readonly entries: readonly Entry[] }
  /** Put the words aside that these edits wrote in the elements on which the newest was undone. */
  | { readonly type: 'putAside'; readonly undone: Neutralised; readonly unsaved: readonly Entry[] }
  /** Keep what was put aside, unless it is on the board after all. */
  | { readonly type: 'keepAside' }
  | { readonly type: 'remember'; readonly resume: string; readonly name: string }
  | { readonly type: 'authored'; readonly authors: ReadonlyMap<ElementId, string>; readonly all: boolean };

export interface Moment {
  /** Monotonic ms. */
  readonly now: number;
  /** 0 ≤ jitter < 1, a fresh one each time. */
  readonly jitter: number;
}

export type Step = readonly [ConnectionState, readonly Effect[]];

export function initialConnection(options: {
  readonly token: string;
  readonly name: string | null;
  /** As the device remembers it, until the server says. */
  readonly role?: Role | null;
  readonly outbox?: Outbox;
}): ConnectionState {
  return {
    phase: { kind: 'waiting', until: Number.POSITIVE_INFINITY, next: 'load' },
    token: options.token,
    name: options.name,
    position: null,
    role: options.role ?? null,
    mode: 'open',
    filling: null,
    gathering: null,
    own: null,
    asideUpTo: null,
    outbox: options.outbox ?? EMPTY_OUTBOX,
    isStale: false,
    rebuiltFrom: null,
    roster: EMPTY_ROSTER,
    maxFrameBytes: DEFAULT_FRAME_BYTES,
    attempt: 0,
    socket: 0,
    apartSince: null,
    deviceOffline: false,
    resyncs: NO_RESYNCS,
  };
}
