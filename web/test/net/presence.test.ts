import { expect, it } from 'vitest';
import { MalformedMessage } from '../../src/net/parse.ts';
import { decodePresence } from '../../src/net/presence.ts';

it.each([
  ['nothing at all', []],
  ['something to forget that is not known', [3]],
  ['a row without its fields', [0, 1]],
  ['a row that tells nothing', [0, 1, 0]],
  ['a field that is not known', [0, 1, 128]],
  ['a cursor that is there and not', [0, 1, 3, 2, 2]],
  ['writing that goes on and not', [0, 1, 24]],
  ['a drag that goes on and not', [0, 1, 96, 2, 2, 2, 2]],
  ['half a cursor', [0, 1, 1, 2]],
  ['half a number', [0, 1, 1, 2, 0x80]],
  ['fewer ids than it says', [0, 1, 4, 2, ...Array(12).fill(65)]],
  ['ids without end', [0, 1, 4, 255, 255, 255, 255, 15]],
  ['a number too large to count with', [0, 255, 255, 255, 255, 255, 255, 255, 127, 1, 0, 0]],
  ['a number without end', [0, ...Array(200).fill(255)]],
])('%s is malformed', (_, bytes) => {
  expect(() => decodePresence(Uint8Array.from(bytes))).toThrow(MalformedMessage);
});
