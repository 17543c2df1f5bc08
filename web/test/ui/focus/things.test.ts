import { expect, it } from 'vitest';
import { readGathering } from '../../../src/model/gathering/gathering.ts';
import { topFirst } from '../../../src/ui/focus/things.ts';

const LIST = ['a', 'b', 'c', 'd'].map((id) => ({ id }));

function after(...polls: readonly object[]): string {
  const gathering = readGathering({ deciding: { polls: polls.map((poll, n) => ({ poll: `p${n}`, ...poll })) } });
  return topFirst(LIST, gathering, 'candidates')
    .map(({ id }) => id)
    .join('');
}

it('goes on with what got most dots, by the last vote about the same region that is closed', () => {
  const dots = { kind: 'dots', region: 'candidates' };
  expect(after({ ...dots, result: { n: 6, totals: { d: 5, b: 5, c: 9 } } })).toBe('cbda');
  expect(
    after(
      { ...dots, result: { n: 6, totals: { d: 5 } } },
      { ...dots, region: 'elsewhere', result: { n: 6, totals: { c: 5 } } },
      { kind: 'rating', region: 'candidates', result: { n: 6, totals: { c: 5 } } },
      { ...dots, open: true },
    ),
  ).toBe('dabc');
  expect(after({ ...dots, result: { n: 3, suppressed: true } })).toBe('abcd');
  expect(after()).toBe('abcd');
});
