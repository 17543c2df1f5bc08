/** A change of step is a change of place: the board shows the region that is open now, unless the person is at work in another. */

import { effect } from '@preact/signals-core';
import type { Camera } from '../../model/camera.ts';
import { elementId } from '../../model/element.ts';
import type { Gathering } from '../../model/gathering/gathering.ts';
import type { Phase } from '../../model/gathering/phase.ts';
import type { Editor } from '../editor.ts';
import { prefersStillness } from '../motion.ts';
import type { Attendance } from './attendance.ts';

/** Goes with the steps, once for each. Returns the way to stop. */
export function followSteps(attendance: Attendance, editor: Editor): () => void {
  let went: string | null = null;
  /** The first view, and how wide the board was then: panels that open beside it afterwards take room from it. */
  let first: { readonly camera: Camera; readonly width: number } | null = null;
  return effect(() => {
    const phase = attendance.phase.value;
    if (phase === null) return;
    const id = placeOf(phase, attendance.gathering.value);
    // The board may still be on its way, and has no size before it is drawn.
    editor.board.version.value;
    const rect = id === null ? null : editor.board.worldRect(id);
    const { w } = editor.viewport.value;
    if (rect === undefined || w === 0) return;
    const isNew = phase.key !== went;
    if (!isNew && (first === null || first.width === w || hasLooked(first.camera, editor))) return;
    const begins = went === null || !isNew;
    went = phase.key;
    first = null;
    const isBusy = editor.editing.peek() !== null || editor.selection.peek().size > 0;
    if (rect === null || isBusy) return;
    editor.view.show(rect, !begins && !prefersStillness());
    if (begins) first = { camera: editor.view.camera.peek(), width: w };
  });
}

/** Whether the person has looked elsewhere since; what is beside the board only pushes it to the side. */
function hasLooked(before: Camera, editor: Editor): boolean {
  const now = editor.view.camera.peek();
  return now.zoom !== before.zoom || now.y !== before.y;
}

function placeOf(phase: Phase, { show }: Gathering) {
  const key = phase.opens[0]?.region ?? phase.poll?.region ?? null;
  const element = show.regions.find((region) => region.key === key)?.element ?? null;
  return element === null ? null : elementId(element);
}
