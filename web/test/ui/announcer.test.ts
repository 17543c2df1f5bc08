import { beforeEach, describe, expect, it } from 'vitest';
import { Announcer, type Clock, JOIN_MS, REMOTE_PAUSE_MS } from '../../src/a11y/announcer.ts';

/** Time that passes when the test says so. */
class HandClock implements Clock {
  #now = 0;
  #due: { readonly at: number; readonly run: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): void {
    this.#due.push({ at: this.#now + ms, run });
  }

  pass(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = this.#due.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#due = this.#due.filter((entry) => entry !== next);
      this.#now = next.at;
      next.run();
    }
    this.#now = end;
  }
}

let clock: HandClock;
let announcer: Announcer;
let heard: string[];

beforeEach(() => {
  clock = new HandClock();
  announcer = new Announcer(clock);
  heard = [];
  announcer.polite.subscribe((text) => {
    if (text !== '') heard.push(text);
  });
});

describe('what the person does', () => {
  it('is told at once', () => {
    announcer.say('Note added in What we see.');
    clock.pass(JOIN_MS);
    expect(heard).toEqual(['Note added in What we see.']);
  });

  it('is told as one text when it comes in one moment, each sentence once', () => {
    announcer.say('Undone.');
    announcer.say('Undone.');
    announcer.say('Saved.');
    clock.pass(JOIN_MS);
    expect(heard).toEqual(['Undone. Saved.']);
  });

  it('is told again when the same happens again', () => {
    announcer.say('Undone.');
    clock.pass(JOIN_MS);
    announcer.say('Undone.');
    clock.pass(JOIN_MS);
    expect(heard).toHaveLength(2);
    expect(heard[1]?.trim()).toBe('Undone.');
  });

  it('interrupts when it is urgent, and leaves the polite text alone', () => {
    announcer.say('You are here to look.', 'assertive');
    clock.pass(JOIN_MS);
    expect(announcer.assertive.value).toBe('You are here to look.');
    expect(heard).toEqual([]);
  });
});

describe('what others do', () => {
  it('is counted and told as one sentence for each place', () => {
    for (let index = 0; index < 12; index++) announcer.others({ addedIn: ['What we see'] });
    announcer.others({ changed: 3, removed: 1 });
    clock.pass(REMOTE_PAUSE_MS);
    expect(heard).toEqual(['12 new notes in What we see. 3 notes changed. 1 note removed.']);
  });

  it('is told once every few seconds at most, however busy the board is', () => {
    for (let second = 0; second < 60; second++) {
      for (let index = 0; index < 10; index++) announcer.others({ changed: 1 });
      clock.pass(1_000);
    }
    expect(heard.length).toBeLessThanOrEqual(60_000 / REMOTE_PAUSE_MS + 1);
    expect(heard.length).toBeGreaterThan(5);
  });

  it('loses nothing between two sentences', () => {
    for (let second = 0; second < 30; second++) {
      announcer.others({ addedIn: ['Stories'] });
      clock.pass(1_000);
    }
    clock.pass(REMOTE_PAUSE_MS * 2);
    const told = heard.map((text) => Number.parseInt(text, 10)).reduce((sum, count) => sum + count, 0);
    expect(told).toBe(30);
  });

  it('is summed up when it happens in many places at once', () => {
    announcer.others({ addedIn: ['A', 'B', 'C', 'D', ''] });
    clock.pass(REMOTE_PAUSE_MS);
    expect(heard).toEqual(['5 new notes in 5 places.']);
  });

  it('names who came and who left, and nobody who did both', () => {
    announcer.came('Rosa');
    announcer.came('Jo');
    announcer.came('Pat');
    announcer.left('Pat');
    announcer.left('Wen');
    clock.pass(REMOTE_PAUSE_MS);
    expect(heard).toEqual(['Rosa and Jo joined. Wen left.']);
  });

  it('is not told to somebody who asked for their own changes alone', () => {
    announcer.othersToo = false;
    announcer.others({ changed: 4 });
    announcer.say('Note added.');
    clock.pass(REMOTE_PAUSE_MS * 2);
    expect(heard).toEqual(['Note added.']);
  });
});
