/** Who of the host team sits in with one's own table, and telling when they come and leave. */

import { effect } from '@preact/signals-core';
import type { Visit } from '../../model/gathering/visiting.ts';
import type { Services } from '../services.ts';
import type { Attendance } from './attendance.ts';

/** Those who are announced at one's table, or there; oneself left out. */
export function visitorsOf({ gathering, own, room }: Attendance): readonly Visit[] {
  const { table } = own.value.people;
  const me = room.me.value?.seat;
  return table === null ? [] : gathering.value.visits.filter((visit) => visit.table === table && visit.seat !== me);
}

export function visitWords(name: string, { here }: Visit): string {
  return here ? `${name} sits in and reads what your table shares` : `${name} is about to sit in with your table`;
}

/** Comes, is here, and leaves: each is told to the table once. Returns the way to stop. */
export function tellVisits(attendance: Attendance, { announcer, toaster }: Services): () => void {
  let before: ReadonlyMap<string, boolean> = new Map();
  let at: string | null = null;
  return effect(() => {
    const visits = visitorsOf(attendance);
    const { table } = attendance.own.value.people;
    // Whoever sits elsewhere now was left by nobody.
    const known = table === at ? before : new Map<string, boolean>();
    at = table;
    before = new Map(visits.map(({ seat, here }) => [seat, here]));
    const lines = visits
      .filter(({ seat, here }) => known.get(seat) !== here)
      .map((visit) => `${visitWords(attendance.nameOf(visit.seat), visit)}.`);
    for (const seat of known.keys()) {
      if (!before.has(seat)) lines.push(`${attendance.nameOf(seat)} has left your table.`);
    }
    for (const text of lines) {
      announcer.say(text);
      toaster.show({ text });
    }
  });
}
