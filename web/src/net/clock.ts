/** Time and chance for the rest of the client. */

export interface Clock {
  /** Monotonic ms. */
  now(): number;
  /** Wall clock, ms since 1970. */
  wallClock(): number;
  /** 0 ≤ n < 1. */
  random(): number;
  /** Calls back once after a time; returns how to call it off. */
  after(ms: number, then: () => void): () => void;
}

export const browserClock: Clock = {
  now: () => performance.now(),
  wallClock: () => Date.now(),
  random: () => Math.random(),
  after: (ms, then) => {
    const timer = setTimeout(then, Math.max(0, ms));
    return () => clearTimeout(timer);
  },
};
