/** Randomness that can be repeated: a failing test prints its seed. */

export interface Seeded {
  /** 0 ≤ n < 1. */
  unit(): number;
  /** 0 ≤ n < below. */
  whole(below: number): number;
  pick<T>(items: readonly T[]): T;
  bytes(count: number): Uint8Array;
  shuffle<T>(items: readonly T[]): T[];
}

/** mulberry32: small, fast, and good enough to choose test cases with. */
export function seeded(seed: number): Seeded {
  let state = seed >>> 0;
  const unit = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const whole = (below: number): number => Math.floor(unit() * below);
  return {
    unit,
    whole,
    pick: (items) => {
      const item = items[whole(items.length)];
      if (item === undefined) throw new Error('nothing to pick from');
      return item;
    },
    bytes: (count) => Uint8Array.from({ length: count }, () => whole(256)),
    shuffle: (items) => {
      const mixed = [...items];
      for (let last = mixed.length - 1; last > 0; last -= 1) {
        const other = whole(last + 1);
        const [a, b] = [mixed[last], mixed[other]];
        if (a !== undefined && b !== undefined) [mixed[last], mixed[other]] = [b, a];
      }
      return mixed;
    },
  };
}
