import { expect, it } from 'vitest';
import { outline } from '../../src/model/outline.ts';
import { addFrame, addNote, bench, rect } from './boards.ts';

it('lists regions by number, their notes in reading order, nested frames, and last what lies outside', () => {
  const { board } = bench(1);
  const second = addFrame(board, 'Purpose', rect(0, 0, 960, 640), 2);
  const first = addFrame(board, 'Stories', rect(1_000, 0, 960, 640), 1);
  addNote(board, 'loose', rect(0, 2_000));
  addNote(board, 'b', rect(300, 0), first);
  addNote(board, 'a\n  in two lines', rect(0, 0), first);
  board.run({
    type: 'create',
    elements: [{ kind: 'frame', rect: rect(0, 300, 500, 200), parent: first, text: 'Inner' }],
  });
  const inner = board.children(first).at(-1);
  addNote(board, '', rect(0, 0), inner?.id ?? null);
  const rows = outline(board).map(({ depth, label, count, posInSet, setSize, hasChildren }) => [
    depth,
    label,
    count,
    `${posInSet}/${setSize}`,
    hasChildren,
  ]);
  expect(rows).toEqual([
    [0, 'Stories', 3, '1/3', true],
    [1, 'a in two lines', 0, '1/3', false],
    [1, 'b', 0, '2/3', false],
    [1, 'Inner', 1, '3/3', true],
    [2, 'Empty note', 0, '1/1', false],
    [0, 'Purpose', 0, '2/3', false],
    [0, 'On the board', 1, '3/3', true],
    [1, 'loose', 0, '1/1', false],
  ]);
  expect(outline(board)[5]?.id).toBe(second);
  expect(outline(board)[6]?.id).toBeNull();
});

it('has no rows on an empty board', () => {
  expect(outline(bench(1).board)).toEqual([]);
});
