/** What is said of a room that does not take everything in. A pause is told by the save pill. */

import type { Mode } from '../net/room.ts';
import { DAMAGED_REASON, LOCKED_REASON } from './observing.ts';

export const LOCKED_FOR_HOSTS = 'The board is locked. Only hosts can change it.';
export const DAMAGED_ADVICE = {
  host: 'What could be read is shown. Ask whoever runs the server to restore it from a backup.',
  others: 'What could be read is shown. Tell a host, if they do not know.',
} as const;

/** The words for a change, or null where nobody need hear of it. */
export function modeWords(before: Mode, now: Mode, host: boolean): string | null {
  if (now === before) return null;
  if (now === 'damaged') return `${DAMAGED_REASON} ${host ? DAMAGED_ADVICE.host : DAMAGED_ADVICE.others}`;
  if (now === 'locked') return host ? LOCKED_FOR_HOSTS : LOCKED_REASON;
  return now === 'open' && before === 'locked' ? 'The board is open again.' : null;
}
