/** Somebody asks whether one would lead something: told at once, wherever one is on the page. */

import { effect, untracked } from '@preact/signals-core';
import { elementId } from '../../model/element.ts';
import { headOf, recordOf } from '../../model/records.ts';
import type { Editor } from '../editor.ts';
import type { Attendance } from '../gathering/attendance.ts';
import type { Services } from '../services.ts';

export function tellOffers(attendance: Attendance, editor: Editor, { announcer, toaster }: Services): () => void {
  /** Offers that were told, and the message that is still there. */
  const told = new Map<string, number | null>();
  return effect(() => {
    const own = attendance.own.value;
    const { board } = editor;
    board.version.value;
    const open = own.recording.offered.map(({ element, by }) => ({ element, by, key: `${element} ${by}` }));
    for (const [key, toast] of told) {
      if (open.some((offer) => offer.key === key)) continue;
      told.delete(key);
      if (toast !== null) untracked(() => toaster.close(toast));
    }
    for (const { element, by, key } of open) {
      const record = recordOf(board, attendance.gathering.peek(), own, board.get(elementId(element)));
      // A board that is still on its way has it in a moment.
      if (record === null || told.has(key)) continue;
      const text = `${attendance.nameOf(by)} asks whether you would lead “${headOf(record)}”. Only the two of you know.`;
      announcer.say(text);
      // The view “Now” shows it already.
      const isShown = document.getElementById('now') !== null;
      const action = { label: 'Look at it', run: () => editor.edit(elementId(element)) };
      told.set(key, isShown ? null : untracked(() => toaster.show({ text, action })));
    }
  });
}
