/** A ballot as the server takes it, and the reasons that go with it. */

import type { Poll } from '../../../model/gathering/deciding.ts';
import type { Marked, Marks } from '../../../model/marking.ts';
import type { Ballot, Pair, StoredBallot } from '../../../net/gatheringStorage.ts';

/** Whoever holds up so few fingers, or fewer, is asked what would move them one up. */
const LOW = 2;

/** How many reasons one ballot may give. */
export const MOST_REASONS = 20;

/** A number for each thing. */
export type Counts = Readonly<Record<string, number>>;

export function countsOf(ballot: Ballot | null): Counts {
  return Object.fromEntries(
    entriesOf(ballot).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
}

/** Two marks for each thing. */
export function pairsOf(ballot: Ballot | null): Readonly<Record<string, Pair>> {
  return Object.fromEntries(entriesOf(ballot).filter((entry): entry is [string, Pair] => isPair(entry[1])));
}

/** Words that are marked, by draft. */
export function marksOn(ballot: Ballot | null): Marks {
  return Object.fromEntries(
    entriesOf(ballot).filter((entry): entry is [string, Marked] => typeof entry[1] === 'object' && 'rings' in entry[1]),
  );
}

/** How many words, or runs of words, are marked. */
export function markedIn(marks: Marks): number {
  return Object.values(marks).reduce((sum, { rings, jars }) => sum + rings.length + jars.length, 0);
}

function entriesOf(ballot: Ballot | null): readonly [string, number | Pair | Marked][] {
  return typeof ballot === 'object' && ballot !== null ? Object.entries(ballot) : [];
}

function isPair(value: number | Pair | Marked): value is Pair {
  return Array.isArray(value);
}

/** Whether one is asked for a reason with this answer. */
export function isAskedWhy(given: Ballot | null | undefined): boolean {
  return typeof given === 'number' ? given <= LOW : given === 'concern' || given === 'objection';
}

/** A ballot as the server takes it: nothing that was not chosen; `null` if nothing was. */
export function givenOf({ kind }: Poll, ballot: Ballot | null): Ballot | null {
  if (ballot === null || typeof ballot !== 'object') return ballot;
  if (kind === 'balance') {
    const pairs = Object.entries(pairsOf(ballot)).filter(([, pair]) => isWhole(pair));
    return pairs.length === 0 ? null : Object.fromEntries(pairs);
  }
  if (kind === 'marks') return marksOn(ballot);
  const chosen = Object.entries(countsOf(ballot)).filter(([, count]) => kind === 'fists' || count > 0);
  return chosen.length === 0 && kind !== 'dots' ? null : Object.fromEntries(chosen);
}

/** A ballot as far as it is about these. */
export function aboutThese(ballot: Ballot, these: readonly { readonly id: string }[]): Ballot {
  if (typeof ballot !== 'object') return ballot;
  const ids = new Set(these.map(({ id }) => id));
  return Object.fromEntries(entriesOf(ballot).filter(([id]) => ids.has(id))) as typeof ballot;
}

/** A ballot that says nothing of one thing. */
export function without(ballot: Exclude<Ballot, number | string>, thing: string): Ballot {
  return Object.fromEntries(entriesOf(ballot).filter(([id]) => id !== thing)) as typeof ballot;
}

/** Whether a thing has both of its marks. */
export function isWhole([today, wanted]: Pair): boolean {
  return today !== null && wanted !== null;
}

/** Cards that one is asked about, and has said what would move one up. */
export function reasonsOf({ ballot, reasons = {} }: StoredBallot): Readonly<Record<string, string>> {
  const counts = countsOf(ballot);
  const said = Object.entries(reasons).map(([id, words]) => [id, words.trim()] as const);
  return Object.fromEntries(
    said.filter(([id, words]) => words !== '' && isAskedWhy(counts[id])).slice(0, MOST_REASONS),
  );
}

/** Why one answers so, as the server takes it; nothing where one is not asked. */
export function whyOf(sent: StoredBallot): {
  readonly reason?: string;
  readonly reasons?: Readonly<Record<string, string>>;
  readonly named?: boolean;
} {
  const reason = sent.reason.trim();
  const { named } = sent;
  if (reason !== '' && isAskedWhy(sent.ballot)) return { reason, named };
  const reasons = reasonsOf(sent);
  return Object.keys(reasons).length === 0 ? {} : { reasons, named };
}
