import { expect, it } from 'vitest';
import { NO_GATHERING, readGathering } from '../../../src/model/gathering/gathering.ts';
import { NOTHING_OWN, readOwn } from '../../../src/model/gathering/own.ts';

it('reads nothing, and what is no gathering at all, as no gathering', () => {
  for (const value of [null, undefined, 7, 'live', [], { show: 3, people: [], deciding: { polls: 'none' } }]) {
    expect(readGathering(value)).toEqual(NO_GATHERING);
    expect(readOwn(value)).toEqual(NOTHING_OWN);
  }
  expect(NO_GATHERING.show.stage).toBe('none');
  expect(NOTHING_OWN.people.consent).toBeNull();
});

it('leaves out what a newer server says, and reads on', () => {
  const read = readGathering({
    weather: { rain: true },
    show: {
      stage: 'live',
      at: 'write',
      mood: 'calm',
      phases: [
        { title: 'without a key' },
        {
          key: 'write',
          minutes: 4,
          moving: 'by committee',
          poll: { kind: 'auction' },
          opens: [
            { region: 'see', writers: 'all', visibility: 'sealed-open', attribution: 'none', longest: 140 },
            { region: 'new', writers: 'all', visibility: 'by moonlight', attribution: 'none' },
          ],
        },
      ],
    },
    people: { asking: [['seat________', 'hand', 5], ['seat________', 'song', 6], 'noise'] },
    deciding: { polls: [{ poll: 'p', kind: 'auction' }, { kind: 'dots' }] },
  });
  const [phase, ...others] = read.show.phases;
  expect(others).toEqual([]);
  expect(phase).toMatchObject({ key: 'write', moving: 'nobody', poll: null, revealed: false });
  // Terms that are not understood are no terms to write under.
  expect(phase?.opens).toEqual([
    { region: 'see', writers: 'all', visibility: 'sealed-open', attribution: 'none', limit: 0, longest: 140 },
  ]);
  expect(read.people.asking).toEqual([{ seat: 'seat________', what: 'hand', at: 5 }]);
  expect(read.deciding.polls).toEqual([]);
});

it('reads what one seat sees, and results of polls with and without figures', () => {
  const own = readOwn({
    people: { role: 'participant', table: 'a', consent: false, asking: ['pause'] },
    sealing: { notes: [{ note: 'n', region: 'see', text: 'one', phase: 'write', late: false }, { text: 'whose?' }] },
    deciding: { cast: ['p'] },
  });
  expect(own.people).toMatchObject({ role: 'participant', table: 'a', consent: false, asking: ['pause'] });
  expect(own.sealing.notes).toEqual([
    { note: 'n', region: 'see', text: 'one', phase: 'write', late: false, table: null, by: null },
  ]);
  expect(own.deciding.cast).toEqual(['p']);
  const { deciding } = readGathering({
    deciding: {
      polls: [
        { poll: 'p', kind: 'dots', result: { n: 6, totals: { a: 4, b: 'many' } } },
        { poll: 'q', kind: 'fist', result: { n: 3, suppressed: true } },
        { poll: 'r', kind: 'rating', open: true },
      ],
    },
  });
  expect(deciding.polls.map(({ result }) => result?.n ?? null)).toEqual([6, 3, null]);
  expect([...(deciding.polls[0]?.result?.totals ?? [])]).toEqual([['a', 4]]);
  expect(deciding.polls[1]?.result?.suppressed).toBe(true);
});

it('reads how votes on several cards fell, and nothing that is half told', () => {
  const place = { median: 27.5, spread: [20, 100] };
  const { deciding } = readGathering({
    deciding: {
      polls: [
        {
          poll: 'p',
          kind: 'fists',
          concerns: [{ id: 'r', about: 'a', reason: 'A date.' }],
          result: {
            n: 6,
            mean: { a: 3.33 },
            median: { a: 4 },
            spread: { a: [0, 5], b: [1] },
            fingers: { a: [1, 0, 1, 0, 2, 2] },
          },
        },
        {
          poll: 'q',
          kind: 'balance',
          result: { n: 6, balance: { a: { today: place, wanted: place }, b: { today: place } } },
        },
      ],
    },
  });
  const [fists, balance] = deciding.polls;
  expect(fists?.concerns).toMatchObject([{ about: 'a', reason: 'A date.', by: null }]);
  expect(fists?.result).toMatchObject({ mean: null, median: null, spread: null });
  expect([...(fists?.result?.medians ?? [])]).toEqual([['a', 4]]);
  expect([...(fists?.result?.spreads ?? [])]).toEqual([['a', [0, 5]]]);
  expect(fists?.result?.fingers.get('a')).toEqual([1, 0, 1, 0, 2, 2]);
  expect([...(balance?.result?.balance ?? [])]).toEqual([['a', { today: place, wanted: place }]]);
});

it('reads who has finished, who sits in where, and the bell', () => {
  const told = readGathering({
    finishing: { share: null, count: 3, of: 9 },
    visiting: { visits: { Rosa________: { table: 'east', from: 5, here: true }, Hal_________: { from: 5 } } },
    moderating: { bell: { at: 7, by: 'Rosa________' } },
  });
  expect(told.finishing).toEqual({ share: null, count: 3, of: 9 });
  expect(told.visits).toEqual([{ seat: 'Rosa________', table: 'east', from: 5, here: true }]);
  expect(told.moderating.bell).toEqual({ at: 7, by: 'Rosa________' });
  expect(NO_GATHERING.moderating.bell).toBeNull();
  expect(NO_GATHERING.finishing).toEqual({ share: null, count: null, of: null });
  expect(readOwn({ finishing: { finished: true } }).finished).toBe(true);
});

it('reads what is asked of hosts, what goes on at tables, and when all of it is erased', () => {
  const asked = { request: 'time:T', by: 'T', what: 'time', seconds: 60 };
  const summon = { by: 'T', region: 'see', until: 9, hold: 30 };
  const { requests, tables, erasing } = readGathering({
    requests: { open: [asked, { request: 'x', what: 'a pony' }] },
    tables: { choosing: true, timers: { east: { ends: 7, seconds: 60 }, west: 'later' }, summons: { east: summon } },
    erasing: { by: 'R', at: 1, due: 5 },
  });
  expect(requests).toEqual([{ ...asked, at: 0, stopped: false, who: null, table: null, element: null, reason: '' }]);
  expect(tables.choosing).toBe(true);
  expect([...tables.timers]).toEqual([['east', { ends: 7, seconds: 60 }]]);
  expect(tables.summons.get('east')).toMatchObject({ region: 'see', hold: true });
  expect(erasing).toEqual({ by: 'R', due: 5 });
  expect(readGathering({ erasing: { due: null } }).erasing).toBeNull();
  expect(readOwn({ tables: { timer: { ends: 7, seconds: 60 }, summon } }).tables.timer?.ends).toBe(7);
});
