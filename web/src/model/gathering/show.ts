/** The run of show: its steps, its regions, and the clock of the step that goes on. */

import { type Phase, readPhase } from './phase.ts';
import { each, type Fields, fields, number, some, words } from './reading.ts';
import { type Region, readRegion } from './region.ts';

export type Stage = 'none' | 'ready' | 'live' | 'closed';
export type Capture = 'named' | 'role' | 'chatham' | 'nothing';

export interface Timer {
  /** `null` while the clock is stopped. */
  readonly ends: number | null;
  /** What is left while it is stopped, in ms. */
  readonly left: number;
}

export interface Show {
  readonly stage: Stage;
  readonly title: string;
  readonly purpose: string;
  /** The phase that goes on. */
  readonly at: string | null;
  readonly started: number | null;
  readonly closed: number | null;
  readonly timer: Timer | null;
  readonly capture: Capture;
  readonly phases: readonly Phase[];
  readonly regions: readonly Region[];
}

export function readShow(show: Fields): Show {
  const timer = fields(show.timer);
  const ends = number(timer.ends);
  return {
    stage: some(show.stage, ['none', 'ready', 'live', 'closed']) ?? 'none',
    title: words(show.title) ?? '',
    purpose: words(show.purpose) ?? '',
    at: words(show.at),
    started: number(show.started),
    closed: number(show.closed),
    timer: ends === null && number(timer.left) === null ? null : { ends, left: number(timer.left) ?? 0 },
    capture: some(show.capture, ['named', 'role', 'chatham', 'nothing']) ?? 'nothing',
    phases: each(show.phases, readPhase),
    regions: each(show.regions, readRegion),
  };
}
