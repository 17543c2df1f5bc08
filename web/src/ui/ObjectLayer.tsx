/**
 * The board for keyboards and screen readers: real elements over the drawn ones, at the same places, in reading order.
 *
 * One tab stop; the focus roves. Only the few dozen elements around the focus are there, because thousands would make every
 * change slow (60 rows cost a fifth of 10,000 in our measurements); their place in the whole is told by `aria-posinset`.
 */

import { useSignal, useSignalEffect } from '@preact/signals';
import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Board } from '../model/board.ts';
import { visibleRect } from '../model/camera.ts';
import { type ElementId, elementId } from '../model/element.ts';
import { describe } from '../tools/describe.ts';
import { pressKey } from './boardKeys.ts';
import type { Editor } from './editor.ts';
import { readingOrder } from './readingOrder.ts';

const WINDOW = 60;
/** After the view has come to rest for this long, the elements in it are the ones that can be reached. */
const REST_MS = 160;

interface Props {
  readonly editor: Editor;
  readonly layer: RefObject<HTMLDivElement | null>;
}

export function ObjectLayer({ editor, layer }: Props) {
  const ground = useRef<HTMLDivElement>(null);
  const first = useSignal(0);
  const board = editor.room.board.value;
  editor.room.authorship.value;
  const order = readingOrder(board);
  const focused = editor.focused.value;
  const at = focused === null ? -1 : order.indexOf(focused);
  const start = Math.max(0, Math.min(at === -1 ? first.value : at - WINDOW / 2, order.length - WINDOW));
  const shown = order.slice(start, start + WINDOW);
  const stop = at === -1 ? (order[Math.max(first.value, start)] ?? shown[0] ?? null) : focused;
  const selection = editor.selection.value;
  const plots = editor.plots.value;

  useSignalEffect(() => {
    const { x, y, zoom } = editor.camera.value;
    const area = ground.current;
    if (area === null) return;
    area.style.transform = `scale(${zoom}) translate(${-x}px, ${-y}px)`;
    area.style.setProperty('--pixel', `${1 / zoom}px`);
    const timer = setTimeout(() => {
      first.value = firstInView(editor);
    }, REST_MS);
    return () => clearTimeout(timer);
  });

  // The focus follows what the editor says, but only while the board has it: it is never taken from elsewhere.
  const held = useRef(false);
  useLayoutEffect(() => {
    const area = layer.current;
    if (area === null || editor.editing.peek() !== null) return;
    const active = document.activeElement;
    const lost = held.current && (active === null || active === document.body);
    if (!lost && !area.contains(active)) return;
    const target = area.querySelector<HTMLElement>('[tabindex="0"]') ?? area;
    if (target !== active) target.focus({ preventScroll: true });
  }, [stop, board, editor, layer]);

  return (
    <div
      ref={layer}
      class="objects"
      role="listbox"
      aria-label="Things on the board"
      aria-multiselectable="true"
      aria-describedby="board-keys"
      tabIndex={stop === null ? 0 : -1}
      onFocusIn={() => {
        held.current = true;
      }}
      onFocusOut={(event) => {
        // Without a new target the focused element was removed, or the window left: the focus is still the board's.
        if (event.relatedTarget instanceof Node && !event.currentTarget.contains(event.relatedTarget))
          held.current = false;
      }}
      onClick={(event) => {
        // Assistive technology clicks the element itself; pointers go to the surface above it.
        const id = event.target instanceof HTMLElement ? event.target.dataset.element : undefined;
        if (id !== undefined) editor.select([elementId(id)]);
      }}
      onKeyDown={(event) => {
        if (event.defaultPrevented || event.isComposing) return;
        if (event.key === ' ' && !editor.carrying.active) {
          // Pressed and let go it chooses; held, it lends the hand.
          event.preventDefault();
          editor.pointing.lendHand();
          return;
        }
        if (pressKey(editor, event)) event.preventDefault();
      }}
      onKeyUp={(event) => {
        if (event.key === ' ' && editor.pointing.takeHandBack()) pressKey(editor, event);
      }}
    >
      <div ref={ground} class="objects-ground" role="presentation">
        {shown.map((id, index) => (
          <Option
            key={id}
            id={id}
            board={board}
            editor={editor}
            version={board.version.value}
            goesOn={plots?.words(id) ?? null}
            reads={plots?.reads(id, true) ?? null}
            stop={id === stop}
            selected={selection.has(id)}
            position={start + index + 1}
            total={order.length}
          />
        ))}
      </div>
      <p id="board-keys" hidden>
        Arrow keys move, Enter edits, Space selects, M carries, Delete deletes.
      </p>
    </div>
  );
}

interface OptionProps {
  readonly id: ElementId;
  readonly board: Board;
  readonly editor: Editor;
  /** Counts up whenever something on the board has changed, so that it is drawn anew then. */
  readonly version: number;
  readonly goesOn: string | null;
  /** It in words, where a gathering has others for it. */
  readonly reads: string | null;
  readonly stop: boolean;
  readonly selected: boolean;
  readonly position: number;
  readonly total: number;
}

/** Drawn anew with the layer, whatever has changed of its element. */
function Option({ id, board, editor, goesOn, reads, stop, selected, position, total }: OptionProps) {
  const element = board.get(id);
  const rect = board.worldRect(id);
  if (element === undefined || rect === undefined) return null;
  return (
    <div
      class="object"
      role="option"
      data-element={id}
      aria-label={`${reads ?? describe(board, element, editor.room.authorOf(id))}${goesOn === null ? '' : ` ${goesOn}.`}`}
      aria-selected={selected}
      aria-posinset={position}
      aria-setsize={total}
      tabIndex={stop ? 0 : -1}
      style={{ left: `${rect.x}px`, top: `${rect.y}px`, width: `${rect.w}px`, height: `${rect.h}px` }}
      onFocus={() => {
        if (editor.focused.peek() !== id) editor.focused.value = id;
      }}
    />
  );
}

/** The position of the first element in view, in reading order. */
function firstInView(editor: Editor): number {
  const { board } = editor;
  const visible = new Set(
    board.search(visibleRect(editor.camera.peek(), editor.viewport.peek())).map((element) => element.id),
  );
  const order = readingOrder(board);
  const note = order.findIndex((id) => visible.has(id) && board.get(id)?.kind !== 'frame');
  return Math.max(0, note === -1 ? order.findIndex((id) => visible.has(id)) : note);
}
