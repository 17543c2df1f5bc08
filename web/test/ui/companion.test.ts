import 'fake-indexeddb/auto';
import { signal } from '@preact/signals-core';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Room } from '../../src/net/room.ts';
import { Companion } from '../../src/ui/focus/companion.ts';

interface Said {
  readonly name: string;
  readonly args: Record<string, unknown>;
}

const OPENS = {
  sealed: [{ region: 'see', writers: 'all', visibility: 'sealed-open', attribution: 'none', limit: 4, longest: 140 }],
  again: [{ region: 'see', writers: 'all', visibility: 'sealed-open', attribution: 'none', limit: 4, longest: 140 }],
  named: [{ region: 'see', writers: 'all', visibility: 'sealed-open', attribution: 'named', limit: 4, longest: 140 }],
  open: [{ region: 'see', writers: 'all', visibility: 'open', attribution: 'none', limit: 4, longest: 140 }],
};

function told(at: keyof typeof OPENS) {
  const phases = Object.entries(OPENS).map(([key, opens]) => ({ key, title: key, minutes: 4, moving: 'own', opens }));
  const regions = [{ key: 'see', title: 'What we see', prompt: '', kind: 'notes', element: null, makes: '' }];
  return { show: { stage: 'live', title: '', at, phases, regions, timer: null }, people: { roles: {}, seats: 1 } };
}

async function attend(at: keyof typeof OPENS) {
  const said: Said[] = [];
  const kept: string[] = [];
  const room = {
    token: 'rSeat.proof',
    gathering: signal<unknown>(told(at)),
    own: signal<unknown>({ people: { role: 'participant' } }),
    role: signal('participant'),
    serverTime: () => 0,
    command: async (name: string, args: Record<string, unknown>) => {
      said.push({ name, args });
    },
    keepDraft: (_: string, text: string) => kept.push(text),
  };
  const companion = await Companion.attend('board', room as unknown as Room, () => undefined);
  const goTo = (phase: keyof typeof OPENS): void => {
    room.gathering.value = told(phase);
  };
  return { companion, said, kept, goTo, own: room.own };
}

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

describe('what is half typed [PS-07] [PS-17]', () => {
  it('goes on in a step with the same terms', async () => {
    const { companion, goTo } = await attend('sealed');
    companion.type('see', 'Nobody rang');
    goTo('again');
    expect(companion.draft('see')).toBe('Nobody rang');
    expect(companion.left).toEqual([]);
  });

  it.each([
    'named',
    'open',
  ] as const)('is not in the field when the terms are others (%s), and is offered', async (phase) => {
    const { companion, said, goTo } = await attend('sealed');
    companion.type('see', 'Nobody rang');
    goTo(phase);
    expect(companion.draft('see')).toBe('');
    expect(companion.left).toMatchObject([{ region: 'see', phase: 'sealed', text: 'Nobody rang' }]);
    const [draft] = companion.left;
    if (draft === undefined) throw new Error('nothing is left');
    expect(companion.otherTerms(draft)).toMatchObject({ attribution: phase === 'named' ? 'named' : 'none' });
    // Its author goes on with it, knowing what holds now.
    companion.goOn(draft);
    expect(companion.draft('see')).toBe('Nobody rang');
    expect(companion.left).toEqual([]);
    expect(said).toEqual([]);
  });

  it('is kept for its author who begins something else instead', async () => {
    const { companion, kept, goTo } = await attend('sealed');
    companion.type('see', 'Nobody rang');
    goTo('named');
    companion.type('see', 'S');
    companion.type('see', 'Su');
    expect(kept).toEqual(['Nobody rang']);
    expect(companion.draft('see')).toBe('Su');
    goTo('sealed');
    expect(companion.draft('see')).toBe('');
  });

  it('waits in a region whose notes are with their tables by now', async () => {
    const { companion, own } = await attend('sealed');
    companion.type('see', 'Nobody rang');
    expect(companion.left).toEqual([]);
    own.value = { people: { role: 'participant', table: 't1' }, sealing: { handed: ['see'] } };
    expect(companion.left).toMatchObject([{ region: 'see', text: 'Nobody rang' }]);
    const [draft] = companion.left;
    expect(draft && companion.otherTerms(draft)).toBeNull();
  });

  it('stays where it was typed behind what was sent meanwhile', async () => {
    const { companion } = await attend('sealed');
    companion.type('see', 'Nobody rang. And no');
    companion.sent('see', 'Nobody rang.');
    expect(companion.draft('see')).toBe('And no');
    companion.sent('see', 'Something else');
    expect(companion.draft('see')).toBe('And no');
    companion.sent('see', 'And no');
    expect(companion.draft('see')).toBe('');
  });

  it('is kept for its author where a note was being changed', async () => {
    const { companion, kept } = await attend('sealed');
    for (const same of ['Nobody rang', ' Nobody rang ', ' '])
      expect(companion.keepChange('aaaaaaaaaaaaaaaa', 'Nobody rang', same)).toBe(false);
    expect(companion.keepChange('aaaaaaaaaaaaaaaa', 'Nobody rang', 'Nobody rang ba')).toBe(true);
    expect(kept).toEqual(['Nobody rang ba']);
  });

  it('is sent with the step on whose terms it was written', async () => {
    const { companion, said } = await attend('sealed');
    companion.writeSealed('see', 'Nobody rang');
    expect(said).toMatchObject([{ name: 'seal.write', args: { region: 'see', text: 'Nobody rang', phase: 'sealed' } }]);
  });
});
