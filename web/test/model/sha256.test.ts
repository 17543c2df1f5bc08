import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { base64url, sha256 } from '../../src/model/sha256.ts';

it('hashes as everybody else does, at every length around a block', () => {
  for (const length of [0, 1, 3, 32, 55, 56, 63, 64, 65, 119, 120, 1_000]) {
    const message = Uint8Array.from({ length }, (_, index) => (index * 31 + length) % 256);
    expect(base64url(sha256(message)), `${length} bytes`).toBe(
      createHash('sha256').update(message).digest('base64url'),
    );
  }
});
