import { describe, expect, it } from 'vitest';
import { readGathering } from '../../../src/model/gathering/gathering.ts';
import { asPlanned, moved, withMinutes } from '../../../src/ui/gathering/arranging.ts';
import { gatheringAt } from './gatherings.ts';

const { show } = gatheringAt({ at: 'write' });
const keys = (phases: readonly { readonly key: string }[] | null) => phases?.map(({ key }) => key) ?? null;

describe('arranging the steps to come', () => {
  it('moves one a place, and no further than what has begun', () => {
    expect(keys(moved(show, 'choose', -1))).toEqual(['tell', 'write', 'choose', 'sort']);
    expect(keys(moved(show, 'sort', 1))).toEqual(['tell', 'write', 'choose', 'sort']);
    for (const [key, by] of [
      ['sort', -1],
      ['choose', 1],
      ['write', 1],
      ['tell', 1],
      ['nothing', 1],
    ] as const)
      expect(moved(show, key, by)).toBeNull();
  });

  it('gives a step other minutes, within bounds, unless it has begun', () => {
    expect(withMinutes(show, 'sort', 7)?.map(({ minutes }) => minutes)).toEqual([5, 4, 7, 3]);
    expect(withMinutes(show, 'sort', 0)).toBeNull();
    expect(withMinutes(show, 'sort', 481)).toBeNull();
    expect(withMinutes(show, 'write', 7)).toBeNull();
  });

  it('sends what was planned, and nothing that has come of it', () => {
    const [, write] = show.phases;
    if (write === undefined) throw new Error('no such step');
    expect(asPlanned(write)).toEqual({
      key: 'write',
      title: 'Write what we see',
      instruction: 'One thing on each note.',
      minutes: 4,
      opens: [
        { region: 'see', writers: 'all', visibility: 'sealed-open', attribution: 'none', limit: 0, longest: 280 },
      ],
      moving: 'own',
      poll: null,
      connects: false,
      cursors: 'nobody',
      tables_reveal: false,
      yields: '',
      check: '',
    });
  });

  it('sends every part of a plan as it was told', () => {
    // As the server writes a step of a plan, with nothing left at what it is where nothing is said.
    const planned = {
      key: 'leave',
      title: 'Take your leave',
      instruction: 'Say so to one person.',
      minutes: 9,
      opens: [
        { region: 'see', writers: 'table', visibility: 'sealed-table', attribution: 'table', limit: 3, longest: 140 },
      ],
      moving: 'table',
      poll: { kind: 'dots', question: 'Which first?', region: 'see', budget: 5, most: 2 },
      connects: true,
      cursors: 'all',
      tables_reveal: true,
      yields: 'Some who go on.',
      check: 'Everybody was asked.',
    };
    const come = { skipped: true, opened: 1, left: 2, spent: 3, extra: 4, revealed: true };
    const [phase] = readGathering({ show: { stage: 'live', phases: [{ ...planned, ...come }] } }).show.phases;
    if (phase === undefined) throw new Error('no such step');
    expect(asPlanned(phase)).toEqual(planned);
  });
});
