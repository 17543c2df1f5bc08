import { describe, expect, it } from 'vitest';
import { ApiError } from '../../src/net/api.ts';
import { reasonOfClose, reasonOfError, TITLES } from '../../src/ui/endings.ts';
import { endingOf } from '../../src/ui/endingWords.ts';

describe('the end of a board', () => {
  it('has a reason for each close code of the protocol that concerns a person', () => {
    expect(reasonOfClose(4401)).toBe('token');
    expect(reasonOfClose(4403)).toBe('revoked');
    expect(reasonOfClose(4404)).toBe('unknown');
    expect(reasonOfClose(4405)).toBe('removed');
    expect(reasonOfClose(4406)).toBe('version');
    expect(reasonOfClose(1011)).toBe('fault');
  });

  it('has a reason for each answer of the server', () => {
    const reason = (status: number) => reasonOfError(new ApiError('code', 'words', status));
    expect([0, 401, 403, 404, 503, 500].map(reason)).toEqual([
      'unreachable',
      'token',
      'revoked',
      'unknown',
      'unreachable',
      'fault',
    ]);
    expect(reasonOfError(new Error('a fault of ours'))).toBe('fault');
  });

  it('always says what to do, and never blames', () => {
    const reasons = ['revoked', 'token', 'unknown', 'version', 'unreachable', 'page', 'fault'] as const;
    for (const reason of reasons) {
      const { why, advice, action, pasteLink } = endingOf(reason);
      expect(action !== null || pasteLink).toBe(true);
      expect(`${TITLES[reason]} ${why} ${advice}`).not.toMatch(/invalid|error|failed|denied|forbidden|user|session/i);
    }
  });
});
