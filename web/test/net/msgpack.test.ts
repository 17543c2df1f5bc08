import * as reference from '@msgpack/msgpack';
import { describe, expect, it } from 'vitest';
import { decode, encode } from '../../src/net/msgpack.ts';
import { type Seeded, seeded } from '../model/seeded.ts';

const EDGES = [0, 1, 127, 128, 255, 256, 32_767, 32_768, 65_535, 65_536, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32];
const NUMBERS = [
  ...EDGES,
  ...EDGES.slice(1).map((edge) => -edge),
  -32,
  -33,
  -129,
  Number.MAX_SAFE_INTEGER,
  0.1,
  -2.5,
  1e300,
];
const LENGTHS = [0, 1, 15, 16, 31, 32, 255, 256, 65_535, 65_536];

function anything(random: Seeded, depth = 0): unknown {
  const pick = Math.floor(random.unit() * (depth < 4 ? 8 : 6));
  const count = Math.floor(random.unit() * 20);
  switch (pick) {
    case 0:
      return null;
    case 1:
      return random.unit() < 0.5;
    case 2:
      return NUMBERS[Math.floor(random.unit() * NUMBERS.length)];
    case 3:
      return Math.round((random.unit() - 0.5) * 2 ** (random.unit() * 53)) + 0;
    case 4:
      return 'aß𝄞\ufeff'.repeat(count);
    case 5:
      return Uint8Array.from({ length: count * 20 }, () => Math.floor(random.unit() * 256));
    case 6:
      return Array.from({ length: count }, () => anything(random, depth + 1));
    default:
      return Object.fromEntries(
        Array.from({ length: count }, (_, index) => [`k${index}`, anything(random, depth + 1)]),
      );
  }
}

describe('messages as bytes', () => {
  it('are those of the reference, which reads them, for random values', () => {
    const random = seeded(11);
    for (let round = 0; round < 500; round += 1) {
      const value = anything(random);
      expect(reference.decode(encode(value))).toEqual(value);
      expect(decode(reference.encode(value))).toEqual(value);
      expect(decode(encode(value))).toEqual(value);
    }
  });

  it('are as short as they can be', () => {
    const values = [
      ...NUMBERS,
      ...LENGTHS.map((length) => 'x'.repeat(length)),
      ...LENGTHS.map((length) => new Uint8Array(length)),
      ...LENGTHS.map((length) => new Array(length).fill(null)),
      { a: 1, b: [true, null] },
    ];
    for (const value of values) expect(encode(value)).toEqual(reference.encode(value));
  });

  it('may be a view into something larger', () => {
    const frame = encode(['a', Uint8Array.of(1, 2)]);
    const larger = new Uint8Array(frame.length + 20);
    larger.set(frame, 7);
    expect(decode(larger.subarray(7, 7 + frame.length))).toEqual(['a', Uint8Array.of(1, 2)]);
  });

  it('are refused unless they are one whole value of the protocol', () => {
    const refused = [
      [],
      [0x92, 0x01],
      [0x01, 0x01],
      [0xc1],
      [0xc7, 0x01, 0x05, 0x00],
      [0xd4, 0x01, 0x00],
      [0xd6, 0xff, 0, 0, 0, 0],
      [0xa2, 0x61],
      [0xa1, 0xff],
      [0xc6, 0xff, 0xff, 0xff, 0xff],
      [0xdd, 0xff, 0xff, 0xff, 0xff],
      [0xdf, 0xff, 0xff, 0xff, 0xff],
      [0x81, 0x01, 0x02],
      [...new Array(100_000).fill(0x91), 0xc0],
    ];
    for (const bytes of refused) expect(() => decode(Uint8Array.from(bytes)), bytes.slice(0, 6).join()).toThrow();
  });

  it('cannot reach the prototype of an object', () => {
    const bytes = Uint8Array.from([0x81, 0xa9, ...new TextEncoder().encode('__proto__'), 0x81, 0xa1, 0x78, 0x01]);
    const value = decode(bytes);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect((value as { x?: number }).x).toBeUndefined();
  });
});
