import { describe, expect, it } from 'vitest';
import { undoneBecause } from '../../src/sync/keptWords.ts';

function undone(code: string, message: string): string {
  return undoneBecause({ type: 'neutralised', cseq: 1, code, message, elements: [] });
}

describe('why something was undone', () => {
  it('is said in the words of the page where it knows the reason', () => {
    expect(undone('element_locked', 'A host has locked this.')).toBe('Not added: a host has locked this.');
  });

  it('is said in the words of the server where the step says until when', () => {
    expect(undone('closed', 'Writing is closed. It opens with “Sort”.')).toBe(
      'Not added: writing is closed. It opens with “Sort”.',
    );
    expect(undone('not_begun', 'The gathering has not begun.')).toBe('Not added: the gathering has not begun.');
  });
});
