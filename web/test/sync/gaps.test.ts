import { describe, expect, it } from 'vitest';
import { Bench, BOARD, entryOf, madeOf, NOTE, sent, UPDATE, VECTOR, WELCOME } from './bench.ts';

const ALL = Uint8Array.of(9, 9);
const RESYNC = { type: 'resync', stateVector: VECTOR } as const;

describe('a gap', () => {
  it('is closed with all the server lacks of our edits, in the place of those that wait', () => {
    const bench = new Bench().toLive();
    const edits = madeOf(UPDATE).edits ?? [];
    bench.edit();
    bench.edit();
    expect(bench.receive(RESYNC)).toMatchObject([
      { type: 'diff', stateVector: VECTOR, unsaved: [{ cseq: 1 }, { cseq: 2 }] },
    ]);
    expect(bench.tell({ type: 'diffed', updates: [ALL, UPDATE], ids: [NOTE] })).toEqual([
      { type: 'store', entry: { ...entryOf(3, ALL), edits: [] } },
      { type: 'store', entry: { ...entryOf(4), edits: [...edits, ...edits] } },
      { type: 'forget', upTo: 2 },
      { type: 'send', message: { type: 'edit', cseq: 3, update: ALL } },
      { type: 'send', message: { type: 'edit', cseq: 4, update: UPDATE } },
    ]);
    bench.receipt(4);
    expect(bench.saved).toEqual({ kind: 'saved' });
  });

  it('is answered each time the server asks, because it asks once for each', () => {
    const bench = new Bench().toLive();
    for (let round = 1; round <= 5; round += 1) {
      bench.edit();
      expect(bench.receive(RESYNC)).toMatchObject([{ type: 'diff' }]);
      bench.tell({ type: 'diffed', updates: [ALL], ids: [NOTE] });
      bench.receipt(round * 2);
      expect(bench.saved).toEqual({ kind: 'saved' });
    }
  });

  it('that stays open after three answers is treated as a refusal', () => {
    const bench = new Bench().toLive();
    bench.edit();
    for (let round = 0; round < 3; round += 1) {
      expect(bench.receive(RESYNC)).toHaveLength(1);
      bench.tell({ type: 'diffed', updates: [UPDATE], ids: [NOTE] });
    }
    expect(bench.receive(RESYNC)).toMatchObject([
      { type: 'disconnect' },
      { type: 'discard', code: 'gap' },
      { type: 'forget', upTo: 4 },
      { type: 'load' },
    ]);
  });

  it('whose answer did not help is a refusal too, though the server says no more of it', () => {
    const bench = new Bench().toLive();
    bench.edit();
    bench.receive(RESYNC);
    bench.tell({ type: 'diffed', updates: [ALL], ids: [NOTE] });
    bench.after(10_000);
    expect(bench.receive({ type: 'pong', n: 1 })).toEqual([]);
    bench.after(10_000);
    expect(bench.receive({ type: 'pong', n: 2 })).toMatchObject([
      { type: 'disconnect' },
      { type: 'discard', code: 'gap', lost: [{ cseq: 2 }] },
      { type: 'forget' },
      { type: 'load' },
    ]);
  });

  it('that was closed leaves the pings alone', () => {
    const bench = new Bench().toLive();
    bench.edit();
    bench.receive(RESYNC);
    bench.tell({ type: 'diffed', updates: [ALL], ids: [NOTE] });
    bench.receipt(2);
    for (const n of [1, 2, 3]) {
      bench.after(10_000);
      expect(bench.receive({ type: 'pong', n })).toEqual([]);
    }
  });
});

describe('a server that parted from this board', () => {
  it('has its board loaded afresh, and what has no receipt is put on it and sent', () => {
    const bench = new Bench().toLive();
    bench.edit();
    expect(bench.tell({ type: 'parted' })).toEqual([
      { type: 'disconnect', socket: 1 },
      { type: 'discard', lost: [], code: 'parted', message: '' },
      { type: 'load' },
    ]);
    expect(bench.load(1, 4)).toMatchObject([
      { type: 'merge', update: BOARD },
      { type: 'merge', update: UPDATE },
      { type: 'connect' },
    ]);
    bench.open();
    expect(sent(bench.receive(WELCOME))).toEqual([{ type: 'edit', cseq: 1, update: UPDATE }]);
  });

  it('is sent again what it had receipted and lost', () => {
    const bench = new Bench().toLive();
    expect(bench.tell({ type: 'diffed', updates: [ALL], ids: [NOTE] })).toMatchObject([
      { type: 'store', entry: { cseq: 1 } },
      { type: 'forget', upTo: 0 },
      { type: 'send', message: { type: 'edit', cseq: 1, update: ALL } },
    ]);
    expect(bench.saved).toEqual({ kind: 'saving' });
  });
});

describe('silence', () => {
  it('of a tab whose timers were asleep is asked about before it counts', () => {
    const bench = new Bench().toLive();
    expect(sent(bench.after(3_600_000))).toEqual([{ type: 'ping', n: 1 }]);
    expect(bench.after(3_999)).toEqual([]);
    expect(bench.after(1)).toEqual([{ type: 'disconnect', socket: 1 }]);
  });

  it('that an answer ends was none', () => {
    const bench = new Bench().toLive();
    for (let minute = 1; minute <= 10; minute += 1) {
      expect(sent(bench.after(60_000))).toEqual([{ type: 'ping', n: minute }]);
      bench.receive({ type: 'pong', n: minute });
    }
    expect(bench.saved).toEqual({ kind: 'saved' });
  });
});

describe('the greeting', () => {
  it('of a board that too many have written on asks for the whole, instead of breaking the frame', () => {
    const bench = new Bench().toOpening();
    const effects = bench.tell({ type: 'opened', socket: 1, stateVector: new Uint8Array(65_000) });
    expect(sent(effects)).toEqual([{ type: 'hello', token: 'link', name: 'Ngozi', since: { epoch: 1, seq: 10 } }]);
  });
});

describe('the end before the board was loaded', () => {
  it('reads the words of an earlier page out of its edits before it forgets them', () => {
    const bench = new Bench();
    bench.state = {
      ...bench.state,
      outbox: { next: 2, entries: [entryOf(1)] },
    };
    bench.tell({ type: 'started' });
    expect(bench.tell({ type: 'loadFailed', status: 403, code: 'revoked', message: 'withdrawn' })).toMatchObject([
      { type: 'merge', update: UPDATE },
      { type: 'keep', lost: [{ cseq: 1 }] },
      { type: 'forget', upTo: 1 },
    ]);
  });
});
