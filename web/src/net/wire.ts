/** The native door's messages as bytes: msgpack arrays `[type, …]`. One encoder and one parser per message; `tests/vectors/protocol.json` holds both to the server's. */

import { elementId } from '../model/element.ts';
import { unreachable } from '../model/unreachable.ts';
import {
  type Arrival,
  type ClientMessage,
  type Filling,
  type Mode,
  PROTOCOL_VERSION,
  type RoomEvent,
  type ServerMessage,
  type Welcome,
} from '../sync/messages.ts';
import { NO_NEWS } from '../sync/presence.ts';
import { ROLES } from '../sync/state.ts';
import { decode, encode } from './msgpack.ts';
import { bytes, integer, list, malformed, oneOf, optional, record, text } from './parse.ts';
import { decodePresence } from './presence.ts';

const MODES: readonly Mode[] = ['open', 'locked', 'paused', 'damaged'];
const FILLINGS: readonly Filling['what'][] = ['elements', 'bytes'];

function clientValue(message: ClientMessage): readonly unknown[] {
  switch (message.type) {
    case 'hello':
      return [
        'hello',
        {
          v: PROTOCOL_VERSION,
          token: message.token,
          ...(message.name === undefined ? {} : { name: message.name }),
          ...(message.stateVector === undefined ? {} : { sv: message.stateVector }),
          ...(message.since === undefined ? {} : { since: [message.since.epoch, message.since.seq] }),
        },
      ];
    case 'edit':
      return ['edit', message.cseq, message.update];
    case 'part':
      return ['part', message.cseq, message.index, message.count, message.bytes];
    case 'presence': {
      const { cursor, selection, editing, drag, view } = message;
      return [
        'presence',
        cursor === null ? null : [cursor.x, cursor.y],
        selection,
        editing,
        drag === null ? null : [drag.x, drag.y, drag.w, drag.h],
        view === null ? null : [view.x, view.y, view.w, view.h],
      ];
    }
    case 'sync':
      return ['sync', message.stateVector];
    case 'command':
      return ['command', message.n, message.name, message.args];
    case 'ping':
      return ['ping', message.n];
    default:
      return unreachable(message);
  }
}

export function encodeMessage(message: ClientMessage): Uint8Array<ArrayBuffer> {
  return encode(clientValue(message));
}

function parseArrival(value: unknown): Arrival {
  const [conn, seat, name, role, hue] = list(value, 'person');
  return {
    conn: integer(conn, 'person.conn'),
    seat: text(seat, 'person.seat'),
    name: text(name, 'person.name'),
    role: oneOf(role, ROLES, 'person.role'),
    hue: integer(hue, 'person.hue'),
  };
}

function parseTexts(value: unknown, where: string): [string, string][] {
  return Object.entries(record(value, where)).map(([key, entry]) => [key, text(entry, where)]);
}

function parseFilling(what: unknown, percent: unknown): Filling {
  return { what: oneOf(what, FILLINGS, 'filling.what'), percent: integer(percent, 'filling.percent') };
}

function parseWelcome(value: unknown): Welcome {
  const body = record(value, 'welcome');
  const limits = record(body.limits, 'welcome.limits');
  return {
    type: 'welcome',
    board: text(body.board, 'welcome.board'),
    title: text(body.title, 'welcome.title'),
    conn: integer(body.conn, 'welcome.conn'),
    seat: text(body.seat, 'welcome.seat'),
    name: text(body.name, 'welcome.name'),
    role: oneOf(body.role, ROLES, 'welcome.role'),
    hue: integer(body.hue, 'welcome.hue'),
    resume: text(body.resume, 'welcome.resume'),
    epoch: integer(body.epoch, 'welcome.epoch'),
    seq: integer(body.seq, 'welcome.seq'),
    stateVector: bytes(body.sv, 'welcome.sv'),
    update: optional(body.update, (update) => bytes(update, 'welcome.update')),
    people: list(body.people, 'welcome.people').map(parseArrival),
    seats: new Map(parseTexts(body.seats, 'welcome.seats')),
    authors: new Map(parseTexts(body.authors, 'welcome.authors').map(([id, seat]) => [elementId(id), seat])),
    limits: {
      frame: integer(limits.frame, 'limits.frame'),
      text: integer(limits.text, 'limits.text'),
      elements: integer(limits.elements, 'limits.elements'),
    },
    mode: oneOf(body.mode, MODES, 'welcome.mode'),
    filling: optional(body.filling, (filling) => {
      const [what, percent] = list(filling, 'welcome.filling');
      return parseFilling(what, percent);
    }),
  };
}

function parseEvent(value: unknown): RoomEvent | null {
  const [type, first, second] = list(value, 'event');
  switch (text(type, 'event type')) {
    case 'joined':
      return { type: 'joined', person: parseArrival(first) };
    case 'left':
      return { type: 'left', conn: integer(first, 'left.conn') };
    case 'renamed':
      return { type: 'renamed', seat: text(first, 'renamed.seat'), name: text(second, 'renamed.name') };
    case 'titled':
      return { type: 'titled', title: text(first, 'titled.title') };
    case 'authored': {
      const elements = list(second, 'authored.elements').map((id) => elementId(text(id, 'authored.elements')));
      return { type: 'authored', seat: text(first, 'authored.seat'), elements };
    }
    case 'mode':
      return { type: 'mode', mode: oneOf(first, MODES, 'mode') };
    case 'filling':
      return { type: 'filling', ...parseFilling(first, second) };
    default:
      // A newer server may tell of more; what it says of the board itself never depends on it.
      return null;
  }
}

function parseReceipts(value: unknown): { readonly conn: number; readonly cseq: number }[] {
  const numbers = list(value, 'receipts').map((number) => integer(number, 'receipts'));
  if (numbers.length % 2 !== 0) return malformed('receipts', 'pairs');
  const receipts: { readonly conn: number; readonly cseq: number }[] = [];
  for (let index = 0; index < numbers.length; index += 2) {
    receipts.push({ conn: numbers[index] ?? 0, cseq: numbers[index + 1] ?? 0 });
  }
  return receipts;
}

/**
 * Parses one message of the server.
 *
 * Raises:
 *   MalformedMessage: If the bytes are no message that this version of the protocol knows.
 */
export function decodeMessage(frame: Uint8Array): ServerMessage {
  let value: unknown;
  try {
    value = decode(frame);
  } catch {
    return malformed('frame', 'msgpack');
  }
  const [type, first, second, third, fourth, fifth] = list(value, 'message');
  switch (type) {
    case 'welcome':
      return parseWelcome(first);
    case 'tick':
      return {
        type: 'tick',
        seq: integer(first, 'tick.seq'),
        update: optional(second, (update) => bytes(update, 'tick.update')),
        receipts: optional(third, parseReceipts) ?? [],
        presence: optional(fourth, (news) => decodePresence(bytes(news, 'tick.presence'))) ?? NO_NEWS,
        events:
          optional(fifth, (events) => list(events, 'tick.events').flatMap((event) => parseEvent(event) ?? [])) ?? [],
      };
    case 'refused':
      return {
        type: 'refused',
        cseq: integer(first, 'refused.cseq'),
        code: text(second, 'refused.code'),
        message: text(third, 'refused.message'),
        elements: list(fourth, 'refused.elements').map((id) => elementId(text(id, 'refused.elements'))),
      };
    case 'neutralised':
      return {
        type: 'neutralised',
        cseq: integer(first, 'neutralised.cseq'),
        code: text(second, 'neutralised.code'),
        message: text(third, 'neutralised.message'),
        elements: list(fourth, 'neutralised.elements').map((id) => elementId(text(id, 'neutralised.elements'))),
      };
    case 'resync':
      return { type: 'resync', stateVector: bytes(first, 'resync.sv') };
    case 'behind':
      return { type: 'behind' };
    case 'result':
      return { type: 'result', n: integer(first, 'result.n'), value: second ?? null };
    case 'failed':
      return {
        type: 'failed',
        n: integer(first, 'failed.n'),
        code: text(second, 'failed.code'),
        message: text(third, 'failed.message'),
      };
    case 'gathering':
    case 'own':
      return { type, view: record(first, type) };
    case 'lobby': {
      const { seat, name, resume } = record(first, type);
      return {
        type,
        seat: text(seat, 'lobby.seat'),
        name: text(name, 'lobby.name'),
        resume: text(resume, 'lobby.resume'),
      };
    }
    case 'pong':
      return { type: 'pong', n: integer(first, 'pong.n') };
    default:
      return malformed('message type', 'one this page knows');
  }
}
