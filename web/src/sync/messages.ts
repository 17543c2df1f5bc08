/** The messages of the native door, as values. `docs/protocol.md` §2 says what they mean; `net/wire.ts` turns them into bytes. */

import type { ElementId, Rect } from '../model/element.ts';
import type { WorldPoint } from '../model/point.ts';
import type { PresenceNews } from './presence.ts';
import type { Role } from './state.ts';

export const PROTOCOL_VERSION = 1;

/** Where a board stands in the room's log. */
export interface Position {
  readonly epoch: number;
  readonly seq: number;
}

export interface Hello {
  readonly type: 'hello';
  readonly token: string;
  readonly name?: string;
  readonly stateVector?: Uint8Array;
  readonly since?: Position;
}

export type ClientMessage =
  | Hello
  | { readonly type: 'edit'; readonly cseq: number; readonly update: Uint8Array }
  | {
      readonly type: 'part';
      readonly cseq: number;
      readonly index: number;
      readonly count: number;
      readonly bytes: Uint8Array;
    }
  | {
      readonly type: 'presence';
      readonly cursor: WorldPoint | null;
      readonly selection: readonly ElementId[];
      readonly editing: ElementId | null;
      readonly drag: Rect | null;
      /** The part of the board we look at; told to the server alone. */
      readonly view: Rect | null;
    }
  | {
      readonly type: 'command';
      readonly n: number;
      readonly name: string;
      readonly args: CommandArgs;
    }
  /** The answer to `behind`; `null` if our state vector does not fit into a frame. */
  | { readonly type: 'sync'; readonly stateVector: Uint8Array | null }
  | { readonly type: 'ping'; readonly n: number };

/** What a command is asked with: plain data, as JSON has it. */
export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };
export type CommandArgs = Readonly<Record<string, Plain>>;

/** The gathering as it is told, unread: `model/gathering/`, which is fetched where there is one, makes sense of it. */
export type Told = Readonly<Record<string, unknown>>;

/** A person as the wire tells of them: whether it is oneself follows from the connection. */
export interface Arrival {
  readonly conn: number;
  readonly seat: string;
  readonly name: string;
  readonly role: Role;
  readonly hue: number;
}

/** Whether the board can be written to, and by whom. In `paused` the server takes nothing in; afterwards it must be sent again. */
export type Mode = 'open' | 'locked' | 'paused' | 'damaged';

/** How much of a board's room is taken, in per cent, once there is little left. */
export interface Filling {
  readonly what: 'elements' | 'bytes';
  readonly percent: number;
}

export interface Welcome {
  readonly type: 'welcome';
  readonly board: string;
  readonly title: string;
  readonly conn: number;
  readonly seat: string;
  readonly name: string;
  readonly role: Role;
  readonly hue: number;
  readonly resume: string;
  readonly epoch: number;
  readonly seq: number;
  readonly stateVector: Uint8Array;
  readonly update: Uint8Array | null;
  readonly people: readonly Arrival[];
  readonly seats: ReadonlyMap<string, string>;
  readonly authors: ReadonlyMap<ElementId, string>;
  readonly limits: { readonly frame: number; readonly text: number; readonly elements: number };
  readonly mode: Mode;
  readonly filling: Filling | null;
}

export type RoomEvent =
  | { readonly type: 'joined'; readonly person: Arrival }
  | { readonly type: 'left'; readonly conn: number }
  | { readonly type: 'renamed'; readonly seat: string; readonly name: string }
  | { readonly type: 'titled'; readonly title: string }
  | { readonly type: 'authored'; readonly seat: string; readonly elements: readonly ElementId[] }
  | { readonly type: 'mode'; readonly mode: Mode }
  | ({ readonly type: 'filling' } & Filling);

export interface Tick {
  readonly type: 'tick';
  readonly seq: number;
  readonly update: Uint8Array | null;
  readonly receipts: readonly { readonly conn: number; readonly cseq: number }[];
  readonly presence: PresenceNews;
  readonly events: readonly RoomEvent[];
}

export interface Refused {
  readonly type: 'refused';
  readonly cseq: number;
  readonly code: string;
  readonly message: string;
  readonly elements: readonly ElementId[];
}

/** That edit was taken, and undone on these elements; comes before the tick that undoes it. */
export interface Neutralised {
  readonly type: 'neutralised';
  readonly cseq: number;
  readonly code: string;
  readonly message: string;
  readonly elements: readonly ElementId[];
}

export type ServerMessage =
  | Welcome
  | Tick
  | Refused
  | Neutralised
  | { readonly type: 'resync'; readonly stateVector: Uint8Array }
  /** We read too slowly, and what waited for us is gone. */
  | { readonly type: 'behind' }
  | { readonly type: 'result'; readonly n: number; readonly value: unknown }
  | { readonly type: 'failed'; readonly n: number; readonly code: string; readonly message: string }
  /** What everybody of one's role sees of the gathering, and what one sees of it oneself; whole each time. */
  | { readonly type: 'gathering'; readonly view: Told }
  | { readonly type: 'own'; readonly view: Told }
  /** Somebody has to let us in; until then nothing of the board is told. */
  | { readonly type: 'lobby'; readonly seat: string; readonly name: string; readonly resume: string }
  | { readonly type: 'pong'; readonly n: number };
