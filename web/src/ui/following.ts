/** Following: what the editor does by itself when the board, the room or the person's own state changes. */

import { effect } from '@preact/signals-core';
import { visibleRect } from '../model/camera.ts';
import type { ElementId, Rect } from '../model/element.ts';
import type { BoardChange } from '../model/plan.ts';
import { distance } from '../model/rect.ts';
import { mention } from '../tools/describe.ts';
import type { Editor } from './editor.ts';

/** A selection beyond this is not told to the others in full. */
const MOST_TOLD = 100;
/** How far around a deleted element one looks for another to go on from, in world units. */
const SIGHT = 2_000;
/** How often the server is told where one looks, at most. */
const LOOK_MS = 250;

interface Seen {
  readonly id: ElementId;
  readonly rect: Rect;
  readonly words: string;
}

/** Starts following. Returns the way to stop. */
export function follow(editor: Editor): () => void {
  let seen: Seen | null = null;
  const remember = () => {
    const id = editor.focused.value;
    const element = id === null ? undefined : editor.board.get(id);
    const rect = id === null ? undefined : editor.board.worldRect(id);
    seen = element === undefined || rect === undefined ? null : { id: element.id, rect, words: mention(element) };
  };
  const stops = [
    effect(() => {
      const board = editor.room.board.value;
      forgetMissing(editor, (id) => board.get(id) === undefined);
      return board.subscribe((change) => {
        const gone = new Set(change.removed);
        if (gone.size > 0) {
          leaveDeleted(editor, change, seen);
          forgetMissing(editor, (id) => gone.has(id));
          editor.carrying.forget(gone);
        }
        remember();
      });
    }),
    effect(remember),
    editor.drafting.follow(),
    tellPresence(editor),
    tellView(editor),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function forgetMissing(editor: Editor, missing: (id: ElementId) => boolean): void {
  const selection = editor.selection.peek();
  const left = [...selection].filter((id) => !missing(id));
  if (left.length < selection.size) editor.selection.value = new Set(left);
  const editing = editor.editing.peek();
  if (editing !== null && missing(editing) && !editor.drafting.holds(editing)) editor.editing.value = null;
  const focused = editor.focused.peek();
  if (focused !== null && missing(focused)) editor.focused.value = null;
}

/** When somebody deletes what has the focus, the focus goes to what is nearest, and both are said. */
function leaveDeleted(editor: Editor, change: BoardChange, seen: Seen | null): void {
  const focused = editor.focused.peek();
  if (focused === null || seen?.id !== focused || !change.removed.includes(focused)) return;
  const next = nearest(editor, seen.rect, new Set(change.removed));
  editor.focused.value = next;
  if (change.origin !== 'remote') return;
  const element = next === null ? undefined : editor.board.get(next);
  const now = element === undefined ? '' : ` You are now at ${mention(element)}.`;
  editor.announce(`Somebody deleted ${seen.words}.${now}`, 'assertive');
}

/** The element nearest to a place, frames last. */
export function nearest(editor: Editor, rect: Rect, exclude: ReadonlySet<ElementId>): ElementId | null {
  const x = rect.x + rect.w / 2;
  const y = rect.y + rect.h / 2;
  let best: ElementId | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const element of editor.board.search({ x: x - SIGHT, y: y - SIGHT, w: SIGHT * 2, h: SIGHT * 2 })) {
    if (exclude.has(element.id) || element.kind === 'conn') continue;
    const other = editor.board.worldRect(element.id);
    if (other === undefined) continue;
    const away = distance(other, x, y) + (element.kind === 'frame' ? SIGHT : 0);
    if (away < least) {
      least = away;
      best = element.id;
    }
  }
  return best;
}

/** Tells the others what is selected, written in and dragged. */
function tellPresence(editor: Editor): () => void {
  return effect(() => {
    const preview = editor.preview.value;
    let drag: Rect | null = null;
    if (preview.kind === 'move' && !preview.copy) drag = { x: preview.dx, y: preview.dy, w: 0, h: 0 };
    if (preview.kind === 'resize') {
      const before = editor.board.worldRect(preview.id);
      const { rect } = preview;
      if (before !== undefined) {
        drag = { x: rect.x - before.x, y: rect.y - before.y, w: rect.w - before.w, h: rect.h - before.h };
      }
    }
    editor.room.setPresence({
      selection: [...editor.selection.value].slice(0, MOST_TOLD),
      editing: editor.editing.value,
      drag,
    });
  });
}

/** Tells the server where one looks: in a crowd it spares us the cursors elsewhere. */
function tellView(editor: Editor): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tell = () => {
    timer = undefined;
    const viewport = editor.viewport.peek();
    if (viewport.w > 0) editor.room.setPresence({ view: visibleRect(editor.camera.peek(), viewport) });
  };
  const stop = effect(() => {
    editor.camera.value;
    editor.viewport.value;
    timer ??= setTimeout(tell, LOOK_MS);
  });
  return () => {
    stop();
    clearTimeout(timer);
  };
}
