/** Who may not write, or not now. Where something is closed to them it says so, in these words. */

import type { Room } from '../net/room.ts';
import { looksOn } from '../sync/state.ts';

/**
 * Whether the person observes.
 *
 * `room.canWrite` is false for other reasons too, such as a board that has not arrived yet; those pass by themselves.
 */
export function observes(room: Room): boolean {
  return looksOn(room.role.value);
}

export const OBSERVER_REASON = 'You observe this gathering: you can read everything and change nothing.';
export const LAYOUT_REASON = 'Regions are laid out by a host.';
export const LOADING_REASON = 'The board is still loading.';
export const LOCKED_REASON = 'The board is locked. You can look and move around; a host can open it again.';
export const DAMAGED_REASON = 'The board is damaged on the server, so it can only be read.';

/** Why writing is closed, or null where it is open. */
export function closedBecause(room: Room): string | null {
  if (observes(room)) return OBSERVER_REASON;
  if (!room.ready.value) return LOADING_REASON;
  if (room.canWrite.value) return null;
  return room.mode.value === 'damaged' ? DAMAGED_REASON : LOCKED_REASON;
}
