import { expect, describe as group, it } from 'vitest';
import type { ElementId } from '../../src/model/element.ts';
import { caretAfter, mergeText } from '../../src/model/textMerge.ts';
import { counted, describe, describePlace, mentionAll } from '../../src/tools/describe.ts';
import { block, copyOut, linesOf, pastedBounds, readCopied } from '../../src/tools/pasteboard.ts';
import { boardWith, frame, note } from './boards.ts';

const must = (id: ElementId | undefined): ElementId => {
  if (id === undefined) throw new Error('no such element');
  return id;
};

group('an element in words', () => {
  const { board, ids } = boardWith({
    ...frame({ x: 0, y: 0, w: 600, h: 400 }, null, 'What we see'),
    style: { prompt: 'One thing on each note.' },
  });
  const region = must(ids[0]);
  const [id] = board.run({
    type: 'create',
    elements: [{ ...note(10, 100, region, 'Families carry the folder'), colour: 'barley' }],
  });
  const say = (which: ElementId, author: string | null = null) => {
    const element = board.get(which);
    return element === undefined ? '' : describe(board, element, author);
  };

  it('names kind, colour, place, words and author', () => {
    expect(say(must(id), 'Amara')).toBe('Note, barley yellow, in What we see: Families carry the folder. By Amara.');
  });

  it('names what a region asks and holds', () => {
    expect(say(region)).toBe('Region: What we see. One thing on each note. 1 thing inside.');
  });

  it('says what a connector connects', () => {
    const [made] = board.run({
      type: 'create',
      elements: [
        {
          kind: 'conn',
          rect: { x: 0, y: 0, w: 1, h: 1 },
          parent: null,
          payload: { a: { id }, b: { x: 1, y: 1 }, label: 'leads to' },
        },
      ],
    });
    expect(say(must(made))).toBe('Connector: leads to, from “Families carry the folder” to a place.');
  });

  it('counts several', () => {
    const both = [region, must(id)].flatMap((which) => board.get(which) ?? []);
    expect(counted(both)).toBe('2 things');
    expect(counted(both.slice(1))).toBe('1 note');
    expect(mentionAll(board, [must(id)])).toBe('“Families carry the folder”');
  });

  it('says where something lies', () => {
    const rect = { x: 20, y: 180, w: 100, h: 60 };
    expect(describePlace(board, rect, region, new Set())).toBe('in What we see, below “Families carry the folder”');
    expect(describePlace(board, { ...rect, x: 4000 }, null, new Set())).toBe('outside every region');
  });
});

group('copying', () => {
  it('brings elements and what is in them back', () => {
    const { board, ids } = boardWith(frame({ x: 100, y: 50, w: 600, h: 400 }));
    const region = must(ids[0]);
    board.run({ type: 'create', elements: [note(10, 100, region, 'inside')] });
    const { json, text } = copyOut(board, [region]);
    expect(text).toBe('Region\ninside');
    const pasted = readCopied(json);
    expect(pasted).toMatchObject([
      { parent: null, element: { kind: 'frame', rect: { x: 100, y: 50, w: 600, h: 400 } } },
      { parent: 0, element: { kind: 'note', rect: { x: 10, y: 100 }, text: 'inside', colour: 'oat' } },
    ]);
    expect(pastedBounds(pasted ?? [])).toEqual({ x: 100, y: 50, w: 600, h: 400 });
  });

  it.each([
    '',
    'hello',
    '{}',
    '{"harvestry":1,"elements":[{"kind":"bomb","rect":[0,0,1,1]}]}',
    '{"harvestry":2,"elements":[]}',
  ])('reads nothing from %s', (json) => {
    expect(readCopied(json)).toBeNull();
  });

  it('takes no parent that comes later', () => {
    const json = JSON.stringify({ harvestry: 1, elements: [{ kind: 'note', rect: [0, 0, 1, 1], parent: 3 }] });
    expect(readCopied(json)?.[0]?.parent).toBeNull();
  });
});

group('pasting text', () => {
  it('makes one note for each line', () => {
    expect(linesOf('one\r\n\n  two  \nthree')).toEqual(['one', 'two', 'three']);
  });

  it('leaves out bullets and numbers', () => {
    expect(linesOf('• one\n- two\n3. three\n-4 degrees')).toEqual(['one', 'two', 'three', '-4 degrees']);
  });

  it('sets the cells of a row side by side', () => {
    expect(linesOf('one\ttwo\n\tthree')).toEqual(['one · two', 'three']);
  });

  it('keeps a cell of several lines together', () => {
    expect(linesOf('"first\nsecond ""quoted"""\tx\nthird')).toEqual(['first\nsecond "quoted" · x', 'third']);
  });

  it('leaves quotation marks that are only quotation marks', () => {
    expect(linesOf('"Quite", she said\n"Yes"')).toEqual(['"Quite", she said', '"Yes"']);
  });

  it('lays a block a little wider than high', () => {
    const { places, w, h } = block(5);
    expect(places).toHaveLength(5);
    expect(places.at(-1)).toMatchObject({ x: 196, y: 116 });
    expect([w, h]).toEqual([576, 220]);
  });
});

group('two people in one text', () => {
  it('both keep their words', () => {
    expect(mergeText('we wait', 'we wait long', 'today we wait')).toBe('today we wait long');
    expect(mergeText('we wait', 'today we wait', 'we wait long')).toBe('today we wait long');
  });

  it('keep both when they changed the same word', () => {
    const merged = mergeText('we wait', 'we stop', 'we go');
    expect(merged).toContain('stop');
    expect(merged).toContain('go');
  });

  it('change nothing when only one wrote', () => {
    expect(mergeText('a', 'a', 'ab')).toBe('ab');
    expect(mergeText('a', 'ab', 'a')).toBe('ab');
  });

  it('leave the caret in its place of the sentence', () => {
    const change = { index: 2, remove: 1, insert: 'xyz' };
    expect([0, 2, 3, 8].map((position) => caretAfter(change, position))).toEqual([0, 2, 5, 10]);
  });
});
