/**
 * Which tabs of this browser are alive. Each tab owns its outbox; what a dead one left behind is sent by the next that opens.
 *
 * Web Locks know for sure, but exist on secure origins only. On a plain http address in the local network, where gatherings often
 * take place, the tabs ask each other. A wrong answer costs a few bytes: the server skips what it has.
 */

export interface Tabs {
  readonly own: string;
  isAlive(tab: string): Promise<boolean>;
  leave(): void;
}

const CHANNEL = 'harvestry.tabs';
const ANSWER_WITHIN_MS = 150;

function lockName(tab: string): string {
  return `${CHANNEL}.${tab}`;
}

async function lockingTabs(own: string, locks: LockManager): Promise<Tabs> {
  let leave = (): void => undefined;
  await new Promise<void>((claimed, failed) => {
    locks
      .request(lockName(own), () => {
        claimed();
        return new Promise<void>((release) => {
          leave = release;
        });
      })
      .catch(failed);
  });
  return {
    own,
    isAlive: async (tab) => (await locks.query()).held?.some(({ name }) => name === lockName(tab)) ?? false,
    leave: () => leave(),
  };
}

function askingTabs(own: string, channel: BroadcastChannel): Tabs {
  const waiting = new Map<string, () => void>();
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (!Array.isArray(data)) return;
    const [kind, tab]: readonly unknown[] = data;
    if (kind === 'alive?' && tab === own) channel.postMessage(['alive', own]);
    if (kind === 'alive' && typeof tab === 'string') waiting.get(tab)?.();
  };
  return {
    own,
    isAlive: (tab) =>
      new Promise((answer) => {
        const settle = (alive: boolean): void => {
          clearTimeout(timer);
          waiting.delete(tab);
          answer(alive);
        };
        const timer = setTimeout(() => settle(false), ANSWER_WITHIN_MS);
        waiting.set(tab, () => settle(true));
        channel.postMessage(['alive?', tab]);
      }),
    leave: () => channel.close(),
  };
}

export async function joinTabs(own: string): Promise<Tabs> {
  try {
    if (globalThis.navigator?.locks !== undefined) return await lockingTabs(own, globalThis.navigator.locks);
  } catch {
    // Locks may be forbidden with storage; asking may still work.
  }
  if (globalThis.BroadcastChannel !== undefined) return askingTabs(own, new BroadcastChannel(CHANNEL));
  return { own, isAlive: async () => false, leave: () => undefined };
}
