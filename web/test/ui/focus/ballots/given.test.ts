import { expect, it } from 'vitest';
import { readPoll } from '../../../../src/model/gathering/deciding.ts';
import type { StoredBallot } from '../../../../src/net/gatheringStorage.ts';
import { givenOf, whyOf } from '../../../../src/ui/focus/ballots/given.ts';

function of(more: Partial<StoredBallot>): StoredBallot {
  return { poll: 'p', token: '', round: 1, ballot: null, reason: '', named: false, cast: null, wanted: false, ...more };
}

function poll(kind: string) {
  const read = readPoll({ poll: 'p', kind });
  if (read === null) throw new Error(`${kind} is no kind of poll`);
  return read;
}

it('leaves out dots and stars that were taken back, and keeps a fist without a finger', () => {
  expect(givenOf(poll('dots'), { a: 0, b: 2 })).toEqual({ b: 2 });
  expect(givenOf(poll('dots'), { a: 0 })).toEqual({});
  expect(givenOf(poll('rating'), { a: 0 })).toBeNull();
  expect(givenOf(poll('fists'), { a: 0, b: 5 })).toEqual({ a: 0, b: 5 });
  expect(givenOf(poll('fists'), {})).toBeNull();
  expect(givenOf(poll('fist'), 0)).toBe(0);
});

it('hands in no thing that has one mark of two', () => {
  expect(givenOf(poll('balance'), { a: [0, 100], b: [50, null], c: [null, 25] })).toEqual({ a: [0, 100] });
  expect(givenOf(poll('balance'), { b: [50, null] })).toBeNull();
});

it('gives a reason with two fingers and fewer, and with none that has moved up meanwhile', () => {
  expect(whyOf(of({ ballot: 2, reason: ' A date. ', named: true }))).toEqual({ reason: 'A date.', named: true });
  expect(whyOf(of({ ballot: 3, reason: 'A date.', named: true }))).toEqual({});
  expect(whyOf(of({ ballot: 'concern', reason: 'Early' }))).toEqual({ reason: 'Early', named: false });
  expect(whyOf(of({ ballot: 'consent', reason: 'Early' }))).toEqual({});
  const reasons = { a: 'Half the price.', b: 'A date.', c: ' ', d: 'Not rated' };
  expect(whyOf(of({ ballot: { a: 0, b: 4, c: 1 }, reasons }))).toEqual({
    reasons: { a: 'Half the price.' },
    named: false,
  });
});
