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
  /** It is done as far as this page can do it: another page still holds words of theirs. */
  readonly held: boolean;
  readonly ask: (link: string) => void;
  readonly go: () => void;
  readonly stay: () => void;
}

export function useBrowserAsDevice({ room, own }: Attendance): Becoming {
  const asking = useSignal<string | null>(null);
  const lost = useSignal<readonly string[] | null>(null);
  const busy = useSignal(false);
  const held = useSignal(false);
  const look = async (): Promise<readonly string[]> => {
    const found = await unsent(boardHere(), room, companionOf(room).peek()?.written ?? null);
    lost.value = found;
    return found;
  };
  useEffect(() => {
    void look();
  }, [room]);
  const go = async (): Promise<void> => {
    const address = readAddress(new URL(asking.peek() ?? '', location.href));
    if (busy.peek() || address.kind !== 'board' || address.token === null) return;
    busy.value = true;
    const said = lost.peek() ?? [];
    // They may have written on since they were asked: what was not said is not lost.
    if (!held.peek() && (await look()).some((one) => !said.includes(one))) {
      busy.value = false;
      return;
    }
    held.value = !held.peek() && !(await handOn(boardHere(), room));
    busy.value = false;
    if (held.peek()) return;
    remember(address.board, address.token, '', 'display');
    leave();
  };
  return {
    reason: lost.value === null ? 'One moment: we look whether all you wrote has reached the group.' : null,
    asking: asking.value,
    lost: lost.value ?? [],
    isOnDevice: own.value.devices.pin !== null,
    held: held.value,
    ask: (link) => {
      asking.value = link;
      void look();
    },
    go: () => void go(),
    stay: () => {
      asking.value = null;
    },
  };
}
