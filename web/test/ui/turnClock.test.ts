import { expect, test } from 'vitest';
import { IDLE_MS, idleAfter, idleAt, WARN_MS } from '../../src/ui/device/turnClock.ts';

test('a turn that nobody touches is said to end, and ends 45 s after the last touch', () => {
  expect(IDLE_MS).toBe(45_000);
  expect(idleAfter(0)).toEqual({ kind: 'here' });
  expect(idleAfter(IDLE_MS - WARN_MS - 1)).toEqual({ kind: 'here' });
  expect(idleAfter(IDLE_MS - WARN_MS)).toEqual({ kind: 'warned', seconds: 20 });
  expect(idleAfter(IDLE_MS - 1)).toEqual({ kind: 'warned', seconds: 1 });
  expect(idleAfter(IDLE_MS)).toEqual({ kind: 'over' });
});

test('a device that slept, and whose steady clock stood still, has no turn any more', () => {
  const touched = { steady: 1_000, wall: 50_000 };
  expect(idleAt(touched, { steady: 1_500, wall: 50_000 + IDLE_MS })).toEqual({ kind: 'over' });
  // Nor does a date that was put back keep it.
  expect(idleAt(touched, { steady: 1_000 + IDLE_MS, wall: 20_000 })).toEqual({ kind: 'over' });
  expect(idleAt(touched, { steady: 1_500, wall: 50_500 })).toEqual({ kind: 'here' });
});
