/** Writing in a record: whether one may, and what becomes of it when one has finished. */

import { writingIn } from '../../model/agenda.ts';
import type { ElementId } from '../../model/element.ts';
import { cardWords } from '../../model/outline.ts';
import { type BoardRecord, recordOf } from '../../model/records.ts';
import type { Editor } from '../editor.ts';
import type { Attendance } from '../gathering/attendance.ts';
import { closedBecause } from '../observing.ts';
import { cardHeight } from './recordCard.ts';

/** Why its words cannot be changed just now, or null where they can. */
export function whyClosed({ region, agreed }: BoardRecord, attendance: Attendance, editor: Editor): string | null {
  const why = closedBecause(editor.room);
  if (why !== null) return why;
  if (agreed) return 'The group has agreed on these words. The host team can open them again.';
  const gathering = attendance.gathering.value;
  if (gathering.moderating.locked.includes(region.key) && !attendance.hosting.value)
    return 'A host has locked this region.';
  const person = attendance.person.value;
  // The host team writes in cards in every step.
  if (person.role === 'harvester') return null;
  const writing = writingIn(gathering, region.key, person, attendance.minute);
  return writing.may ? null : writing.why;
}

/** The card grows to hold its words; one without any was made by mistake. */
export function endRecord(id: ElementId, attendance: Attendance, editor: Editor): void {
  const { board } = editor;
  const element = board.get(id);
  const record = recordOf(board, attendance.gathering.peek(), attendance.own.peek(), element);
  if (element === undefined || record === null || whyClosed(record, attendance, editor) !== null) return;
  // It may say what another region asked for, where it came from.
  if (cardWords(element.payload) === '') {
    board.retract(id);
    return;
  }
  const h = Math.max(element.rect.h, cardHeight(record.said, element.rect.w, editor.text.measurer));
  board.endText(id, h === element.rect.h ? undefined : { ...element.rect, h });
}
