import { readFileSync } from 'node:fs';
import { decode, encode } from '@msgpack/msgpack';
import { describe, expect, it } from 'vitest';
import { elementId } from '../../src/model/element.ts';
import { world } from '../../src/model/point.ts';
import { MalformedMessage, record } from '../../src/net/parse.ts';
import { decodeMessage, encodeMessage } from '../../src/net/wire.ts';
import type { ClientMessage, ServerMessage } from '../../src/sync/messages.ts';
import { NO_NEWS, type PresenceNews } from '../../src/sync/presence.ts';

interface Vector {
  readonly name: string;
  readonly direction: 'client' | 'server';
  readonly hex: string;
  readonly value: unknown;
  /** What the presence of a tick tells: rows of `[conn, what changed]`. */
  readonly news?: unknown;
}

const file = new URL('../../../tests/vectors/protocol.json', import.meta.url);
const VECTORS = JSON.parse(readFileSync(file, 'utf8')) as readonly Vector[];

const bytesOf = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const hexOf = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** The value as the file writes it, with bytes as bytes. */
function revived(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revived);
  if (typeof value !== 'object' || value === null) return value;
  if ('$bytes' in value) return bytesOf(String(value.$bytes));
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, revived(entry)]));
}

/** A client message out of its value on the wire: what the server's parser does, for this test alone. */
function clientMessage(value: unknown): ClientMessage {
  const [type, ...rest] = value as readonly [string, ...never[]];
  switch (type) {
    case 'hello': {
      const { token, name, sv, since } = record(rest[0], 'hello') as never;
      return {
        type,
        token,
        ...(name === undefined ? {} : { name }),
        ...(sv === undefined ? {} : { stateVector: sv }),
        ...(since === undefined ? {} : { since: { epoch: since[0], seq: since[1] } }),
      };
    }
    case 'edit': {
      const [cseq = 0, update = new Uint8Array()] = rest;
      return { type, cseq, update };
    }
    case 'part': {
      const [cseq = 0, index = 0, count = 0, bytes = new Uint8Array()] = rest;
      return { type, cseq, index, count, bytes };
    }
    case 'presence': {
      const [cursor, selection = [], editing = null, drag, view] = rest as unknown as readonly [
        readonly [number, number] | null,
        readonly string[],
        string | null,
        readonly [number, number, number, number] | null,
        readonly [number, number, number, number] | null,
      ];
      const rect = (numbers: readonly [number, number, number, number] | null) =>
        numbers === null ? null : { x: numbers[0], y: numbers[1], w: numbers[2], h: numbers[3] };
      return {
        type,
        cursor: cursor === null ? null : world(cursor[0], cursor[1]),
        selection: selection.map(elementId),
        editing: editing === null ? null : elementId(editing),
        drag: rect(drag),
        view: rect(view),
      };
    }
    case 'command': {
      const [n = 0, name = '', args = {}] = rest;
      return { type, n, name, args };
    }
    case 'sync':
      return { type, stateVector: rest[0] ?? null };
    case 'ping':
      return { type, n: rest[0] ?? 0 };
    default:
      throw new Error(`the vectors have a message this test does not know: ${type}`);
  }
}

/** The value on the wire out of a parsed server message, so that nothing the vectors hold is lost in parsing. */
function serverValue(message: ServerMessage, presence: unknown = null): unknown {
  const orNil = (items: readonly unknown[]) => (items.length === 0 ? null : items);
  switch (message.type) {
    case 'welcome': {
      const { type, stateVector, people, seats, authors, filling, ...rest } = message;
      return [
        type,
        {
          v: 1,
          ...rest,
          sv: stateVector,
          people: people.map(({ conn, seat, name, role, hue }) => [conn, seat, name, role, hue]),
          seats: Object.fromEntries(seats),
          authors: Object.fromEntries(authors),
          filling: filling === null ? null : [filling.what, filling.percent],
        },
      ];
    }
    case 'tick': {
      const events = message.events.map((event) => {
        if (event.type !== 'joined') return Object.values(event);
        const { conn, seat, name, role, hue } = event.person;
        return ['joined', [conn, seat, name, role, hue]];
      });
      const receipts = message.receipts.flatMap(({ conn, cseq }) => [conn, cseq]);
      return ['tick', message.seq, message.update, orNil(receipts), presence, orNil(events)];
    }
    case 'lobby': {
      const { type, ...fields } = message;
      return [type, fields];
    }
    default:
      return Object.values(message);
  }
}

describe('a message about what the room takes in', () => {
  it('is refused when it is none', () => {
    for (const event of [
      ['mode', 'ajar'],
      ['filling', 'room', 93],
      ['filling', 'bytes', 'many'],
    ]) {
      const frame = encode(['tick', 1, null, null, null, [event]]);
      expect(() => decodeMessage(frame)).toThrow(MalformedMessage);
    }
  });
});

function newsValue({ forget, rows }: PresenceNews): unknown {
  const numbers = (value: unknown) =>
    typeof value === 'string' || value === null ? value : Object.values(value as object);
  return {
    forget: ['nothing', 'cursors', 'everything'].indexOf(forget),
    rows: rows.map(({ conn, ...changed }) => [
      conn,
      Object.fromEntries(Object.entries(changed).map(([key, value]) => [key, numbers(value)])),
    ]),
  };
}

describe('the golden vectors', () => {
  it('are there for both directions', () => {
    expect(new Set(VECTORS.map(({ direction }) => direction))).toEqual(new Set(['client', 'server']));
  });

  for (const { name, direction, hex, value, news } of VECTORS) {
    it(`${direction}: ${name}`, () => {
      expect(decode(bytesOf(hex))).toEqual(revived(value));
      if (direction === 'client') expect(hexOf(encodeMessage(clientMessage(revived(value))))).toBe(hex);
      else {
        const message = decodeMessage(bytesOf(hex));
        // The bytes of presence are not kept; what they tell stands beside them.
        const presence = message.type === 'tick' ? (revived(value) as unknown[])[4] : null;
        expect(serverValue(message, presence)).toEqual(revived(value));
        if (message.type === 'tick') expect(newsValue(message.presence)).toEqual(news ?? newsValue(NO_NEWS));
      }
    });
  }
});

describe('parsing', () => {
  it('takes any bytes as a message or as malformed, and nothing else', () => {
    for (const { hex } of VECTORS) {
      const whole = bytesOf(hex);
      for (let at = 0; at < whole.length; at += 1) {
        for (const flip of [0x01, 0x80, 0xff]) {
          const broken = Uint8Array.from(whole, (byte, index) => (index === at ? byte ^ flip : byte));
          for (const frame of [broken, broken.subarray(0, at)]) {
            try {
              decodeMessage(frame);
            } catch (error) {
              expect(error).toBeInstanceOf(MalformedMessage);
            }
          }
        }
      }
    }
  });

  it('refuses wrong shapes', () => {
    const wrong: readonly unknown[] = [
      null,
      [],
      ['tick'],
      ['tick', '1', null, null, null, null],
      ['tick', 1, null, [1], null, null],
      ['tick', 1, null, null, [[1, [0.5, 0], [], null, null]], null],
      ['welcome', { v: 1 }],
      ['resync', 'text'],
      ['sealed', 1],
    ];
    for (const value of wrong)
      expect(() => decodeMessage(encode(value)), JSON.stringify(value)).toThrow(MalformedMessage);
  });

  it('passes over events of a newer server', () => {
    const frame = encode([
      'tick',
      1,
      null,
      null,
      null,
      [
        ['phase', 3],
        ['left', 4],
      ],
    ]);
    expect(decodeMessage(frame)).toMatchObject({ events: [{ type: 'left', conn: 4 }] });
  });
});
