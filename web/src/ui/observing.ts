/** Who may not write, or not yet. Where something is closed to them it says so, in these words. */

import type { Room } from '../net/room.ts';

/**
 * Whether the person observes.
 *
 * `room.canWrite` is false for other reasons too, such as a board that has not arrived yet; those pass by themselves.
 */
export function observes(room: Room): boolean {
  return room.role.value === 'observer';
}

export const OBSERVER_REASON = 'You observe this gathering: you can read everything and change nothing.';
export const LAYOUT_REASON = 'Regions are laid out by a host.';
export const LOADING_REASON = 'The board is still loading.';

/** Why writing is closed, or null where it is open. */
export function closedBecause(room: Room): string | null {
  if (observes(room)) return OBSERVER_REASON;
  return room.ready.value ? null : LOADING_REASON;
}
