/** Turning the browser one sits at into the shared device of a table: one's own seat leaves it first, and everything with it. */

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { remember } from '../../net/device.ts';
import { handOn, leave, unsent } from '../../net/handOn.ts';
import { readAddress } from '../address.ts';
import { companionOf } from '../focus/companion.ts';
import type { Attendance } from '../gathering/attendance.ts';

/** The board of this page. */
export function boardHere(): string {
  const address = readAddress(location);
  return address.kind === 'board' ? address.board : '';
}

export interface Becoming {
  /** Why it cannot be just now; `null` if it can. */
  readonly reason: string | null;
  /** The link of the device, while the person is asked whether they mean it. */
  readonly asking: string | null;
  /** What of theirs has not reached the group, in words. */
  readonly lost: readonly string[];
  /** Whether their own seat is on a shared device. */
  readonly isOnDevice: boolean;
  readonly ask: (link: string) => void;
  readonly go: () => void;
  readonly stay: () => void;
}

export function useBrowserAsDevice({ room, own }: Attendance): Becoming {
  const asking = useSignal<string | null>(null);
  const lost = useSignal<readonly string[] | null>(null);
  const busy = useSignal(false);
  useEffect(() => {
    void unsent(boardHere(), room, companionOf(room).peek()?.written ?? null).then((found) => {
      lost.value = found;
    });
  }, [room]);
  const go = async (): Promise<void> => {
    const address = readAddress(new URL(asking.peek() ?? '', location.href));
    if (busy.peek() || address.kind !== 'board' || address.token === null) return;
    busy.value = true;
    await handOn(boardHere(), room);
    remember(address.board, address.token, '', 'display');
    leave();
  };
  return {
    reason: lost.value === null ? 'One moment: we look whether all you wrote has reached the group.' : null,
    asking: asking.value,
    lost: lost.value ?? [],
    isOnDevice: own.value.devices.pin !== null,
    ask: (link) => {
      asking.value = link;
    },
    go: () => void go(),
    stay: () => {
      asking.value = null;
    },
  };
}
