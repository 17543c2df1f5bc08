/** How long a turn at a shared device lasts without anybody touching it. */

/** Between the last touch and the cover, and how long before that it is said. */
export const IDLE_MS = 45_000;
export const WARN_MS = 20_000;

export type Idle =
  | { readonly kind: 'here' }
  /** It ends in so many seconds. */
  | { readonly kind: 'warned'; readonly seconds: number }
  | { readonly kind: 'over' };

/** A moment by two clocks, in ms: one that never goes back, and one that goes on while the device sleeps. */
export interface Moment {
  readonly steady: number;
  readonly wall: number;
}

export function momentNow(): Moment {
  return { steady: performance.now(), wall: Date.now() };
}

/** Where a turn stands that was touched last at some moment. */
export function idleAt(touched: Moment, now: Moment): Idle {
  return idleAfter(Math.max(now.steady - touched.steady, now.wall - touched.wall));
}

/** Where a turn stands after so many ms without a touch. */
export function idleAfter(ms: number): Idle {
  if (ms >= IDLE_MS) return { kind: 'over' };
  if (ms < IDLE_MS - WARN_MS) return { kind: 'here' };
  return { kind: 'warned', seconds: Math.ceil((IDLE_MS - ms) / 1_000) };
}
