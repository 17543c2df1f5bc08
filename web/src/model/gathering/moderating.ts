/** What hosts hold: what is locked, set aside or shown to all, and a record of the powers that were used. */

import { each, type Fields, fields, number, words } from './reading.ts';
import { readSummon, type Summon } from './summon.ts';

export interface SetAside {
  readonly element: string;
  readonly region: string | null;
  readonly reason: string;
}

export interface PowerUsed {
  readonly at: number;
  readonly by: string;
  readonly what: string;
  readonly about: string | null;
}

export interface TeamWord {
  readonly at: number;
  readonly by: string;
  readonly text: string;
}

export interface Rung {
  readonly at: number;
  readonly by: string;
}

export interface Moderating {
  readonly locked: readonly string[];
  readonly aside: readonly SetAside[];
  readonly rewording: readonly string[];
  readonly summon: Summon | null;
  readonly spotlight: string | null;
  readonly cursors: boolean;
  /** Whether displays show how to join. */
  readonly door: boolean;
  readonly powers: readonly PowerUsed[];
  readonly team: readonly TeamWord[];
  /** When the bell rang last. */
  readonly bell: Rung | null;
}

export function readModerating(moderating: Fields): Moderating {
  return {
    locked: each(moderating.locked, words),
    aside: each(moderating.aside, (value) => {
      const aside = fields(value);
      const element = words(aside.element);
      const region = words(aside.region);
      return element === null ? null : { element, region, reason: words(aside.reason) ?? '' };
    }),
    rewording: each(moderating.rewording, words),
    summon: readSummon(moderating.summon),
    spotlight: words(moderating.spotlight),
    cursors: moderating.cursors === true,
    door: moderating.door === true,
    powers: each(moderating.powers, (value) => {
      const power = fields(value);
      const what = words(power.what);
      if (what === null) return null;
      return { at: number(power.at) ?? 0, by: words(power.by) ?? '', what, about: words(power.about) };
    }),
    team: each(moderating.team, (value) => {
      const word = fields(value);
      const text = words(word.text);
      return text === null ? null : { at: number(word.at) ?? 0, by: words(word.by) ?? '', text };
    }),
    bell: readRung(moderating.bell),
  };
}

function readRung(value: unknown): Rung | null {
  const rung = fields(value);
  const by = words(rung.by);
  return by === null ? null : { at: number(rung.at) ?? 0, by };
}
