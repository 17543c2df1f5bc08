import { describe, expect, it } from 'vitest';
import { nextDeadline } from '../../src/sync/connection.ts';
import { initialConnection } from '../../src/sync/connectionState.ts';
import { Bench, entryOf, sent, UPDATE, VECTOR, WELCOME } from './bench.ts';

const LOBBY = { type: 'lobby', seat: 's', name: 'Ngozi', resume: 'resume' } as const;

/** Somebody who is told over HTTP that the board is not for them yet, and goes on to the socket without it. */
function atTheDoor(code: 'lobby' | 'unseen'): Bench {
  const bench = new Bench();
  bench.tell({ type: 'started' });
  expect(bench.tell({ type: 'loadFailed', status: 403, code, message: 'Not yet.' })).toEqual([
    { type: 'connect', socket: 1 },
  ]);
  expect(sent(bench.open())).toEqual([{ type: 'hello', token: 'link', name: 'Ngozi', stateVector: VECTOR }]);
  return bench;
}

describe('the lobby', () => {
  it('is where one waits without a board, until the welcome brings it whole', () => {
    const bench = atTheDoor('lobby');
    expect(bench.receive(LOBBY)).toEqual([{ type: 'remember', resume: 'resume', name: 'Ngozi' }]);
    expect(bench.state.phase.kind).toBe('lobby');
    expect(bench.receive({ ...WELCOME, update: UPDATE })).toContainEqual({ type: 'merge', update: UPDATE });
    expect(bench.state.phase.kind).toBe('live');
  });

  it('is left and found again by the same seat when the connection breaks', () => {
    const bench = atTheDoor('lobby');
    bench.receive(LOBBY);
    bench.close(1006);
    bench.after(250);
    expect(sent(bench.open())).toMatchObject([{ type: 'hello', token: 'resume' }]);
  });

  it('is kept alive by pings, and given up when nobody answers', () => {
    const bench = atTheDoor('lobby');
    bench.receive(LOBBY);
    expect(nextDeadline(bench.state)).toBe(10_000);
    expect(sent(bench.after(10_000))).toEqual([{ type: 'ping', n: 1 }]);
    bench.receive({ type: 'pong', n: 1 });
    expect(sent(bench.after(10_000))).toEqual([{ type: 'ping', n: 1 }]);
    expect(bench.after(15_000)).toEqual([{ type: 'disconnect', socket: 1 }]);
  });

  it('is not asked about by whoever only has to be seen first', () => {
    const bench = atTheDoor('unseen');
    expect(bench.receive({ ...WELCOME, update: UPDATE })).toContainEqual({ type: 'merge', update: UPDATE });
  });
});

describe('an observer', () => {
  it('does not ask for a board before everybody is told that they are here', () => {
    const bench = new Bench();
    bench.state = initialConnection({ token: 'link', name: 'Ngozi', role: 'observer' });
    expect(bench.tell({ type: 'started' })).toEqual([{ type: 'connect', socket: 1 }]);
    expect(sent(bench.open())).toMatchObject([{ type: 'hello', token: 'link' }]);
  });

  it('who has something unsent from before has it read first, so that no word is lost', () => {
    const bench = new Bench();
    const outbox = { next: 2, entries: [entryOf(1)] };
    bench.state = initialConnection({ token: 'resume', name: null, role: 'observer', outbox });
    expect(bench.tell({ type: 'started' })).toEqual([{ type: 'load' }]);
  });
});

describe('a board that was rebuilt', () => {
  it('is not merged with the old one by whoever only gets it with the welcome', () => {
    const bench = new Bench().toLive();
    bench.close(4410);
    const effects = bench.tell({ type: 'loadFailed', status: 403, code: 'unseen', message: 'Not yet.' });
    expect(effects.map(({ type }) => type)).toEqual(['discard', 'forget', 'connect']);
    expect(bench.state.position).toBeNull();
  });
});

describe('a seat that a host has ended', () => {
  it('is not asked for again', () => {
    const bench = new Bench();
    bench.tell({ type: 'started' });
    bench.tell({ type: 'loadFailed', status: 403, code: 'removed', message: 'A host has ended your seat.' });
    expect(bench.saved).toMatchObject({ kind: 'ended', code: 4405 });
    expect(nextDeadline(bench.state)).toBeNull();
  });
});
