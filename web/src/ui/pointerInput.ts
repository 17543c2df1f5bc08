/** From the browser's pointer and wheel events to plain inputs: counts clicks, times a resting finger, keeps the pointer. */

import { toWorld } from '../model/camera.ts';
import type { BoardElement } from '../model/element.ts';
import { type ScreenPoint, screen } from '../model/point.ts';
import { cursorOf } from '../render/handles.ts';
import { type PointerKind, slopOf } from '../tools/input.ts';
import { pressedElement, selectedHandle } from '../tools/select.ts';
import type { Editor } from './editor.ts';

/** Within this a second press in the same place is a double click; and a finger that rests this long holds. */
const DOUBLE_MS = 400;
const HOLD_MS = 500;
/** A line and a page of a wheel that does not count in pixels. */
const LINE_PX = 16;
const PAGE_PX = 400;
/** The most that one wheel event may zoom: mice send single large steps, trackpads many small ones. */
const MOST_WHEEL = 60;
const WHEEL_ZOOM = 0.008;

interface LastPress {
  readonly at: ScreenPoint;
  readonly time: number;
  readonly count: number;
}

export interface PointerOptions {
  readonly surface: HTMLElement;
  readonly editor: Editor;
  /** The board was pressed: it gets the keyboard. */
  readonly pressed: (coarse: boolean) => void;
}

/** Listens on a surface. Returns the way to stop. */
export function listen({ surface, editor, pressed }: PointerOptions): () => void {
  const { pointing, room } = editor;
  let lastPress: LastPress | null = null;
  let holdTimer = 0;
  let held: { readonly pointer: number; readonly at: ScreenPoint } | null = null;
  const stops = new AbortController();
  const options = { signal: stops.signal };

  const pointOf = (event: MouseEvent): ScreenPoint => {
    const box = surface.getBoundingClientRect();
    return screen(event.clientX - box.left, event.clientY - box.top);
  };
  const values = (event: PointerEvent) => {
    const at = pointOf(event);
    return {
      pointer: event.pointerId,
      kind: kindOf(event),
      at,
      world: toWorld(editor.camera.value, at),
      shift: event.shiftKey,
      alt: event.altKey,
      command: event.ctrlKey || event.metaKey,
    };
  };
  const stopHolding = () => {
    clearTimeout(holdTimer);
    held = null;
  };

  const down = (event: PointerEvent) => {
    if (event.button > 1 || event.target !== surface) return;
    if (event.button === 1) event.preventDefault();
    const input = values(event);
    pressed(input.kind === 'touch');
    surface.setPointerCapture(event.pointerId);
    const again =
      lastPress !== null &&
      event.timeStamp - lastPress.time < DOUBLE_MS &&
      Math.hypot(input.at.x - lastPress.at.x, input.at.y - lastPress.at.y) <= slopOf(input.kind) * 1.5;
    const clicks = again ? (lastPress?.count ?? 0) + 1 : 1;
    lastPress = { at: input.at, time: event.timeStamp, count: clicks };
    pointing.handle({ type: 'down', button: event.button, clicks, ...input });
    stopHolding();
    if (input.kind === 'touch') {
      held = { pointer: event.pointerId, at: input.at };
      holdTimer = window.setTimeout(() => {
        held = null;
        pointing.handle({ type: 'hold', ...input });
      }, HOLD_MS);
    }
  };
  const move = (event: PointerEvent) => {
    const input = values(event);
    if (held !== null && held.pointer === input.pointer) {
      if (Math.hypot(input.at.x - held.at.x, input.at.y - held.at.y) > slopOf(input.kind)) stopHolding();
    }
    pointing.handle({ type: 'move', ...input });
    show(surface, editor, input.at, input.kind);
    room.setPresence({ cursor: toWorld(editor.camera.value, input.at) });
  };
  const up = (event: PointerEvent) => {
    stopHolding();
    const input = values(event);
    pointing.handle({ type: 'up', ...input });
    show(surface, editor, input.at, input.kind);
    if (input.kind === 'touch') room.setPresence({ cursor: null });
  };
  const lost = () => {
    stopHolding();
    pointing.handle({ type: 'cancel' });
  };
  const wheel = (event: WheelEvent) => {
    // Without this the page would scroll or zoom instead of the board.
    event.preventDefault();
    const unit = event.deltaMode === 1 ? LINE_PX : event.deltaMode === 2 ? PAGE_PX : 1;
    const dx = event.deltaX * unit;
    const dy = event.deltaY * unit;
    if (event.ctrlKey || event.metaKey) {
      const turned = Math.max(-MOST_WHEEL, Math.min(MOST_WHEEL, dy));
      editor.view.zoomBy(Math.exp(-turned * WHEEL_ZOOM), pointOf(event));
      return;
    }
    // A mouse wheel with Shift goes sideways; some browsers turn it themselves.
    if (event.shiftKey && dx === 0) editor.view.pan(dy, 0);
    else editor.view.pan(dx, dy);
  };

  surface.addEventListener('pointerdown', down, options);
  // The press has given the focus to the board; the browser would take it away again.
  surface.addEventListener('mousedown', (event) => event.preventDefault(), options);
  surface.addEventListener('pointermove', move, options);
  surface.addEventListener('pointerup', up, options);
  surface.addEventListener('pointercancel', lost, options);
  const leave = () => {
    pointing.hover.value = null;
    room.setPresence({ cursor: null });
  };
  surface.addEventListener('pointerleave', leave, options);
  surface.addEventListener('wheel', wheel, { ...options, passive: false });
  surface.addEventListener(
    'contextmenu',
    (event) => {
      // A finger that rests means something on the board; a mouse keeps its menu.
      if (held !== null || pointing.busy) event.preventDefault();
    },
    options,
  );
  return () => {
    stopHolding();
    stops.abort();
  };
}

function kindOf(event: PointerEvent): PointerKind {
  return event.pointerType === 'touch' ? 'touch' : event.pointerType === 'pen' ? 'pen' : 'mouse';
}

/** Shows what a press would do: by the mouse's shape, and by an edge around what it would take hold of. */
function show(surface: HTMLElement, editor: Editor, at: ScreenPoint, kind: PointerKind): void {
  const over = elementUnder(editor, at, kind);
  editor.pointing.hover.value = kind === 'touch' ? null : (over?.id ?? null);
  surface.style.cursor = cursorFor(editor, at, kind, over);
}

/** What a press at a point would take hold of; nothing while a gesture is under way or another tool is in hand. */
function elementUnder(editor: Editor, at: ScreenPoint, kind: PointerKind): BoardElement | null {
  const { pointing } = editor;
  if (pointing.pulling.value || pointing.space.value || editor.tool.value !== 'select') return null;
  if (editor.placing.value !== null || editor.preview.value.kind !== 'none') return null;
  return pressedElement(toWorld(editor.camera.value, at), kind, pointing.context());
}

function cursorFor(editor: Editor, at: ScreenPoint, kind: PointerKind, over: BoardElement | null): string {
  const { pointing } = editor;
  if (pointing.pulling.value) return 'grabbing';
  if (pointing.space.value || editor.tool.value === 'hand') return 'grab';
  if (editor.tool.value !== 'select' || editor.placing.value !== null) return 'crosshair';
  const preview = editor.preview.value;
  if (preview.kind === 'move') return preview.copy ? 'copy' : 'move';
  if (preview.kind !== 'none') return '';
  const context = pointing.context();
  const handle = selectedHandle(at, kind === 'touch', context);
  if (handle !== null) return cursorOf(handle);
  return over !== null && editor.selection.value.has(over.id) && context.canWrite && !over.locked ? 'move' : '';
}
