import { afterEach, expect, it, vi } from 'vitest';
import { joinTabs } from '../../src/net/tabs.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('asks the other tabs where there are no locks', async () => {
  vi.stubGlobal('navigator', {});
  const [one, two] = [await joinTabs('one'), await joinTabs('two')];
  // However long an answer takes on a busy machine: time passes when the test says so.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  expect(await one.isAlive('two')).toBe(true);
  two.leave();
  const silence = one.isAlive('two');
  vi.advanceTimersByTime(1_000);
  expect(await silence).toBe(false);
  one.leave();
});

it('asks the locks where there are some', async () => {
  const held = new Set<string>();
  vi.stubGlobal('navigator', {
    locks: {
      request: async (name: string, hold: () => Promise<void>) => {
        held.add(name);
        await hold();
        held.delete(name);
      },
      query: async () => ({ held: [...held].map((name) => ({ name })) }),
    },
  });
  const [one, two] = [await joinTabs('one'), await joinTabs('two')];
  expect(await one.isAlive('two')).toBe(true);
  two.leave();
  await vi.waitFor(async () => expect(await one.isAlive('two')).toBe(false));
});
