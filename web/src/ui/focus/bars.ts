/** What came of a vote as bars, the highest first, and the outcome of a round in words. */

import type { Board } from '../../model/board.ts';
import { elementId } from '../../model/element.ts';
import type { Poll, Result } from '../../model/gathering/deciding.ts';
import { label } from '../../model/outline.ts';

export interface Bar {
  readonly key: string;
  readonly words: string;
  readonly value: number;
  readonly shown: string;
}

const ANSWERS: Readonly<Record<string, string>> = {
  consent: 'Consent',
  concern: 'Consent, with a concern',
  objection: 'Objection',
};
export const OUTCOMES = {
  consented: 'We consent.',
  concerns: 'We consent, and keep the concerns.',
  objections: 'There are objections to meet.',
} as const;

/** The bars of a result that is told, the highest first. */
export function barsOf(poll: Poll, board: Board): readonly Bar[] {
  return poll.result === null ? [] : ranked(poll, poll.result, (id) => nameOf(board, id));
}

/** What something that was voted on says. */
export function nameOf(board: Board, id: string): string {
  const thing = board.get(elementId(id));
  return thing === undefined ? 'No longer on the board' : label(thing);
}

/** Things have a rank, answers have none. */
export function isRanked({ kind }: Poll): boolean {
  return kind === 'dots' || kind === 'rating';
}

/** "1", and "2=" where several are level. */
export function rankOf(row: Bar, rows: readonly Bar[]): string {
  const above = rows.filter(({ value }) => value > row.value).length;
  return `${above + 1}${rows.filter(({ value }) => value === row.value).length > 1 ? '=' : ''}`;
}

function ranked(poll: Poll, result: Result, name: (id: string) => string): readonly Bar[] {
  const { totals, means } = result;
  switch (poll.kind) {
    case 'rating':
    case 'fists':
      return [...means]
        .map(([key, value]) => ({ key, words: name(key), value, shown: `${value.toFixed(1)} of 5` }))
        .sort((a, b) => b.value - a.value);
    case 'balance':
    case 'marks':
      return [];
    case 'dots':
      return [...totals]
        .map(([key, value]) => ({ key, words: name(key), value, shown: String(value) }))
        .sort((a, b) => b.value - a.value);
    case 'fist':
      return [...totals]
        .map(([key, value]) => ({
          key,
          words: key === '1' ? '1 finger' : `${key} fingers`,
          value,
          shown: String(value),
        }))
        .sort((a, b) => b.key.localeCompare(a.key));
    case 'consent':
      return Object.keys(ANSWERS).map((key) => {
        const value = totals.get(key) ?? 0;
        return { key, words: ANSWERS[key] ?? key, value, shown: String(value) };
      });
  }
}
