import { describe, expect, it } from 'vitest';
import { plotStates, writingOnBoard } from '../../../src/ui/gathering/plotState.ts';
import { timeWords } from '../../../src/ui/gathering/words.ts';
import { type Changes, gatheringAt, MINUTE, NOON, opens } from './gatherings.ts';

function words(changes: Changes): Record<string, string> {
  const states = plotStates(gatheringAt(changes), NOON);
  return Object.fromEntries(
    [...states].map(([id, { look, words }]) => [id.replace('frame-', ''), `${look}: ${words}`]),
  );
}

const at = (minutes: number): string => `shut: Opens about ${timeWords(NOON + minutes * MINUTE)}`;

describe('what goes on in each region', () => {
  it('is open in its step, and later ones say about when', () => {
    expect(words({ at: 'tell' })).toEqual({ stories: 'live: Open for writing', see: at(5), focus: at(15) });
  });

  it('is sealed until the reveal, and what was done is done', () => {
    expect(words({ at: 'write' })).toEqual({
      stories: 'quiet: Done',
      see: 'live: Sealed until the reveal',
      focus: at(10),
    });
  });

  it('is revealed once it was', () => {
    expect(words({ at: 'write', phases: { write: { revealed: true } } }).see).toBe('live: Revealed');
  });

  it('is sorted where something was written last', () => {
    expect(words({ at: 'sort' })).toEqual({ stories: 'quiet: Done', see: 'live: Open for sorting', focus: at(6) });
  });

  it('is voted on from when a host opens the vote, until it is closed', () => {
    expect(words({ at: 'choose' }).focus).toBe('live: The vote opens in a moment');
    const poll = (open: boolean) => ({
      deciding: { polls: [{ poll: 'p', kind: 'dots', region: 'focus', phase: 'choose', open }] },
    });
    expect(words({ at: 'choose', areas: poll(true) }).focus).toBe('live: Open for voting');
    expect(words({ at: 'choose', areas: poll(false) }).focus).toBe('live: Vote closed');
  });

  it('is closed where a host has locked it, whatever the step says', () => {
    expect(words({ at: 'tell', areas: { moderating: { locked: ['stories'] } } }).stories).toBe(
      'shut: Locked by a host',
    );
  });

  it('opens again where a later step says so', () => {
    expect(words({ at: 'write', phases: { sort: { opens: [opens('focus')] } } }).focus).toBe(at(4));
  });

  it('is not told before the beginning, and after the end only of what was done', () => {
    expect(words({ at: null, stage: 'ready', timer: null })).toEqual({});
    expect(words({ at: 'write', stage: 'closed', timer: null })).toEqual({ stories: 'quiet: Done' });
  });
});

describe('where a person writes on the board', () => {
  const ann = { role: 'participant', table: null } as const;
  const where = (changes: Changes, person: Parameters<typeof writingOnBoard>[1] = ann) =>
    writingOnBoard(gatheringAt(changes), person, NOON);

  it('is in what is open in the step', () => {
    expect(where({ at: 'tell' })).toEqual({ open: ['frame-stories'], closed: null });
  });

  it('is nowhere while they write alone, and says where that is', () => {
    expect(where({ at: 'write' })).toMatchObject({
      open: [],
      closed: expect.stringContaining('sealed until the reveal'),
    });
  });

  it('is nowhere in a step for something else, until about when it opens again', () => {
    expect(where({ at: 'choose' }).closed).toBe('Writing is closed in this step. A host can open it again.');
    const phases = { choose: { opens: [opens('focus')] } };
    expect(where({ at: 'sort', phases }).closed).toBe(`Writing opens about ${timeWords(NOON + 6 * MINUTE)}.`);
  });

  it('is not in what a host has locked, nor after the end', () => {
    expect(where({ at: 'tell', areas: { moderating: { locked: ['stories'] } } }).open).toEqual([]);
    expect(where({ at: null, stage: 'closed', timer: null }).closed).toContain('has ended');
  });

  it('is anywhere before the beginning, and for hosts', () => {
    expect(where({ at: null, stage: 'ready', timer: null })).toEqual({ open: null, closed: null });
    expect(where({ at: 'write' }, { role: 'cohost', table: null })).toEqual({ open: null, closed: null });
  });
});
