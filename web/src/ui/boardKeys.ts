/** Keys on the board: from a command of the table of shortcuts to the editor. */

import { COLOURS, type ElementId, hasText } from '../model/element.ts';
import { settings } from '../net/device.ts';
import { describe } from '../tools/describe.ts';
import { anchor, type Direction, neighbour } from '../tools/neighbour.ts';
import type { Editor } from './editor.ts';
import { toggleLock } from './locking.ts';
import { readingOrder } from './readingOrder.ts';
import { type Command, commandOf, type Press } from './shortcuts.ts';

/** Steps of moving by keyboard, in world units; and of the view, in CSS pixels. */
const STEP = 8;
const LARGE_STEP = 64;
const FINE_STEP = 1;
const PAN_STEP = 80;

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Does what a key means on the board. Returns whether it meant something. */
export function pressKey(editor: Editor, press: Press): boolean {
  if (editor.carrying.active) return pressWhileCarrying(editor, press);
  const command = commandOf(press, settings.value.shortcuts);
  if (command === null) return false;
  return run(editor, command);
}

function pressWhileCarrying(editor: Editor, press: Press): boolean {
  if (press.ctrlKey || press.metaKey || press.altKey) return false;
  const arrow = ARROWS[press.key];
  if (arrow !== undefined) {
    const step = press.shiftKey ? LARGE_STEP : STEP;
    editor.carrying.move(arrow[0] * step, arrow[1] * step);
    return true;
  }
  switch (press.key) {
    case 'Enter':
    case ' ':
    case 'm':
    case 'M':
      editor.carrying.drop();
      return true;
    case 'Escape':
      editor.carrying.cancel();
      return true;
    case 'Tab':
      // Leaving the board is not a way of dropping something by accident.
      editor.carrying.cancel();
      return false;
    default:
      return true;
  }
}

function run(editor: Editor, command: Command): boolean {
  const move = /^move-(left|right|up|down)(-fine)?$/.exec(command);
  if (move !== null) {
    const [dx, dy] = unit(move[1]);
    const step = move[2] === undefined ? STEP : FINE_STEP;
    editor.nudge(dx * step, dy * step);
    return true;
  }
  const colour = COLOURS.find((name) => command === `recolour-${name}`);
  if (colour !== undefined) {
    editor.recolour(colour);
    return true;
  }
  switch (command) {
    case 'select-tool':
      editor.tool.value = 'select';
      break;
    case 'hand-tool':
      editor.tool.value = 'hand';
      break;
    case 'add-note':
      editor.addNote({ edit: true });
      break;
    case 'add-text':
      editor.addText();
      break;
    case 'add-region':
      editor.addFrame();
      break;
    case 'edit':
      editFocused(editor);
      break;
    case 'delete':
      editor.deleteSelection();
      break;
    case 'lock':
      toggleLock(editor);
      break;
    case 'duplicate':
      editor.duplicateSelection();
      break;
    case 'select-all':
      editor.selectAll();
      break;
    case 'toggle':
      toggle(editor);
      break;
    case 'clear':
      return goUp(editor);
    case 'next':
      along(editor, 1);
      break;
    case 'previous':
      along(editor, -1);
      break;
    case 'next-region':
      toRegion(editor, 1);
      break;
    case 'previous-region':
      toRegion(editor, -1);
      break;
    case 'focus-left':
    case 'focus-right':
    case 'focus-up':
    case 'focus-down':
      toward(editor, command.slice('focus-'.length) as Direction);
      break;
    case 'carry':
      editor.carrying.start();
      break;
    case 'stretch':
      editor.carrying.stretch();
      break;
    case 'to-front':
      editor.reorder('front');
      break;
    case 'to-back':
      editor.reorder('back');
      break;
    case 'undo':
      editor.undo();
      break;
    case 'redo':
      editor.redo();
      break;
    case 'zoom-in':
      editor.zoomIn();
      break;
    case 'zoom-out':
      editor.zoomOut();
      break;
    case 'zoom-whole':
      editor.fit();
      break;
    case 'zoom-100':
      editor.zoomTo(1);
      break;
    case 'pan-left':
    case 'pan-right':
    case 'pan-up':
    case 'pan-down': {
      const [dx, dy] = unit(command.slice('pan-'.length));
      editor.panBy(dx * PAN_STEP, dy * PAN_STEP);
      break;
    }
    default:
      return false;
  }
  return true;
}

function unit(way: string | undefined): readonly [number, number] {
  switch (way) {
    case 'left':
      return [-1, 0];
    case 'right':
      return [1, 0];
    case 'up':
      return [0, -1];
    default:
      return [0, 1];
  }
}

/** Puts the focus on an element, and with it the selection, and brings it into view. */
export function goTo(editor: Editor, id: ElementId): void {
  editor.select([id]);
  editor.focused.value = id;
  editor.reveal(id);
}

function toward(editor: Editor, direction: Direction): void {
  const { board } = editor;
  const focused = editor.focused.value;
  const element = focused === null ? undefined : board.get(focused);
  const rect = focused === null ? undefined : board.worldRect(focused);
  if (element === undefined || rect === undefined) {
    const [first] = readingOrder(board);
    if (first !== undefined) goTo(editor, first);
    return;
  }
  const candidates = board.all().flatMap((other) => {
    const place = other.id === element.id || other.kind === 'conn' ? undefined : board.worldRect(other.id);
    return place === undefined ? [] : [{ id: other.id, at: anchor(other, place) }];
  });
  const next = neighbour(anchor(element, rect), direction, candidates);
  if (next === null)
    editor.announce(
      `Nothing further ${direction === 'up' || direction === 'down' ? direction : `to the ${direction}`}.`,
    );
  else goTo(editor, next);
}

function along(editor: Editor, by: 1 | -1): void {
  const order = readingOrder(editor.board);
  const at = editor.focused.value === null ? -1 : order.indexOf(editor.focused.value);
  const next = order[at === -1 ? (by === 1 ? 0 : order.length - 1) : at + by];
  if (next !== undefined) goTo(editor, next);
}

function toRegion(editor: Editor, by: 1 | -1): void {
  const { board } = editor;
  const regions = board.regions();
  let current = editor.focused.value;
  for (let above = current; above !== null; above = board.get(above)?.parent ?? null) current = above;
  const at = regions.findIndex((region) => region.id === current);
  const next = regions[at === -1 ? (by === 1 ? 0 : regions.length - 1) : (at + by + regions.length) % regions.length];
  if (next !== undefined) goTo(editor, next.id);
  else editor.announce('There are no regions.');
}

function toggle(editor: Editor): void {
  const id = editor.focused.value;
  const element = id === null ? undefined : editor.board.get(id);
  if (element === undefined) return;
  editor.select([element.id], 'toggle');
  const chosen = editor.selection.value.has(element.id);
  editor.announce(`${chosen ? 'Selected' : 'No longer selected'}. ${editor.selection.value.size} in all.`);
}

function editFocused(editor: Editor): void {
  const [id] = editor.focused.value === null ? editor.target() : [editor.focused.value];
  const element = id === undefined ? undefined : editor.board.get(id);
  if (element === undefined) return;
  if (hasText(element.kind)) {
    editor.edit(element.id);
  } else if (!editor.plots.value?.open(element.id)) {
    editor.announce(describe(editor.board, element, editor.room.authorOf(element.id)));
  }
}

/** Esc undoes one thing at a time: the gesture, the tool, the selection; then it goes up to the region. */
function goUp(editor: Editor): boolean {
  if (editor.pointing.busy) editor.pointing.handle({ type: 'cancel' });
  else if (editor.placing.value !== null) editor.placing.value = null;
  else if (editor.tool.value !== 'select') editor.tool.value = 'select';
  else if (editor.selection.value.size > 0) editor.clear();
  else {
    const parent = editor.focused.value === null ? null : (editor.board.get(editor.focused.value)?.parent ?? null);
    if (parent === null) return false;
    editor.focused.value = parent;
    editor.reveal(parent);
  }
  return true;
}
