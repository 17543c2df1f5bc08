/**
 * The order of elements in depth: fractional keys with jitter, compared as (z, id).
 *
 * Two people who add at once hardly ever get the same key; if they do, the id decides. Keys are never "repaired" on reading,
 * because every reader's repair would be one more edit. Keys of foreign clients may be any 1–64 characters of [0-9A-Za-z]; those
 * that our library does not take are extended as plain strings.
 */

import { generateNKeysBetween } from 'jittered-fractional-indexing';
import { cryptoBytes, type RandomBytes } from './ids.ts';

const MAX_KEY_LENGTH = 64;
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

export function compareDepth(
  a: { readonly z: string; readonly id: string },
  b: { readonly z: string; readonly id: string },
): number {
  if (a.z !== b.z) return a.z < b.z ? -1 : 1;
  return a.id === b.id ? 0 : a.id < b.id ? -1 : 1;
}

function bits(random: RandomBytes): () => boolean {
  let pool = 0;
  let left = 0;
  return () => {
    if (left === 0) {
      pool = random(1)[0] ?? 0;
      left = 8;
    }
    left -= 1;
    const bit = (pool & 1) === 1;
    pool >>= 1;
    return bit;
  };
}

/** `count` ascending characters of the alphabet, never its first: for keys made without the library. */
function plainDigits(count: number): string[] {
  const step = Math.max(1, Math.floor((DIGITS.length - 1) / count));
  return Array.from({ length: count }, (_, index) => DIGITS.charAt(Math.min(DIGITS.length - 1, 1 + index * step)));
}

function plainKeys(count: number, low: string | null, high: string | null): string[] {
  const base = low ?? (high === null ? 'a' : '0');
  if (base.length >= MAX_KEY_LENGTH) return Array.from({ length: count }, () => base);
  return plainDigits(count).map((digit) => base + digit);
}

/**
 * Keys for `count` elements, ascending.
 *
 * Args:
 *   low: The key to stay above, or `null` for none.
 *   high: The key to stay below, or `null` for none.
 */
export function keysBetween(
  count: number,
  low: string | null,
  high: string | null,
  random: RandomBytes = cryptoBytes,
): string[] {
  if (count === 0) return [];
  try {
    const keys = generateNKeysBetween(low, high, count, { getRandomBit: bits(random), jitterBits: 24 });
    if (keys.every((key) => key.length <= MAX_KEY_LENGTH)) return keys;
  } catch {
    // A foreign key the library cannot extend.
  }
  return plainKeys(count, low, high);
}
