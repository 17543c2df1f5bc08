import { expect, test } from 'vitest';
import { IDLE_MS, idleAfter, WARN_MS } from '../../src/ui/device/turnClock.ts';

test('a turn that nobody touches is said to end, and ends 45 s after the last touch', () => {
  expect(IDLE_MS).toBe(45_000);
  expect(idleAfter(0)).toEqual({ kind: 'here' });
  expect(idleAfter(IDLE_MS - WARN_MS - 1)).toEqual({ kind: 'here' });
  expect(idleAfter(IDLE_MS - WARN_MS)).toEqual({ kind: 'warned', seconds: 20 });
  expect(idleAfter(IDLE_MS - 1)).toEqual({ kind: 'warned', seconds: 1 });
  expect(idleAfter(IDLE_MS)).toEqual({ kind: 'over' });
});
