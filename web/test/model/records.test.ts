import { describe, expect, it } from 'vitest';
import { elementId } from '../../src/model/element.ts';
import { readGathering } from '../../src/model/gathering/gathering.ts';
import { readOwn } from '../../src/model/gathering/own.ts';
import { headOf, recordOf, recordRegion, recordWords, standingWords } from '../../src/model/records.ts';
import { addFrame, bench, rect } from './boards.ts';

const FIELDS = [
  { key: 'we_will', label: 'We will…', hint: '', needed: true },
  { key: 'shown', label: 'You will see it when', hint: '', needed: true },
  { key: 'repair', label: 'When we slip, we…', hint: '', needed: false },
];
/** As the server makes it of "Say it kindly." and "Nobody waits." */
const DIGEST = '7Idz0PG1o6x-HjWg';
const nameOf = (seat: string) => ({ ann: 'Ann', ben: 'Ben' })[seat] ?? 'Somebody';

function made(words: Readonly<Record<string, string>>, names: unknown = {}, own: unknown = {}, kind = 'commit') {
  const { board } = bench(1);
  const frame = addFrame(board, 'Our principles');
  const theme = { kind: 'frame', rect: rect(0, 100), parent: frame, text: 'A theme' } as const;
  const [inner = frame] = board.run({ type: 'create', elements: [theme] });
  const [card] = board.run({
    type: 'create',
    elements: [{ kind: 'card', rect: rect(20, 90), parent: inner, payload: { ht: 'principle', ...words } }],
  });
  const id = card ?? elementId('');
  const region = {
    key: 'agreed',
    title: 'Our principles',
    kind: 'record',
    element: frame,
    fields: FIELDS,
    names: kind,
  };
  const gathering = readGathering({
    show: { stage: 'live', regions: [region] },
    recording: { names: { [id]: names }, agreed: [] },
  });
  const record = recordOf(board, gathering, readOwn({ recording: own }), board.get(id));
  if (record === null) throw new Error('this is no record');
  return { board, id, frame, inner, gathering, record };
}

const WORDS = { we_will: ' Say it kindly.\n', shown: 'Nobody waits.', repair: '' };

describe('a record', () => {
  it('is a card in a region of records, or in a frame within one', () => {
    const { board, gathering, frame, inner } = made(WORDS);
    expect(recordRegion(board, gathering, frame)?.key).toBe('agreed');
    expect(recordRegion(board, gathering, inner)?.key).toBe('agreed');
    expect(recordRegion(board, gathering, null)).toBeNull();
    expect(recordOf(board, gathering, readOwn({}), board.get(frame))).toBeNull();
  });

  it('says what it lacks, and begins with what it says first', () => {
    const { record } = made({ we_will: '', shown: 'Nobody waits.', repair: '' });
    expect(record.lacks).toEqual(['We will…']);
    expect(headOf(record)).toBe('Nobody waits.');
    expect(standingWords(record, nameOf)).toBe('Still missing: We will…');
    expect(headOf(made({}).record)).toBe('Nothing written yet in Our principles');
  });

  it('is read out with its headings and the names on it', () => {
    const { record } = made(WORDS, [
      ['ann', 'commit', DIGEST],
      ['ben', 'commit', 'other words'],
    ]);
    expect(recordWords(record, nameOf)).toBe(
      'We will… Say it kindly. You will see it when: Nobody waits. Committed: Ann, Ben (to earlier words).',
    );
  });

  it('has its names from the server alone, and knows those that were put to other words', () => {
    const { record } = made({ ...WORDS, repair: 'Led by Ann. We say sorry.' }, [['ben', 'help', DIGEST]], {}, 'lead');
    expect(record.lead).toBeNull();
    expect(record.names.map(({ seat, earlier }) => [seat, earlier])).toEqual([['ben', false]]);
    expect(standingWords(record, nameOf)).toBe('Nobody leads this yet. Helping: Ben');
    const changed = made({ ...WORDS, shown: 'Everybody waits.' }, [['ann', 'lead', DIGEST]], {}, 'lead');
    expect(changed.record.lead).toMatchObject({ seat: 'ann', earlier: true });
  });
});

describe('the words of a card', () => {
  it('are edited field by field, and undone step by step', () => {
    const { board, id } = made(WORDS);
    const field = (key: string) => (board.get(id)?.payload as Readonly<Record<string, string>>)[key];
    board.editText(id, 'Nobody waits long.', undefined, 'shown');
    board.editText(id, 'We say sorry.', undefined, 'repair');
    expect([field('shown'), field('repair')]).toEqual(['Nobody waits long.', 'We say sorry.']);
    board.undo();
    expect([field('shown'), field('repair')]).toEqual(['Nobody waits long.', '']);
    board.editText(id, 'words', undefined, 'not_there');
    expect(field('not_there')).toBeUndefined();
    expect([board.hasField(id, 'shown'), board.hasField(id, 'not_there')]).toEqual([true, false]);
    expect(board.get(id)?.text).toBe('');
  });
});
