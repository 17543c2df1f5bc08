/** A connection in the hands of a test. */

import { elementId } from '../../src/model/element.ts';
import { step } from '../../src/sync/connection.ts';
import {
  type ConnectionEvent,
  type ConnectionState,
  type Effect,
  initialConnection,
} from '../../src/sync/connectionState.ts';
import type { ServerMessage, Tick, Welcome } from '../../src/sync/messages.ts';
import type { Entry, Made } from '../../src/sync/outbox.ts';
import { NO_NEWS } from '../../src/sync/presence.ts';
import { saveState } from '../../src/sync/saved.ts';

export const NOTE = elementId('aB3_dE6-hI9k');
export const UPDATE = Uint8Array.of(1, 2, 3);
/** The board as it is loaded. */
export const BOARD = Uint8Array.of(9);
export const VECTOR = Uint8Array.of(0);

export const WELCOME: Welcome = {
  type: 'welcome',
  board: 'b',
  title: 'Stories',
  conn: 7,
  seat: 's',
  name: 'Ngozi',
  role: 'participant',
  hue: 3,
  resume: 'resume',
  epoch: 1,
  seq: 10,
  stateVector: VECTOR,
  update: null,
  people: [],
  seats: new Map(),
  authors: new Map(),
  limits: { frame: 65_536, text: 4_000, elements: 10_000 },
  mode: 'open',
  filling: null,
};

export const TICK: Tick = { type: 'tick', seq: 11, update: null, receipts: [], presence: NO_NEWS, events: [] };

/** An edit as a board reports it. */
export function madeOf(update: Uint8Array): Made {
  return { update, ids: [NOTE], edits: [{ type: 'remove', id: NOTE }] };
}

/** An edit as it waits. */
export function entryOf(cseq: number, update = UPDATE, epoch: number | null = 1): Entry {
  return { ...madeOf(update), cseq, epoch, at: 0 };
}

/** A connection in virtual time: feeds events, collects effects. */
export class Bench {
  state: ConnectionState = initialConnection({ token: 'link', name: 'Ngozi' });
  now = 0;
  jitter = 0.5;

  tell(event: ConnectionEvent): readonly Effect[] {
    const [state, effects] = step(this.state, event, { now: this.now, jitter: this.jitter });
    this.state = state;
    return effects;
  }

  receive(message: ServerMessage): readonly Effect[] {
    return this.tell({ type: 'received', socket: this.state.socket, message });
  }

  close(code: number, reason = ''): readonly Effect[] {
    return this.tell({ type: 'closed', socket: this.state.socket, code, reason });
  }

  edit(update = UPDATE): readonly Effect[] {
    return this.tell({ type: 'edited', ...madeOf(update) });
  }

  receipt(cseq: number, conn = 7): readonly Effect[] {
    return this.receive({ ...TICK, receipts: [{ conn, cseq }] });
  }

  after(ms: number): readonly Effect[] {
    this.now += ms;
    return this.tell({ type: 'timePassed' });
  }

  get saved() {
    return saveState(this.state, this.now);
  }

  toOpening(): this {
    this.tell({ type: 'started' });
    this.load();
    return this;
  }

  load(epoch = 1, seq = 10): readonly Effect[] {
    return this.tell({ type: 'loaded', update: BOARD, position: { epoch, seq } });
  }

  open(): readonly Effect[] {
    return this.tell({ type: 'opened', socket: this.state.socket, stateVector: VECTOR });
  }

  toLive(): this {
    this.toOpening().open();
    this.receive(WELCOME);
    return this;
  }
}

export const sent = (effects: readonly Effect[]) =>
  effects.flatMap((effect) => (effect.type === 'send' ? effect.message : []));
