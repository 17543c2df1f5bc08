import { describe, expect, it } from 'vitest';
import { driftWords, nextStep } from '../../../src/ui/gathering/nextStep.ts';
import { gatheringAt, MINUTE } from './gatherings.ts';

const poll = (open: boolean) => ({
  deciding: { polls: [{ poll: 'p1', kind: 'dots', question: 'Where?', region: 'focus', phase: 'choose', open }] },
});

describe('the one gold button', () => {
  it('starts, with the first step that is not passed over', () => {
    const phases = { tell: { skipped: true } };
    expect(nextStep(gatheringAt({ at: null, stage: 'ready', timer: null, phases }))).toEqual({
      kind: 'start',
      label: 'Start: Write what we see',
    });
  });

  it('goes to the next step, and says which one it has seen', () => {
    expect(nextStep(gatheringAt({ at: 'tell' }))).toEqual({
      kind: 'go',
      label: 'Next: Write what we see',
      since: 'tell',
    });
  });

  it('passes over what is passed over', () => {
    const phases = { write: { skipped: true } };
    expect(nextStep(gatheringAt({ at: 'tell', phases }))).toMatchObject({ label: 'Next: sort' });
  });

  it('reveals in a sealed step, says what, and goes on only after that', () => {
    expect(nextStep(gatheringAt({ at: 'write' }))).toEqual({
      kind: 'reveal',
      label: 'Reveal',
      what: 'see',
      toTables: false,
    });
    const phases = { write: { revealed: true } };
    expect(nextStep(gatheringAt({ at: 'write', phases }))).toMatchObject({ kind: 'go', label: 'Next: sort' });
  });

  it('opens the vote of a step, closes it, and then goes on', () => {
    expect(nextStep(gatheringAt({ at: 'choose' }))).toMatchObject({
      kind: 'openVote',
      poll: { question: 'Where do we begin?' },
    });
    expect(nextStep(gatheringAt({ at: 'choose', areas: poll(true) }))).toEqual({
      kind: 'closeVote',
      label: 'Close the vote',
      poll: 'p1',
    });
    expect(nextStep(gatheringAt({ at: 'choose', areas: poll(false) }))).toMatchObject({ kind: 'end' });
  });

  it('goes on after the end, and does nothing without a run of show', () => {
    expect(nextStep(gatheringAt({ at: null, stage: 'closed', timer: null }))).toMatchObject({ kind: 'reopen' });
    expect(nextStep(gatheringAt({ at: null, stage: 'none', timer: null }))).toBeNull();
  });
});

describe('how the gathering stands to its plan', () => {
  it('is told in whole minutes', () => {
    expect([0, 29_000, -29_000].map(driftWords)).toEqual(['On plan.', 'On plan.', 'On plan.']);
    expect(driftWords(MINUTE)).toBe('1 minute behind plan.');
    expect(driftWords(-2.4 * MINUTE)).toBe('2 minutes ahead of plan.');
  });
});
