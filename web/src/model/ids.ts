/** Ids of elements: 72 random bits as 12 characters of base64url, made by the client. */

import { type ElementId, elementId } from './element.ts';

/** Where randomness comes from; tests give a seeded one. */
export type RandomBytes = (count: number) => Uint8Array;

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const ID_LENGTH = 12;

export function cryptoBytes(count: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(count));
}

export function newId(random: RandomBytes = cryptoBytes): ElementId {
  // 256 is a multiple of 64, so the low six bits of a byte are as random as the byte.
  let id = '';
  for (const byte of random(ID_LENGTH)) id += ALPHABET.charAt(byte & 63);
  return elementId(id);
}
