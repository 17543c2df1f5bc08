/** Everybody is told once when a host puts a region back, wherever they are on the page: things move under their eyes. */

import { effect } from '@preact/signals-core';
import { readRewinding } from '../../model/rewinding.ts';
import type { Services } from '../services.ts';
import type { Attendance } from './attendance.ts';
import { timeWords } from './words.ts';

/**
 * Returns:
 *   The way to stop.
 */
export function tellPuttingBack({ room, gathering }: Attendance, { announcer, toaster }: Services): () => void {
  let before: ReadonlyMap<string, number> | null = null;
  return effect(() => {
    const { last } = readRewinding(room.gathering.value);
    if (before !== null) {
      for (const [key, { at, to }] of last) {
        if (before.get(key) === at) continue;
        const title = gathering.peek().show.regions.find((region) => region.key === key)?.title;
        const text = `A host put ${title === undefined ? 'a region' : `“${title}”`} back to how it was at ${timeWords(to)}.`;
        announcer.say(text);
        toaster.show({ text });
      }
    }
    before = new Map([...last].map(([key, { at }]) => [key, at]));
  });
}
