/** Words of drafts that ring true and words that jar: how they are numbered, marked, and told. Pure. */

import { cardTexts } from './cardFields.ts';
import type { BoardElement } from './element.ts';
import { fields } from './gathering/reading.ts';
import { base64url, sha256 } from './sha256.ts';

/** A word rings true, or it jars. */
export type Feel = 'rings' | 'jars';

/** The first and the last of words that stand together, from 0. */
export type Span = readonly [first: number, last: number];

/** What somebody marks in a draft, as the server takes it: `words` is the digest of the draft as it was read. */
export type Marked = Readonly<Record<Feel, readonly Span[]> & { words: string }>;

/** Marks by draft. */
export type Marks = Readonly<Record<string, Marked>>;

/** How many words of a draft can be marked, from its first. */
export const MOST_WORDS = 400;
const DIGEST_BYTES = 6;

/** White space as Unicode 15 has it, as on the server: what `\s` means differs from language to language. */
const WORD = /[^\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/g;

/** What an element says, as the server reads it: a card's fields in the order of their names, one a line. */
export function wordingOf({ text, payload }: Pick<BoardElement, 'text' | 'payload'>): string {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return text;
  return cardTexts(payload)
    .filter(([, words]) => words !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, words]) => words)
    .join('\n');
}

/** 8 characters that are others once a word is changed. */
export function digestOf(wording: string): string {
  return base64url(sha256(new TextEncoder().encode(wording)).slice(0, DIGEST_BYTES));
}

export interface Word {
  readonly text: string;
  /** The white space before it. */
  readonly space: string;
}

/** Its words: what stands between white space, punctuation with it. */
export function wordsIn(wording: string): readonly Word[] {
  let end = 0;
  return [...wording.matchAll(WORD)].map(({ 0: text, index }) => {
    const space = wording.slice(end, index);
    end = index + text.length;
    return { text, space };
  });
}

// ── Marking ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What each word of a draft is marked as. */
export type Feels = readonly (Feel | null)[];

export function feelsOf(marked: Marked | undefined, count: number): Feels {
  const feels: (Feel | null)[] = Array.from({ length: count }, () => null);
  for (const feel of ['rings', 'jars'] as const) {
    for (const [first, last] of marked?.[feel] ?? []) feels.fill(feel, first, last + 1);
  }
  return feels;
}

/** The same with the words between two others, and those, marked as something else. */
export function painted(feels: Feels, from: number, to: number, feel: Feel | null): Feels {
  return feels.map((before, at) => (Math.min(from, to) <= at && at <= Math.max(from, to) ? feel : before));
}

/** What the server takes; `null` if nothing is marked. Words that stand together are one mark. */
export function markedFrom(feels: Feels, words: string): Marked | null {
  const marked = { words, rings: spans(feels, 'rings'), jars: spans(feels, 'jars') };
  return marked.rings.length + marked.jars.length === 0 ? null : marked;
}

function spans(feels: Feels, feel: Feel): readonly Span[] {
  const found: Span[] = [];
  feels.forEach((one, at) => {
    if (one !== feel) return;
    const last = found.at(-1);
    if (last !== undefined && last[1] === at - 1) found[found.length - 1] = [last[0], at];
    else found.push([at, at]);
  });
  return found;
}

/** The marks of a draft changed, or with `null` gone. */
export function withMarked(marks: Marks, draft: string, marked: Marked | null): Marks {
  const { [draft]: _, ...others } = marks;
  return marked === null ? others : { ...others, [draft]: marked };
}

// ── What came of it ────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** How many marked each word of a draft. */
export interface Heat {
  readonly rings: readonly number[];
  readonly jars: readonly number[];
}

const COLD: Heat = { rings: [], jars: [] };

/** What a result tells of a draft. */
export function heatOf(heat: unknown, draft: string): Heat {
  const told = fields(fields(heat)[draft]);
  return 'rings' in told || 'jars' in told ? { rings: counts(told.rings), jars: counts(told.jars) } : COLD;
}

function counts(pairs: unknown): readonly number[] {
  const found: number[] = [];
  for (const pair of Array.isArray(pairs) ? pairs : []) {
    const [word, many]: readonly unknown[] = Array.isArray(pair) ? pair : [];
    if (typeof word === 'number' && typeof many === 'number' && word >= 0 && word < MOST_WORDS) found[word] = many;
  }
  return Array.from(found, (many) => many ?? 0);
}

export interface Phrase {
  readonly words: string;
  readonly many: number;
  /** The number of its last word. */
  readonly last: number;
}

/** Words that stand together and that as many marked are one phrase; in the order of the words. */
export function phrasesIn(words: readonly Word[], many: readonly number[]): readonly Phrase[] {
  const found: Phrase[] = [];
  words.forEach(({ text }, at) => {
    const here = many[at] ?? 0;
    if (here === 0) return;
    const before = found.at(-1);
    if (before !== undefined && before.last === at - 1 && before.many === here) {
      found[found.length - 1] = { words: `${before.words} ${text}`, many: here, last: at };
    } else found.push({ words: text, many: here, last: at });
  });
  return found;
}

/** Words that stand together and are marked alike, with what stands between them; those that nobody marked too. */
export interface Run {
  /** What stands before it. */
  readonly space: string;
  readonly text: string;
  readonly rings: number;
  readonly jars: number;
}

export function runsIn(words: readonly Word[], heat: Heat): readonly Run[] {
  const found: Run[] = [];
  words.forEach(({ text, space }, at) => {
    const [rings, jars] = [heat.rings[at] ?? 0, heat.jars[at] ?? 0];
    const before = found.at(-1);
    if (before !== undefined && before.rings === rings && before.jars === jars) {
      found[found.length - 1] = { ...before, text: before.text + space + text };
    } else found.push({ space, text, rings, jars });
  });
  return found;
}
