import { describe, expect, it } from 'vitest';
import {
  askNow,
  clockText,
  drift,
  endsAbout,
  fractionDone,
  guarantee,
  openingFor,
  personOf,
  phaseNext,
  phaseNow,
  plannedTimes,
  pollNow,
  progressWords,
  stepOf,
  timeLeft,
  writingIn,
} from '../../src/model/agenda.ts';
import type { Opening } from '../../src/model/gathering/phase.ts';
import { BEGAN, gathering, MINUTE, own } from './gatherings.ts';

const ANN = personOf(own('participant'), null);
const ROSA = personOf(own('host'), null);
const VERA = personOf(own('harvester'), null);
const OLGA = personOf(own('observer'), null);

const opening = (visibility: Opening['visibility'], attribution: Opening['attribution']): Opening => ({
  region: 'see',
  writers: 'all',
  visibility,
  attribution,
  limit: 0,
  longest: 280,
});

describe('the steps', () => {
  it('counts those that are not passed over', () => {
    const now = gathering({ at: 'write', runs: { arrive: { opened: 1 }, tell: { opened: 2 }, write: { opened: 3 } } });
    expect(phaseNow(now)?.title).toBe('Write what we see');
    expect(stepOf(now)).toEqual({ n: 3, m: 5 });
    expect(phaseNext(now)?.key).toBe('sort');
    expect(stepOf(gathering())).toBeNull();
    expect(phaseNow(gathering({ at: 'write', stage: 'closed' }))).toBeNull();
  });
});

describe('writing', () => {
  it('is open under the terms of the step, to those they name', () => {
    const telling = gathering({ at: 'tell' });
    expect(openingFor(telling, 'stories', ANN)?.visibility).toBe('open');
    expect(openingFor(telling, 'record', ANN)).toBeNull();
    expect(openingFor(telling, 'record', VERA)?.attribution).toBe('none');
    expect(openingFor(telling, 'see', ROSA)).toBeNull();
    expect(writingIn(telling, 'stories', ANN, BEGAN)).toMatchObject({ may: true });
    expect(writingIn(telling, 'record', ANN, BEGAN)).toMatchObject({
      may: false,
      why: 'The harvest team writes here in this step.',
    });
  });

  it('says when a region opens that is closed now', () => {
    const began = { opened: BEGAN };
    const arriving = gathering({ at: 'arrive', runs: { arrive: began }, timer: { ends: BEGAN + 2 * MINUTE, left: 0 } });
    expect(writingIn(arriving, 'see', ANN, BEGAN + MINUTE)).toEqual({
      may: false,
      why: 'Writing opens in step 3: Write what we see.',
      from: BEGAN + 7 * MINUTE,
    });
    expect(writingIn(arriving, 'focus', ANN, BEGAN)).toMatchObject({ may: false, from: null });
    expect(writingIn(arriving, 'see', ROSA, BEGAN)).toEqual({ may: true, opening: null });
  });

  it('is closed after the reveal, after the end, and to those who look on; and open without a run of show', () => {
    const revealed = gathering({ at: 'write', runs: { write: { revealed: true } } });
    expect(writingIn(revealed, 'see', ANN, BEGAN)).toMatchObject({
      may: false,
      why: expect.stringContaining('revealed'),
    });
    expect(writingIn(gathering({ stage: 'closed' }), 'see', ANN, BEGAN)).toMatchObject({ may: false });
    expect(writingIn(gathering({ stage: 'none' }), 'see', OLGA, BEGAN)).toMatchObject({ may: false });
    expect(writingIn(gathering({ stage: 'none' }), null, ANN, BEGAN)).toEqual({ may: true, opening: null });
  });
});

describe('what is asked', () => {
  it('follows the step', () => {
    const kind = (at: string | null, more = {}, person = ANN) => askNow(gathering({ at, ...more }), person).kind;
    expect(kind(null, { stage: 'none' })).toBe('nothing');
    expect(kind(null, { stage: 'ready' })).toBe('ready');
    expect(kind(null)).toBe('between');
    expect(kind('arrive')).toBe('listen');
    expect(kind('tell')).toBe('write');
    expect(kind('write')).toBe('sealed');
    expect(kind('write', {}, OLGA)).toBe('sealed');
    expect(kind('write', { runs: { write: { revealed: true } } })).toBe('revealed');
    expect(kind('sort')).toBe('sort');
    expect(kind('choose')).toBe('vote');
    expect(kind(null, { stage: 'closed' })).toBe('closed');
  });

  it('is a vote while one is open, and the result of this step afterwards', () => {
    const polls = [
      { poll: 'a', kind: 'dots', phase: 'choose', open: false },
      { poll: 'b', kind: 'fist', phase: 'tell', open: false },
    ];
    expect(pollNow(gathering({ at: 'choose', polls }))?.poll).toBe('a');
    expect(pollNow(gathering({ at: 'sort', polls }))).toBeNull();
    const leftOpen = [{ poll: 'a', kind: 'dots', phase: 'choose', open: true }];
    expect(pollNow(gathering({ at: 'write', polls: leftOpen }))).toBeNull();
    expect(askNow(gathering({ at: 'write', polls: leftOpen }), ANN).kind).toBe('sealed');
    const open = [...polls, { poll: 'c', kind: 'consent', open: true }];
    expect(pollNow(gathering({ at: 'sort', polls: open }))?.poll).toBe('c');
  });
});

describe('the guarantee', () => {
  it('is true on the server, in one sentence and what follows', () => {
    const said = (...terms: [Opening['visibility'], Opening['attribution']]) => {
      const { promise, rest } = guarantee(opening(...terms));
      return `${promise} ${rest}`;
    };
    expect(said('sealed-open', 'named')).toBe('Only you can see this until it is revealed. Then your name is on it.');
    expect(said('sealed-open', 'none')).toBe(
      'Only you can see this until it is revealed. Your name is not stored with it, not even for hosts.',
    );
    expect(said('open', 'none')).toBe(
      'Everyone sees this as soon as you add it. People here can see who wrote it. No file names you.',
    );
    expect(said('open', 'named')).toBe('Everyone sees this as soon as you add it. Your name is on it.');
    expect(said('sealed-table', 'table')).toBe(
      'Only your table can see this until it is revealed. Your table is named with it. Your name is not stored with it.',
    );
  });

  it('tells of the group in words', () => {
    expect([null, 0, 25, 50, 75, 100].map(progressWords)).toEqual([
      null,
      'The group is beginning to write.',
      'Some of the group have written something.',
      'About half the group has written something.',
      'Most of the group has written something.',
      'Everyone has written something.',
    ]);
  });
});

describe('time', () => {
  const runs = { arrive: { opened: BEGAN, left: BEGAN + 4 * MINUTE }, tell: { opened: BEGAN + 4 * MINUTE } };
  const telling = gathering({ at: 'tell', runs, timer: { ends: BEGAN + 9 * MINUTE, left: 0 } });

  it('counts down to the end, stands while it is stopped, and is never less than nothing', () => {
    expect(timeLeft(telling.show, BEGAN + 8 * MINUTE)).toBe(MINUTE);
    expect(timeLeft(telling.show, BEGAN + 12 * MINUTE)).toBe(0);
    expect(fractionDone(telling, BEGAN + 8 * MINUTE)).toBeCloseTo(0.8);
    const stopped = gathering({ at: 'tell', runs, timer: { ends: null, left: 3 * MINUTE } });
    expect(timeLeft(stopped.show, BEGAN + 99 * MINUTE)).toBe(3 * MINUTE);
    expect(timeLeft(gathering().show, BEGAN)).toBeNull();
    expect([108_000, 59_001, 0, 3_725_000].map(clockText)).toEqual(['1:48', '1:00', '0:00', '1:02:05']);
  });

  it('forecasts each step from how things go, and how late it will be', () => {
    const now = BEGAN + 5 * MINUTE;
    const minutes = plannedTimes(telling.show, now).map(({ key, at, planned }) => [
      key,
      (at - BEGAN) / MINUTE,
      (planned - BEGAN) / MINUTE,
    ]);
    expect(minutes).toEqual([
      ['arrive', 0, 0],
      ['tell', 4, 2],
      ['write', 9, 7],
      ['sort', 13, 11],
      ['choose', 19, 17],
    ]);
    expect(endsAbout(telling.show, now)).toBe(BEGAN + 22 * MINUTE);
    expect(drift(telling.show, now)).toBe(2 * MINUTE);
    // Time that runs over pushes what follows.
    expect(drift(telling.show, BEGAN + 12 * MINUTE)).toBe(5 * MINUTE);
    expect(drift(gathering({ stage: 'ready' }).show, now)).toBe(0);
  });
});
