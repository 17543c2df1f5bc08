/** A change of step is a change of place: the board shows the region that is open now, unless the person is at work in another. */

import { effect } from '@preact/signals-core';
import { elementId } from '../../model/element.ts';
import type { Gathering, Phase } from '../../model/gathering.ts';
import type { Editor } from '../editor.ts';
import { prefersStillness } from '../motion.ts';
import type { Attendance } from './attendance.ts';

/** Goes with the steps, once for each. Returns the way to stop. */
export function followSteps(attendance: Attendance, editor: Editor): () => void {
  let went: string | null = null;
  return effect(() => {
    const phase = attendance.phase.value;
    if (phase === null || phase.key === went) return;
    const id = placeOf(phase, attendance.gathering.value);
    // The board may still be on its way, and has no size before it is drawn.
    editor.board.version.value;
    const rect = id === null ? null : editor.board.worldRect(id);
    if (rect === undefined || editor.viewport.value.w === 0) return;
    went = phase.key;
    const isBusy = editor.editing.peek() !== null || editor.selection.peek().size > 0;
    if (rect !== null && !isBusy) editor.view.show(rect, !prefersStillness());
  });
}

function placeOf(phase: Phase, { show }: Gathering) {
  const key = phase.opens[0]?.region ?? phase.poll?.region ?? null;
  const element = show.regions.find((region) => region.key === key)?.element ?? null;
  return element === null ? null : elementId(element);
}
