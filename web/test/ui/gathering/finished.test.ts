import { expect, it } from 'vitest';
import { finishedWords } from '../../../src/ui/gathering/Finished.tsx';

const figure = (share: number | null, count: number | null = null, of: number | null = null) =>
  finishedWords({ share, count, of });

it('says a count where one is told', () => {
  expect(figure(null, 3, 9)).toBe('3 of 9 have finished');
  expect(figure(null, 9, 9)).toBe('Everyone has finished');
  expect(figure(null, 0, 0)).toBeNull();
});

it('says a part of the group where no name is kept, and nothing where that would be a person', () => {
  expect([0, 25, 50, 75, 100].map((share) => figure(share))).toEqual([
    'Few have finished yet',
    'Some of the group have finished',
    'About half the group have finished',
    'Most of the group have finished',
    'Everyone has finished',
  ]);
  expect(figure(null)).toBeNull();
});
