import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { phaseNow } from '../../../src/model/agenda.ts';
import type { Companion } from '../../../src/ui/focus/companion.ts';
import { Write } from '../../../src/ui/focus/Write.tsx';
import { attend } from '../companions.ts';

const page = document.createElement('div');
document.body.append(page);
beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});
afterEach(() => render(null, page));

const say = vi.fn();

function show(companion: Companion): void {
  const phase = phaseNow(companion.gathering.value);
  if (phase === null) throw new Error('nothing goes on');
  const props = {
    companion,
    phase,
    openings: phase.opens,
    takesFocus: false,
    editor: {},
    services: { announcer: { say } },
  } as unknown as Parameters<typeof Write>[0];
  void act(() => render(<Write {...props} />, page));
}

function press(label: string): void {
  void act(() => page.querySelector<HTMLElement>(`button[aria-label="${label}"]`)?.click());
}

function type(words: string): void {
  const field = page.querySelector('textarea');
  if (field === null) throw new Error('there is no field');
  void act(() => {
    field.value = words;
    field.dispatchEvent(new InputEvent('input', { bubbles: true }));
  });
}

describe('what is half changed [PS-07]', () => {
  it('is kept for its author when the field goes away', async () => {
    const { companion, kept } = await attend('sealed');
    companion.writeSealed('see', 'Nobody rang');
    show(companion);
    press('Change');
    type('Nobody rang back');
    void act(() => render(null, page));
    expect(kept).toEqual(['Nobody rang back']);
    expect(say).toHaveBeenCalledWith('What you were changing is in Kept for you.');
  });

  it('is nothing to be kept as long as it says the same', async () => {
    const { companion, kept } = await attend('sealed');
    companion.writeSealed('see', 'Nobody rang');
    show(companion);
    press('Change');
    void act(() => render(null, page));
    expect(kept).toEqual([]);
  });
});

describe('notes of tables', () => {
  it('stand under the name of each table that one sits in with, and under one’s own', async () => {
    const { companion, own, gathering } = await attend('sealed');
    gathering.value = { ...(gathering.value as object), people: { tables: { a: 'Table A', b: 'Table B' }, seats: 3 } };
    const notes = ['a', 'b'].map((table) => ({
      note: table.repeat(16),
      region: 'see',
      phase: 'sealed',
      text: `From ${table}`,
      table,
    }));
    own.value = { people: { role: 'participant', table: 'a' }, sealing: { notes } };
    show(companion);
    const headed = [...page.querySelectorAll('.yours > h4')].map((heading) => [
      heading.textContent,
      heading.nextElementSibling?.textContent,
    ]);
    expect(headed).toEqual([
      ['Your table', 'From a'],
      ['Table B', 'From b'],
    ]);
  });
});
