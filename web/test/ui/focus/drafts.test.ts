import { expect, it } from 'vitest';
import type { Gathering } from '../../../src/model/gathering/gathering.ts';
import { draftsIn } from '../../../src/ui/focus/drafts.ts';
import { addFrame, addNote, bench, rect } from '../../model/boards.ts';

it('numbers drafts without those that say nothing', () => {
  const { board } = bench(7);
  const frame = addFrame(board, 'Drafts');
  addNote(board, ' ', rect(0, 0), frame);
  addNote(board, 'We join.', rect(0, 200), frame);
  addNote(board, 'Every child.', rect(0, 400), frame);
  const gathering = { show: { regions: [{ key: 'drafts', element: frame }] } } as unknown as Gathering;
  const found = draftsIn(board, gathering, 'drafts').map(({ name, thing }) => [name, thing.text]);
  expect(found).toEqual([
    ['Draft 1', 'We join.'],
    ['Draft 2', 'Every child.'],
  ]);
});
