/** The outside world of a room, as it is in a browser. */

import { newId } from '../model/ids.ts';
import type { Role } from '../sync/state.ts';
import { loadState } from './api.ts';
import { browserClock, type Clock } from './clock.ts';
import { remember } from './device.ts';
import { type OpenSocket, openSocket } from './socket.ts';
import { type Shelves, Storage } from './storage.ts';
import { joinTabs } from './tabs.ts';

/** The outside world of a room; tests bring their own. */
export interface Surroundings {
  readonly clock: Clock;
  readonly openSocket: OpenSocket;
  readonly loadState: typeof loadState;
  readonly openStorage: () => Promise<Shelves | null>;
  readonly remember: (boardId: string, resume: string, name: string, role: Role | null) => void;
  /** The page's events; `null` where there is no page. */
  readonly page: Window | null;
}

export function browserSurroundings(): Surroundings {
  return {
    clock: browserClock,
    openSocket,
    loadState,
    openStorage: async () => Storage.open(await joinTabs(newId())),
    remember,
    page: globalThis.window ?? null,
  };
}
