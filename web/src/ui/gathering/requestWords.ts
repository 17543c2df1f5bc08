/** What is asked of hosts, in words. */

import { elementId } from '../../model/element.ts';
import type { Request } from '../../model/gathering/requests.ts';
import { label } from '../../model/outline.ts';
import type { Attendance } from './attendance.ts';

/** A time, as people say it: "2 minutes", "90 seconds". */
export function spanWords(seconds: number): string {
  if (seconds % 60 !== 0) return `${seconds} seconds`;
  return seconds === 60 ? '1 minute' : `${seconds / 60} minutes`;
}

/** Who asks for what, as hosts read it. */
export function requestWords(attendance: Attendance, request: Request): string {
  return `${attendance.nameOf(request.by)} asks ${whatWords(attendance, request)}`;
}

/** What is asked for, after "asks" or "You ask". */
export function whatWords(attendance: Attendance, request: Request): string {
  const { tables } = attendance.gathering.value.people;
  switch (request.what) {
    case 'time':
      return `for ${spanWords(request.seconds)} more`;
    case 'stop':
      return request.stopped ? 'to stop the clock' : 'to let the clock run on';
    case 'move':
      return `that ${attendance.nameOf(request.who ?? '')} moves to ${tables.get(request.table ?? '') ?? 'another table'}`;
    case 'aside':
      return `to set a note aside: ${request.reason}`;
    case 'restore':
      return `to bring a note back: ${request.reason}`;
  }
}

/** The words of the note it is about, where it is on the board. */
export function noteWords(attendance: Attendance, { element, what }: Request): string | null {
  const board = attendance.room.board.value;
  board.version.value;
  const found = element === null || what !== 'aside' ? undefined : board.get(elementId(element));
  return found === undefined ? null : label(found);
}
