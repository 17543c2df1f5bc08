/**
 * What assistive technology is told, and when.
 *
 * What the person does is told at once. What others do is gathered and told as one sentence every few seconds at most, because
 * a live board would otherwise never let a screen reader finish a line. An urgent message silences nothing but comes first.
 */

import { type ReadonlySignal, signal } from '@preact/signals-core';

export type Level = 'polite' | 'assertive';

/** Time as the announcer needs it; tests pass their own. */
export interface Clock {
  now(): number;
  /** Runs once after `ms`. */
  after(ms: number, run: () => void): void;
}

/** Others' changes that have not been told yet. Counted per region title; `''` is outside every region. */
interface Pending {
  readonly added: Map<string, number>;
  changed: number;
  removed: number;
  readonly came: Set<string>;
  readonly left: Set<string>;
}

/** Long enough to hear a sentence out, short enough to follow a conversation. */
export const REMOTE_PAUSE_MS = 5_000;
/** Two messages of one moment are read as one text; a live region that changes twice at once loses the first. */
export const JOIN_MS = 150;

export class Announcer {
  readonly #clock: Clock;
  readonly #polite = signal('');
  readonly #assertive = signal('');
  readonly #waiting: Record<Level, string[]> = { polite: [], assertive: [] };
  #pending: Pending = nothing();
  #remoteScheduled = false;
  #lastRemote = Number.NEGATIVE_INFINITY;

  /** False: only what the person does, and what concerns their own work, is told. */
  othersToo = true;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get polite(): ReadonlySignal<string> {
    return this.#polite;
  }

  get assertive(): ReadonlySignal<string> {
    return this.#assertive;
  }

  say(text: string, level: Level = 'polite'): void {
    const queue = this.#waiting[level];
    if (queue.at(-1) === text) return;
    queue.push(text);
    if (queue.length > 1) return;
    this.#clock.after(JOIN_MS, () => {
      this.#write(level, queue.splice(0).join(' '));
    });
  }

  /** Counts what somebody else did to the board. */
  others(change: { readonly addedIn?: readonly string[]; readonly changed?: number; readonly removed?: number }): void {
    for (const region of change.addedIn ?? []) {
      this.#pending.added.set(region, (this.#pending.added.get(region) ?? 0) + 1);
    }
    this.#pending.changed += change.changed ?? 0;
    this.#pending.removed += change.removed ?? 0;
    this.#scheduleRemote();
  }

  came(name: string): void {
    if (!this.#pending.left.delete(name)) this.#pending.came.add(name);
    this.#scheduleRemote();
  }

  left(name: string): void {
    if (!this.#pending.came.delete(name)) this.#pending.left.add(name);
    this.#scheduleRemote();
  }

  #scheduleRemote(): void {
    if (this.#remoteScheduled) return;
    this.#remoteScheduled = true;
    // The first change of a quiet board waits too, so that a burst is told as one.
    const wait = Math.max(REMOTE_PAUSE_MS / 5, this.#lastRemote + REMOTE_PAUSE_MS - this.#clock.now());
    this.#clock.after(wait, () => {
      this.#remoteScheduled = false;
      const text = summarise(this.#pending);
      this.#pending = nothing();
      if (text === '' || !this.othersToo) return;
      this.#lastRemote = this.#clock.now();
      this.say(text);
    });
  }

  #write(level: Level, text: string): void {
    const region = level === 'polite' ? this.#polite : this.#assertive;
    // The same words again are no change to a live region; a trailing no-break space makes them one.
    region.value = region.value === text ? `${text}\u00a0` : text;
  }
}

function nothing(): Pending {
  return { added: new Map(), changed: 0, removed: 0, came: new Set(), left: new Set() };
}

function counted(count: number, one: string, many: string): string {
  return count === 1 ? `1 ${one}` : `${count} ${many}`;
}

function people(names: ReadonlySet<string>, verb: string): string | null {
  const [first, second, ...rest] = names;
  if (first === undefined) return null;
  if (second === undefined) return `${first} ${verb}.`;
  if (rest.length === 0) return `${first} and ${second} ${verb}.`;
  return `${names.size} people ${verb}.`;
}

function summarise(pending: Pending): string {
  const regions = [...pending.added].sort((a, b) => b[1] - a[1]);
  // More than three places is a list nobody can hold in mind; then one total is told.
  const added =
    regions.length > 3
      ? [`${counted(total(regions), 'new note', 'new notes')} in ${regions.length} places.`]
      : regions.map(([region, count]) => {
          const notes = counted(count, 'new note', 'new notes');
          return region === '' ? `${notes} outside the regions.` : `${notes} in ${region}.`;
        });
  const sentences = [
    people(pending.came, 'joined'),
    people(pending.left, 'left'),
    ...added,
    pending.changed > 0 ? `${counted(pending.changed, 'note', 'notes')} changed.` : null,
    pending.removed > 0 ? `${counted(pending.removed, 'note', 'notes')} removed.` : null,
  ];
  return sentences.filter((sentence) => sentence !== null).join(' ');
}

function total(regions: readonly (readonly [string, number])[]): number {
  return regions.reduce((sum, [, count]) => sum + count, 0);
}
