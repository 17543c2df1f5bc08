import { describe, expect, it } from 'vitest';
import {
  asStored,
  NO_NOTES,
  type OwnNotes,
  type SealedEffect,
  type SealedEvent,
  stepSealed,
} from '../../src/sync/sealed.ts';

const NOTE = { note: 'note____________', region: 'see', phase: 'write', text: 'one', key: 'key', at: 7 };
const held = (text = NOTE.text) => ({
  note: NOTE.note,
  region: 'see',
  phase: 'write',
  text,
  late: false,
  table: null,
  by: null,
});

/** Runs events one after the other; what the last one caused, in short. */
function run(...events: SealedEvent[]): { notes: OwnNotes; effects: readonly SealedEffect[]; last: readonly string[] } {
  let notes = NO_NOTES;
  let effects: readonly SealedEffect[] = [];
  for (const event of events) [notes, effects] = stepSealed(notes, event);
  const last = effects.map((effect) => (effect.type === 'send' ? effect.command : effect.type));
  return { notes, effects, last };
}

const written: SealedEvent = { type: 'written', note: NOTE };
const answered = (answer: Extract<SealedEvent, { type: 'answered' }>['answer'], text = 'one'): SealedEvent => ({
  type: 'answered',
  note: NOTE.note,
  text,
  answer,
});
const told = (...notes: ReturnType<typeof held>[]): SealedEvent => ({ type: 'told', notes });
const status = (notes: OwnNotes) => notes.get(NOTE.note)?.status ?? null;

describe('a sealed note', () => {
  it('is stored before it is sent, and with its words until the server has it', () => {
    const sent = run(written);
    expect(sent.last).toEqual(['store', 'seal.write']);
    expect(asStored([...sent.notes.values()][0] ?? expect.fail('gone')).text).toBe('one');
    const there = run(written, answered({ kind: 'done' }));
    expect(status(there.notes)).toBe('there');
    // Its author still sees it until the server tells it back; this device stores it no more.
    const note = there.notes.get(NOTE.note) ?? expect.fail('gone');
    expect([note.text, asStored(note).text, asStored(note).key]).toEqual(['one', '', 'key']);
  });

  it('is sent again after each connection until the server has it, and never twice at once', () => {
    expect(run(written, told()).last).toEqual([]);
    expect(run(written, answered({ kind: 'network' }), told()).last).toEqual(['seal.write']);
    expect(status(run(written, answered({ kind: 'network' }), told(held())).notes)).toBe('there');
    // It has older words of it.
    expect(run(written, answered({ kind: 'network' }), told(held('on'))).last).toEqual(['seal.write']);
  });

  it('is sent again after a reload', () => {
    const stored = asStored({ ...NOTE, status: 'waiting', asked: true });
    expect(run({ type: 'restored', notes: [stored] }, told()).last).toEqual(['seal.write']);
  });

  it('does not take the answer to older words for one to these', () => {
    const reworded: SealedEvent = { type: 'written', note: { ...NOTE, text: 'two' } };
    const { notes } = run(written, reworded, answered({ kind: 'done' }));
    expect(status(notes)).toBe('waiting');
    expect(status(stepSealed(notes, answered({ kind: 'done' }, 'two'))[0])).toBe('there');
  });

  it('leaves only its key once it has been revealed', () => {
    const { notes, last } = run(written, answered({ kind: 'done' }), told(held()), told());
    expect(last).toEqual(['store']);
    expect(notes.get(NOTE.note)).toMatchObject({ status: 'shown', text: '', key: 'key' });
    expect(run({ type: 'restored', notes: [...notes.values()] }, { type: 'withdrawn', note: NOTE.note }).last).toEqual([
      'forget',
    ]);
  });

  it('that missed its reveal waits for its author', () => {
    const missed = [written, answered({ kind: 'revealed' })] as const;
    expect(status(run(...missed).notes)).toBe('missed');
    expect(run(...missed, told()).last).toEqual([]);
    expect(run(...missed, { type: 'addLate', note: NOTE.note }).last).toEqual(['store', 'seal.late']);
    const added = run(...missed, { type: 'addLate', note: NOTE.note }, answered({ kind: 'done' }));
    expect(added.notes.get(NOTE.note)).toMatchObject({ status: 'shown', text: '' });
    expect(run(...missed, { type: 'keepForMe', note: NOTE.note }).last).toEqual(['keep', 'forget']);
    // The connection broke on the way: it goes on wanting to be added.
    const again = run(...missed, { type: 'addLate', note: NOTE.note }, answered({ kind: 'network' }), told());
    expect(again.last).toEqual(['seal.late']);
  });

  it('that is refused for good is kept for its author, with the reason', () => {
    const { notes, effects } = run(written, answered({ kind: 'refused', message: 'As many as there may be.' }));
    expect(notes.size).toBe(0);
    expect(effects[0]).toMatchObject({ type: 'keep', reason: 'As many as there may be.', note: { text: 'one' } });
  });

  it('goes when its author drops it, also if that is heard only later', () => {
    const drop: SealedEvent = { type: 'dropped', note: NOTE.note };
    expect(run(written, drop).last).toEqual(['store', 'seal.drop']);
    expect(run(written, drop, answered({ kind: 'done' })).last).toEqual(['forget']);
    expect(run(written, drop, answered({ kind: 'network' }), told(held())).last).toEqual(['seal.drop']);
    expect(run(written, drop, answered({ kind: 'network' }), told()).last).toEqual(['forget']);
  });
});
