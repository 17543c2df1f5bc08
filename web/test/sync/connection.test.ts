import { describe, expect, it } from 'vitest';
import { nextDeadline } from '../../src/sync/connection.ts';
import { initialConnection } from '../../src/sync/connectionState.ts';
import type { Mode } from '../../src/sync/messages.ts';
import { saveStateChangesAt } from '../../src/sync/saved.ts';
import { Bench, BOARD, entryOf, sent, TICK, UPDATE, VECTOR, WELCOME } from './bench.ts';

describe('opening', () => {
  it('loads, connects, greets with what it holds, and is live after the welcome', () => {
    const bench = new Bench();
    expect(bench.tell({ type: 'started' })).toEqual([{ type: 'load' }]);
    expect(bench.load()).toEqual([
      { type: 'merge', update: BOARD },
      { type: 'connect', socket: 1 },
    ]);
    expect(bench.open()).toEqual([
      {
        type: 'send',
        message: { type: 'hello', token: 'link', name: 'Ngozi', stateVector: VECTOR, since: { epoch: 1, seq: 10 } },
      },
    ]);
    expect(bench.receive({ ...WELCOME, update: UPDATE })).toEqual([
      { type: 'remember', resume: 'resume', name: 'Ngozi' },
      { type: 'merge', update: UPDATE },
      { type: 'authored', authors: new Map(), all: true },
      { type: 'compare', stateVector: VECTOR, unsaved: [] },
    ]);
    expect(bench.saved).toEqual({ kind: 'saved' });
    expect(bench.state.roster.people).toEqual([
      { conn: 7, seat: 's', name: 'Ngozi', role: 'participant', hue: 3, self: true },
    ]);
  });

  it('comes back to the same seat', () => {
    const bench = new Bench().toLive();
    bench.close(1006);
    bench.after(250);
    expect(sent(bench.open())).toMatchObject([{ type: 'hello', token: 'resume', since: { epoch: 1, seq: 10 } }]);
  });

  it('tries again when the board cannot be fetched, and ends when it may not be', () => {
    const bench = new Bench();
    bench.tell({ type: 'started' });
    expect(bench.tell({ type: 'loadFailed', status: 0, code: 'network', message: 'no answer' })).toEqual([]);
    expect(nextDeadline(bench.state)).toBe(125);
    expect(bench.after(124)).toEqual([]);
    expect(bench.after(1)).toEqual([{ type: 'load' }]);
    bench.tell({ type: 'loadFailed', status: 404, code: 'unknown_board', message: 'There is no such board.' });
    expect(bench.saved).toEqual({ kind: 'ended', code: 4404, message: 'There is no such board.' });
    expect(nextDeadline(bench.state)).toBeNull();
  });

  it('gives up a socket that does not open, or a hello nobody answers, after ten seconds', () => {
    for (const greet of [false, true]) {
      const bench = new Bench().toOpening();
      if (greet) bench.open();
      expect(nextDeadline(bench.state)).toBe(10_000);
      expect(bench.after(10_000)).toEqual([{ type: 'disconnect', socket: 1 }]);
      expect(bench.after(125)).toEqual([{ type: 'connect', socket: 3 }]);
    }
  });

  it('does not listen to a socket it has given up', () => {
    const bench = new Bench().toOpening();
    bench.after(10_000);
    const before = bench.state;
    expect(bench.tell({ type: 'opened', socket: 1, stateVector: VECTOR })).toEqual([]);
    expect(bench.tell({ type: 'received', socket: 1, message: WELCOME })).toEqual([]);
    expect(bench.tell({ type: 'closed', socket: 1, code: 4403, reason: '' })).toEqual([]);
    expect(bench.state).toEqual(before);
  });

  it('puts edits of an earlier page on the board before connecting', () => {
    const bench = new Bench();
    const entries = [entryOf(1)];
    bench.state = initialConnection({ token: 'resume', name: null, outbox: { next: 2, entries } });
    bench.tell({ type: 'started' });
    expect(bench.load(1, 1)).toEqual([
      { type: 'merge', update: BOARD },
      { type: 'merge', update: UPDATE },
      { type: 'connect', socket: 1 },
    ]);
    bench.open();
    expect(sent(bench.receive(WELCOME))).toEqual([{ type: 'edit', cseq: 1, update: UPDATE }]);
  });
});

describe('edits', () => {
  it('are stored and sent at once, counted from 1, and forgotten on the receipt for all up to that number', () => {
    const bench = new Bench().toLive();
    expect(bench.edit()).toEqual([
      { type: 'store', entry: entryOf(1) },
      { type: 'send', message: { type: 'edit', cseq: 1, update: UPDATE } },
    ]);
    bench.edit();
    bench.edit();
    expect(bench.receipt(2)).toEqual([{ type: 'forget', upTo: 2 }]);
    expect(bench.state.outbox).toMatchObject({ next: 4, entries: [{ cseq: 3 }] });
    expect(bench.receipt(3)).toEqual([{ type: 'forget', upTo: 3 }]);
    expect(bench.saved).toEqual({ kind: 'saved' });
  });

  it('are not receipted by somebody else’s receipt', () => {
    const bench = new Bench().toLive();
    bench.edit();
    expect(bench.receipt(1, 8)).toEqual([]);
    expect(bench.saved).toEqual({ kind: 'saving' });
  });

  it('go again in order under their own numbers after a lost connection', () => {
    const bench = new Bench().toLive();
    bench.edit(Uint8Array.of(1));
    bench.edit(Uint8Array.of(2));
    bench.receipt(1);
    bench.close(1006);
    bench.edit(Uint8Array.of(3));
    bench.after(250);
    bench.open();
    expect(sent(bench.receive({ ...WELCOME, conn: 9 }))).toEqual([
      { type: 'edit', cseq: 2, update: Uint8Array.of(2) },
      { type: 'edit', cseq: 3, update: Uint8Array.of(3) },
    ]);
    expect(bench.receipt(3, 7)).toEqual([]);
    expect(bench.receipt(3, 9)).toEqual([{ type: 'forget', upTo: 3 }]);
  });

  it('go again when the board can be saved again, and meanwhile the person knows that it cannot', () => {
    const bench = new Bench().toLive();
    const told = (mode: Mode) => bench.receive({ ...TICK, events: [{ type: 'mode', mode }] });
    bench.edit(Uint8Array.of(1));
    bench.edit(Uint8Array.of(2));
    bench.receipt(1);
    expect(told('paused')).toEqual([]);
    expect(bench.state.mode).toBe('paused');
    bench.edit(Uint8Array.of(3));
    expect(sent(told('open'))).toEqual([
      { type: 'edit', cseq: 2, update: Uint8Array.of(2) },
      { type: 'edit', cseq: 3, update: Uint8Array.of(3) },
    ]);
    expect(bench.state.mode).toBe('open');
    // Locking and unlocking passes nothing over.
    expect([...told('locked'), ...told('open')]).toEqual([]);
    expect(sent([...told('paused'), ...told('locked')])).toHaveLength(2);
  });

  it('too large for a frame go in parts', () => {
    const bench = new Bench().toOpening();
    bench.open();
    bench.receive({ ...WELCOME, limits: { ...WELCOME.limits, frame: 67 } });
    expect(sent(bench.edit(Uint8Array.of(1, 2, 3, 4, 5, 6, 7)))).toEqual([
      { type: 'part', cseq: 1, index: 0, count: 3, bytes: Uint8Array.of(1, 2, 3) },
      { type: 'part', cseq: 1, index: 1, count: 3, bytes: Uint8Array.of(4, 5, 6) },
      { type: 'part', cseq: 1, index: 2, count: 3, bytes: Uint8Array.of(7) },
    ]);
  });

  it('too large for parts are given up, with their words', () => {
    const bench = new Bench().toLive();
    const effects = bench.edit(new Uint8Array(4 * 1024 * 1024 + 1));
    expect(sent(effects)).toEqual([]);
    expect(effects).toMatchObject([
      { type: 'disconnect' },
      { type: 'discard', code: 'too_large' },
      { type: 'forget' },
      { type: 'load' },
    ]);
  });
});

describe('a refusal', () => {
  it('discards the board, keeps the words of all un-receipted edits, and loads afresh', () => {
    const bench = new Bench().toLive();
    bench.edit();
    bench.edit();
    bench.receipt(1);
    const refusal = {
      type: 'refused',
      cseq: 2,
      code: 'role',
      message: 'You can look, not change.',
      elements: [],
    } as const;
    expect(bench.receive(refusal)).toEqual([
      { type: 'disconnect', socket: 1 },
      {
        type: 'discard',
        lost: [entryOf(2)],
        code: 'role',
        message: 'You can look, not change.',
      },
      { type: 'forget', upTo: 2 },
      { type: 'load' },
    ]);
    expect(bench.load(1, 20)).toMatchObject([{ type: 'merge' }, { type: 'connect', socket: 3 }]);
    bench.open();
    expect(sent(bench.receive(WELCOME))).toEqual([]);
    expect(sent(bench.edit())).toMatchObject([{ type: 'edit', cseq: 3 }]);
  });

  it('by closing never sends the same bytes again', () => {
    for (const code of [1009, 4400, 4422]) {
      const bench = new Bench().toLive();
      bench.edit();
      expect(bench.close(code)).toMatchObject([
        { type: 'disconnect' },
        { type: 'discard', lost: [{ cseq: 1 }] },
        { type: 'forget' },
        { type: 'load' },
      ]);
      bench.load(1, 20);
      bench.open();
      expect(sent(bench.receive(WELCOME))).toEqual([]);
    }
  });

  it('that follows upon another waits before loading again', () => {
    const bench = new Bench().toLive();
    bench.edit();
    bench.close(4422);
    bench.load(1, 20);
    bench.open();
    bench.receive(WELCOME);
    bench.edit();
    expect(bench.close(4422).at(-1)).toEqual({ type: 'forget', upTo: 2 });
    expect(nextDeadline(bench.state)).toBe(250);
    expect(bench.after(250)).toEqual([{ type: 'load' }]);
  });

  it('for nothing that waits is an ordinary loss', () => {
    const bench = new Bench().toLive();
    expect(bench.close(4422)).toEqual([]);
    expect(bench.after(125)).toEqual([{ type: 'connect', socket: 2 }]);
  });
});

describe('a board that was rebuilt', () => {
  const again = { type: 'rebase', update: BOARD, entries: [entryOf(1), entryOf(2)] };

  it('by its closing code is loaded at once, and what has no receipt is made again on it', () => {
    const bench = new Bench().toLive();
    bench.edit();
    expect(bench.close(4410)).toEqual([{ type: 'disconnect', socket: 1 }, { type: 'load' }]);
    // The old board is still in hand; what is written on it meanwhile is no worse.
    expect(bench.edit()).toEqual([{ type: 'store', entry: entryOf(2) }]);
    expect(bench.load(2, 1)).toEqual([again, { type: 'connect', socket: 3 }]);
    expect(bench.state.outbox).toEqual({ next: 3, entries: [] });
    expect(bench.edit()).toEqual([{ type: 'store', entry: entryOf(3, UPDATE, 2) }]);
    expect(bench.tell({ type: 'rebased', upTo: 2 })).toEqual([{ type: 'forget', upTo: 2 }]);
    bench.open();
    expect(sent(bench.receive({ ...WELCOME, epoch: 2 }))).toMatchObject([{ type: 'edit', cseq: 3 }]);
  });

  it('is known by the epoch of the welcome, however often the connection failed before', () => {
    const bench = new Bench().toLive();
    bench.edit();
    for (let round = 0; round < 5; round += 1) {
      bench.close(1006);
      bench.after(10_000);
    }
    bench.open();
    const effects = bench.receive({ ...WELCOME, epoch: 2, update: UPDATE });
    expect(effects).toEqual([{ type: 'disconnect', socket: 6 }, { type: 'load' }]);
    expect(bench.load(2, 1)).toMatchObject([{ ...again, entries: [{ cseq: 1 }] }, { type: 'connect' }]);
  });

  it('is known by the epoch that stored edits belong to', () => {
    const bench = new Bench();
    bench.state = initialConnection({
      token: 'resume',
      name: null,
      outbox: { next: 3, entries: [entryOf(1, UPDATE, 1), entryOf(2, UPDATE, 2)] },
    });
    bench.tell({ type: 'started' });
    expect(bench.load(2)).toMatchObject([{ type: 'rebase', entries: [{ cseq: 1 }, { cseq: 2 }] }, { type: 'connect' }]);
  });

  it('is not suspected where an earlier page did not note the epoch', () => {
    const bench = new Bench();
    bench.state = initialConnection({
      token: 'resume',
      name: null,
      outbox: { next: 2, entries: [entryOf(1, UPDATE, null)] },
    });
    bench.tell({ type: 'started' });
    expect(bench.load(2)).toMatchObject([{ type: 'merge' }, { type: 'merge' }, { type: 'connect' }]);
    // But the server knows better.
    bench.close(4410);
    expect(bench.load(2)).toMatchObject([{ type: 'rebase', entries: [{ cseq: 1 }] }, { type: 'connect' }]);
  });

  it('that is met again after loading is not asked for faster than any other failure', () => {
    const bench = new Bench().toLive();
    bench.close(4410);
    bench.load(1);
    expect(bench.close(4410)).toEqual([{ type: 'disconnect', socket: 3 }]);
    expect(nextDeadline(bench.state)).toBe(250);
    // Rebuilt once more is something else.
    bench.after(250);
    bench.load(2);
    expect(bench.close(4410)).toMatchObject([{ type: 'disconnect' }, { type: 'load' }]);
  });
});

describe('a lost connection', () => {
  it('is tried again with full jitter, from a quarter of a second to eight seconds', () => {
    const bench = new Bench().toLive();
    bench.jitter = 0.999;
    const waits: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      bench.close(1006);
      const due = nextDeadline(bench.state) ?? 0;
      waits.push(Math.round((due - bench.now) / 0.999));
      bench.after(due - bench.now);
    }
    expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000]);
    bench.close(1006);
    bench.jitter = 0;
    bench.after(10_000);
    bench.close(1006);
    expect(nextDeadline(bench.state)).toBe(bench.now);
  });

  it('starts with a short wait again once a connection has lasted', () => {
    const bench = new Bench().toLive();
    bench.close(1006);
    bench.after(125);
    bench.open();
    bench.receive(WELCOME);
    bench.now += 4_999;
    bench.close(1006);
    expect(bench.state.attempt).toBe(2);
    bench.after(8_000);
    bench.open();
    bench.receive(WELCOME);
    bench.now += 5_000;
    bench.close(1006);
    expect(bench.state.attempt).toBe(1);
  });

  it('is tried again at once when the device wakes or is back online', () => {
    const bench = new Bench().toLive();
    bench.close(1006);
    expect(bench.tell({ type: 'woke' })).toEqual([{ type: 'connect', socket: 2 }]);
    expect(bench.tell({ type: 'woke' })).toEqual([]);
  });

  it('is noticed after 25 seconds of silence, with a ping every ten', () => {
    const bench = new Bench().toLive();
    expect(nextDeadline(bench.state)).toBe(10_000);
    expect(bench.after(9_999)).toEqual([]);
    expect(sent(bench.after(1))).toEqual([{ type: 'ping', n: 1 }]);
    expect(sent(bench.after(10_000))).toEqual([{ type: 'ping', n: 2 }]);
    expect(bench.after(4_999)).toEqual([]);
    expect(bench.after(1)).toEqual([{ type: 'disconnect', socket: 1 }]);
    expect(bench.after(125)).toEqual([{ type: 'connect', socket: 3 }]);
  });

  it('is not suspected while anything is heard', () => {
    const bench = new Bench().toLive();
    bench.after(10_000);
    bench.receive({ type: 'pong', n: 1 });
    bench.after(10_000);
    bench.receive(TICK);
    expect(sent(bench.after(10_000))).toEqual([{ type: 'ping', n: 3 }]);
  });

  it('is noticed within four seconds of waking up', () => {
    const bench = new Bench().toLive();
    expect(sent(bench.tell({ type: 'woke' }))).toEqual([{ type: 'ping', n: 1 }]);
    expect(bench.tell({ type: 'woke' })).toEqual([]);
    expect(bench.after(3_999)).toEqual([]);
    expect(bench.after(1)).toEqual([{ type: 'disconnect', socket: 1 }]);
    const answered = new Bench().toLive();
    answered.tell({ type: 'woke' });
    answered.receive({ type: 'pong', n: 1 });
    expect(answered.after(4_000)).toEqual([]);
  });

  it('is given up at once when the device says it is offline', () => {
    const bench = new Bench().toLive();
    expect(bench.tell({ type: 'wentOffline' })).toEqual([{ type: 'disconnect', socket: 1 }]);
    expect(bench.saved).toEqual({ kind: 'offline', count: 0 });
    bench.after(125);
    bench.open();
    bench.receive(WELCOME);
    expect(bench.saved).toEqual({ kind: 'saved' });
  });
});

describe('the end', () => {
  it('comes with the codes that trying again would not change', () => {
    for (const code of [4401, 4403, 4404, 4406]) {
      const bench = new Bench().toLive();
      expect(bench.close(code)).toEqual([]);
      expect(bench.saved).toMatchObject({ kind: 'ended', code });
      expect(nextDeadline(bench.state)).toBeNull();
      expect(bench.tell({ type: 'woke' })).toEqual([]);
      expect(bench.edit()).toEqual([]);
    }
    for (const code of [1000, 1001, 1006, 1011, 1012, 1013, 4408, 4409]) {
      const bench = new Bench().toLive();
      bench.close(code);
      expect(bench.after(8_000), String(code)).toEqual([{ type: 'connect', socket: 2 }]);
    }
  });

  it('keeps the words that can never be sent', () => {
    const bench = new Bench().toLive();
    bench.edit();
    expect(bench.close(4403)).toMatchObject([
      { type: 'keep', lost: [{ cseq: 1 }], code: '4403' },
      { type: 'forget', upTo: 1 },
    ]);
  });

  it('leaves the edits to the newer page when this one is too old', () => {
    const bench = new Bench().toLive();
    bench.edit();
    expect(bench.close(4406)).toEqual([]);
    expect(bench.state.outbox.entries).toHaveLength(1);
  });
});

describe('what the person reads', () => {
  it('is saving for two seconds, then delayed with a count, until the receipt', () => {
    const bench = new Bench().toLive();
    bench.edit();
    expect(saveStateChangesAt(bench.state, bench.now)).toBe(2_000);
    bench.now = 1_999;
    bench.edit();
    expect(bench.saved).toEqual({ kind: 'saving' });
    bench.now = 2_000;
    expect(bench.saved).toEqual({ kind: 'delayed', count: 2 });
    expect(saveStateChangesAt(bench.state, bench.now)).toBeNull();
    bench.receipt(1);
    expect(bench.saved).toEqual({ kind: 'saving' });
    bench.receipt(2);
    expect(bench.saved).toEqual({ kind: 'saved' });
  });

  it('is offline with a count after two seconds without a connection', () => {
    const bench = new Bench().toLive();
    bench.close(1006);
    expect(bench.saved).toEqual({ kind: 'connecting' });
    expect(saveStateChangesAt(bench.state, bench.now)).toBe(2_000);
    bench.edit();
    bench.edit();
    bench.edit();
    bench.now = 2_000;
    expect(bench.saved).toEqual({ kind: 'offline', count: 3 });
  });

  it('is connecting while the board is fetched for the first time', () => {
    const bench = new Bench();
    bench.tell({ type: 'started' });
    expect(bench.saved).toEqual({ kind: 'connecting' });
    bench.now = 2_000;
    expect(bench.saved).toEqual({ kind: 'offline', count: 0 });
  });
});
