/** What the host team and table hosts say among themselves, told as it comes. */

import { effect } from '@preact/signals-core';
import type { Services } from '../services.ts';
import type { Attendance } from './attendance.ts';

/** Returns the way to stop. */
export function tellTeam(attendance: Attendance, { announcer, toaster }: Services): () => void {
  let last: number | null = null;
  return effect(() => {
    const word = attendance.gathering.value.moderating.team.at(-1);
    const before = last;
    last = word?.at ?? 0;
    if (before === null || word === undefined || word.at <= before) return;
    if (word.by === attendance.room.me.peek()?.seat) return;
    const text = `${attendance.nameOf(word.by)} to the host team: ${word.text}`;
    announcer.say(text);
    toaster.show({ text });
  });
}
