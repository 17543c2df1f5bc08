import { describe, expect, it } from 'vitest';
import { elementId } from '../../src/model/element.ts';
import { readGathering } from '../../src/model/gathering/gathering.ts';
import { readOwn } from '../../src/model/gathering/own.ts';
import {
  choicesFor,
  headOf,
  recordOf,
  recordRegion,
  recordWords,
  servedWords,
  serving,
  servingRegions,
  standingWords,
} from '../../src/model/records.ts';
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

describe('what a record serves', () => {
  /** A focus on a note, a principle on a card and its draft, and an action that may serve them. */
  function linked() {
    const { board } = bench(1);
    const field = (key: string) => ({ key, label: key, hint: '', needed: true });
    const [drafts, principles, candidates, actions] = ['Drafts', 'Our principles', 'Candidates', 'Actions'].map(
      (title) => addFrame(board, title),
    );
    const put = (parent: typeof drafts, words: object) => {
      const [id = elementId('')] = board.run({
        type: 'create',
        elements: [{ kind: 'note', rect: rect(20, 90), parent: parent ?? null, ...words }],
      });
      return id;
    };
    put(drafts, { text: 'A draft' });
    const principle = put(principles, { kind: 'card', payload: { ht: 'principle', we_will: 'Say it\nkindly.' } });
    const focus = put(candidates, { text: 'One front door' });
    const result = put(null as never, { kind: 'card', payload: { ht: 'result', question: 'So?', voted: '3 voted' } });
    const action = put(actions, { kind: 'card', payload: { ht: 'action', what: 'Call.', links: '' } });
    const region = (key: string, element: typeof drafts, title: string, more: object) => ({
      key,
      element,
      title,
      ...more,
    });
    const gathering = readGathering({
      show: {
        stage: 'live',
        regions: [
          region('drafts', drafts, 'Drafts', { makes: 'principle' }),
          region('agreed', principles, 'Our principles', {
            kind: 'record',
            makes: 'principle',
            fields: [field('we_will')],
          }),
          region('candidates', candidates, 'Candidates', { makes: 'focus' }),
          region('actions', actions, 'Actions', {
            kind: 'record',
            makes: 'action',
            fields: [field('what')],
            names: 'lead',
            serves: ['principle', 'focus', 'decision'],
          }),
        ],
      },
      recording: {
        standing: {
          [action]: [
            ['moving', 1, 'ann', null],
            ['stuck', 2, null, 'Nobody picks up.'],
          ],
        },
      },
    });
    const read = () => {
      const record = recordOf(board, gathering, readOwn({}), board.get(action));
      if (record === null) throw new Error('this is no record');
      return record;
    };
    return { board, gathering, principle, focus, result, action, read };
  }

  it('is chosen from records, or else notes, and results', () => {
    const { board, gathering, principle, read } = linked();
    const choices = choicesFor(board, gathering, read().region);
    expect(choices.map(({ title, things }) => [title, things.map(({ head }) => head)])).toEqual([
      ['Our principles', ['Say it kindly.']],
      ['Candidates', ['One front door']],
      ['Results', [expect.stringContaining('So?')]],
    ]);
    // A region for records in which there are none yet hides no drafts.
    board.run({ type: 'delete', ids: [principle] });
    expect(choicesFor(board, gathering, read().region)[0]).toMatchObject({
      title: 'Drafts',
      things: [{ head: 'A draft' }],
    });
  });

  it('is read off the board both ways, and known to be gone', () => {
    const { board, gathering, principle, focus, action, read } = linked();
    board.editText(action, `${principle}\n${focus}\nnot-an-id`, undefined, 'links');
    expect(read().serves.map(({ head }) => head)).toEqual(['Say it kindly.', 'One front door']);
    expect(headOf(read())).toBe('Call.');
    expect(recordWords(read(), nameOf)).toContain('What it is for: Say it kindly.\nOne front door.');
    expect(servedWords(serving(board, gathering).get(focus) ?? [])).toBe('Actions for this: Call (stuck)');
    board.editText(focus, 'Two front doors');
    expect(read().serves[1]?.head).toBe('Two front doors');
    board.run({ type: 'delete', ids: [focus] });
    expect(read().serves[1]?.head).toBeNull();
    expect(read().said.at(-1)?.text).toContain('not on the board any more');
    board.undo();
    expect(read().serves[1]?.head).toBe('Two front doors');
  });

  it('is read with each region that serves it by itself', () => {
    const { board, gathering, focus, action } = linked();
    board.editText(action, focus, undefined, 'links');
    const [one] = serving(board, gathering).get(focus) ?? [];
    if (one === undefined) throw new Error('nothing serves it');
    const decided = { ...one, region: { ...one.region, key: 'decision', title: 'What we decide' }, status: null };
    expect(servedWords([decided, one, { ...one, head: 'Ask.' }])).toBe(
      'What we decide for this: Call. Actions for this: Call (stuck); Ask (stuck)',
    );
  });

  it('can be anything that its region asks for', () => {
    const { board, gathering, principle, focus, result, action } = linked();
    const keys = (id: typeof focus) => servingRegions(board, gathering, id).map(({ key }) => key);
    expect([principle, focus, result, action].map(keys)).toEqual([['actions'], ['actions'], ['actions'], []]);
  });

  it('stands in one line with how it stands', () => {
    expect(standingWords(linked().read(), nameOf)).toBe('Nobody leads this yet. Stuck: Nobody picks up.');
  });
});
