import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, it } from 'vitest';
import { attend } from './companions.ts';

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
