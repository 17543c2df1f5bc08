/** What the save pill says. The words are the product's; see the design language, "Writing". */

import { unreachable } from '../model/unreachable.ts';
import type { SaveState } from '../net/room.ts';
import type { IconName } from './icons.tsx';

export interface SaveWords {
  readonly icon: IconName;
  readonly text: string;
  /** For a narrow bar, where the sentence does not fit; the full one stays its accessible name. */
  readonly brief: string;
  readonly tone: 'good' | 'plain' | 'warn';
}

const KEPT = { icon: 'cloudOff', brief: 'Offline', tone: 'warn' } as const;

function whatIsKept(count: number): string {
  if (count === 0) return 'What you change is kept on this device.';
  return count === 1 ? '1 change is kept on this device.' : `${count} changes are kept on this device.`;
}

/**
 * Says a state in words.
 *
 * Args:
 *   cameBack: The connection has just returned and everything is saved; said for a moment instead of "Saved".
 */
export function saveWords(state: SaveState, cameBack: boolean): SaveWords {
  switch (state.kind) {
    case 'saved':
      return cameBack
        ? { icon: 'check', text: 'Back online. Everything is saved.', brief: 'Back online', tone: 'good' }
        : { icon: 'check', text: 'Saved', brief: 'Saved', tone: 'good' };
    case 'saving':
      return { icon: 'saving', text: 'Saving', brief: 'Saving', tone: 'plain' };
    case 'delayed':
      return {
        icon: 'hourglass',
        text: 'Slow connection. Your work is kept and will be sent.',
        brief: 'Slow',
        tone: 'warn',
      };
    case 'offline':
      return { ...KEPT, text: `Offline. ${whatIsKept(state.count)}` };
    case 'paused':
      return {
        icon: 'cloudOff',
        text: `The server cannot save just now. ${whatIsKept(state.count)}`,
        brief: 'Not saving',
        tone: 'warn',
      };
    case 'connecting':
      return { icon: 'saving', text: 'Connecting', brief: 'Connecting', tone: 'plain' };
    case 'ended':
      return { ...KEPT, text: 'This board has closed for you.', brief: 'Closed' };
    default:
      return unreachable(state);
  }
}

/** Whether a change of state is worth interrupting for: losing the connection and having it back, nothing between. */
export function saveAnnouncement(before: SaveState, after: SaveState): string | null {
  const wasAway = before.kind === 'offline' || before.kind === 'delayed' || before.kind === 'paused';
  if (after.kind === 'offline' && before.kind !== 'offline') return saveWords(after, false).text;
  if (after.kind === 'paused' && before.kind !== 'paused') return saveWords(after, false).text;
  if (after.kind === 'delayed' && !wasAway) return saveWords(after, false).text;
  if (after.kind === 'saved' && wasAway) return saveWords(after, true).text;
  return null;
}
