import { describe, expect, it } from 'vitest';
import type { Neutralised, RoomEvent } from '../../src/sync/messages.ts';
import { saveStateChangesAt } from '../../src/sync/saved.ts';
import { Bench, entryOf, NOTE, sent, TICK, UPDATE, VECTOR, WELCOME } from './bench.ts';

const event = (bench: Bench, ...events: readonly RoomEvent[]) => bench.receive({ ...TICK, events });
const mode = (bench: Bench, now: 'open' | 'locked' | 'paused' | 'damaged') => event(bench, { type: 'mode', mode: now });

function undone(cseq: number): Neutralised {
  return { type: 'neutralised', cseq, code: 'locked', message: 'The board is locked.', elements: [NOTE] };
}

describe('the mode of a room', () => {
  it('is as the welcome says, then as the ticks say', () => {
    const bench = new Bench().toOpening();
    bench.open();
    bench.receive({ ...WELCOME, mode: 'locked', filling: { what: 'bytes', percent: 91 } });
    expect(bench.state).toMatchObject({ mode: 'locked', filling: { what: 'bytes', percent: 91 } });
    event(bench, { type: 'mode', mode: 'open' }, { type: 'filling', what: 'elements', percent: 95 });
    expect(bench.state).toMatchObject({ mode: 'open', filling: { what: 'elements', percent: 95 } });
    bench.receive(TICK);
    expect(bench.state.mode).toBe('open');
  });
});

describe('a paused room', () => {
  it('is sent nothing, and everything that has no receipt as soon as it goes on [UNI-11]', () => {
    const bench = new Bench().toLive();
    bench.edit();
    mode(bench, 'paused');
    expect(bench.saved).toEqual({ kind: 'paused', count: 1 });
    expect(bench.edit()).toEqual([{ type: 'store', entry: entryOf(2) }]);
    expect(bench.saved).toEqual({ kind: 'paused', count: 2 });
    expect(saveStateChangesAt(bench.state, bench.now)).toBeNull();
    expect(sent(mode(bench, 'locked'))).toEqual([
      { type: 'edit', cseq: 1, update: UPDATE },
      { type: 'edit', cseq: 2, update: UPDATE },
    ]);
    expect(bench.receipt(2)).toEqual([{ type: 'forget', upTo: 2 }]);
    expect(bench.saved).toEqual({ kind: 'saved' });
    expect(sent(mode(bench, 'open'))).toEqual([]);
  });

  it('is not sent what waits by those who come while it lasts', () => {
    const bench = new Bench().toOpening();
    bench.edit();
    bench.open();
    expect(sent(bench.receive({ ...WELCOME, mode: 'paused' }))).toEqual([]);
    expect(sent(mode(bench, 'open'))).toMatchObject([{ type: 'edit', cseq: 1 }]);
  });

  it('is not blamed for a gap that stays open meanwhile', () => {
    const bench = new Bench().toLive();
    bench.edit();
    bench.receive({ type: 'resync', stateVector: VECTOR });
    bench.tell({ type: 'diffed', updates: [UPDATE], ids: [NOTE] });
    mode(bench, 'paused');
    for (let n = 1; n <= 5; n += 1) expect(bench.receive({ type: 'pong', n })).toEqual([]);
    expect(sent(mode(bench, 'open'))).toMatchObject([{ type: 'edit', cseq: 2 }]);
    expect(bench.receive({ type: 'pong', n: 6 })).toEqual([]);
  });
});

describe('an edit that was undone', () => {
  it('has its words put aside before the tick, and kept after it [UNI-7]', () => {
    const bench = new Bench().toLive();
    bench.edit();
    bench.edit();
    expect(bench.receive(undone(1))).toEqual([
      { type: 'putAside', undone: undone(1), unsaved: [entryOf(1), entryOf(2)] },
    ]);
    expect(bench.receive(TICK)).toEqual([]);
    expect(bench.receive({ ...TICK, update: UPDATE, receipts: [{ conn: 7, cseq: 1 }] })).toEqual([
      { type: 'merge', update: UPDATE },
      { type: 'forget', upTo: 1 },
      { type: 'keepAside' },
    ]);
    expect(bench.receipt(2)).toEqual([{ type: 'forget', upTo: 2 }]);
    expect(bench.saved).toEqual({ kind: 'saved' });
  });

  it('is kept once when several are undone in one tick', () => {
    const bench = new Bench().toLive();
    for (const cseq of [1, 2]) {
      bench.edit();
      bench.receive(undone(cseq));
    }
    expect(bench.receipt(1)).toEqual([{ type: 'forget', upTo: 1 }]);
    expect(bench.receipt(2)).toEqual([{ type: 'forget', upTo: 2 }, { type: 'keepAside' }]);
  });

  it('is kept after the next welcome if the connection broke before the tick', () => {
    const bench = new Bench().toLive();
    bench.edit();
    bench.receive(undone(1));
    bench.close(1006);
    bench.after(250);
    bench.open();
    const effects = bench.receive({ ...WELCOME, update: UPDATE });
    const kinds = effects.map(({ type }) => type);
    expect(kinds.indexOf('keepAside')).toBeGreaterThan(kinds.indexOf('merge'));
    expect(bench.receipt(1)).toEqual([{ type: 'forget', upTo: 1 }]);
  });
});
