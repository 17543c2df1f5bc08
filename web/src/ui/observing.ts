/** Observers look and do not write. Where something is closed to them it says so, in these words. */

import type { Room } from '../net/room.ts';

/**
 * Whether the person observes.
 *
 * `room.canWrite` is false for other reasons too, such as a board that has not arrived yet; those pass by themselves.
 */
export function observes(room: Room): boolean {
  return room.me.value?.role === 'observer';
}

export const OBSERVER_REASON = 'You observe this gathering: you can read everything and change nothing.';
