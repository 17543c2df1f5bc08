/** The select tool: click, shift-click, marquee, drag, resize, and a press that says where the selection goes. */

import { rectToScreen } from '../model/camera.ts';
import { type BoardElement, type ElementId, hasText, type Rect } from '../model/element.ts';
import type { ScreenPoint, WorldPoint } from '../model/point.ts';
import { type Handle, handleAt, isResizable, resized, smallest } from '../render/handles.ts';
import { NO_PREVIEW, type Preview } from '../render/preview.ts';
import { holdsFrame } from './hit.ts';
import {
  type Intent,
  NOTHING,
  type PointerKind,
  rectBetween,
  type Step,
  slopOf,
  type ToolContext,
  type ToolInput,
  toleranceOf,
} from './input.ts';
import { dropTarget, movable, movePlan, resizePlan } from './moving.ts';

interface Press {
  readonly pointer: number;
  readonly device: PointerKind;
  readonly from: ScreenPoint;
  readonly start: WorldPoint;
  /** What was pressed; `null` is empty ground. */
  readonly on: ElementId | null;
  readonly handle: Handle | null;
  readonly clicks: number;
  /** Shift, Ctrl or ⌘: adds to what is selected. */
  readonly adding: boolean;
}

export type SelectState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'pressing'; readonly press: Press }
  | { readonly kind: 'pulling'; readonly pointer: number; readonly last: ScreenPoint }
  | {
      readonly kind: 'moving';
      readonly press: Press;
      readonly ids: readonly ElementId[];
      readonly dx: number;
      readonly dy: number;
      readonly copy: boolean;
      readonly target: ElementId | null;
    }
  | {
      readonly kind: 'resizing';
      readonly press: Press;
      readonly id: ElementId;
      readonly handle: Handle;
      readonly before: Rect;
      readonly rect: Rect;
    }
  | {
      readonly kind: 'marquee';
      readonly press: Press;
      readonly end: WorldPoint;
      /** What was selected before and stays so. */
      readonly base: readonly ElementId[];
    }
  /** The gesture has come to nothing; the rest of it is ignored. */
  | { readonly kind: 'spent'; readonly pointer: number };

export const SELECT_IDLE: SelectState = { kind: 'idle' };

type Down = Extract<ToolInput, { type: 'down' }>;
type Move = Extract<ToolInput, { type: 'move' }>;

export function stepSelect(state: SelectState, input: ToolInput, context: ToolContext): Step<SelectState> {
  if (input.type === 'cancel') return cancelled(state);
  if (input.type === 'down') return input.button === 0 ? [pressed(input, context), NOTHING] : [state, NOTHING];
  if (state.kind === 'idle' || pointerOf(state) !== input.pointer) return [state, NOTHING];
  switch (input.type) {
    case 'move':
      return moved(state, input, context);
    case 'hold':
      return held(state, context);
    case 'up':
      return released(state, context);
  }
}

export function previewSelect(state: SelectState): Preview {
  switch (state.kind) {
    case 'moving':
      return { kind: 'move', ids: state.ids, dx: state.dx, dy: state.dy, target: state.target, copy: state.copy };
    case 'resizing':
      return { kind: 'resize', id: state.id, rect: state.rect };
    case 'marquee':
      return { kind: 'marquee', rect: rectBetween(state.press.start, state.end) };
    default:
      return NO_PREVIEW;
  }
}

/** The handle of the one selected element under a point. */
export function selectedHandle(at: ScreenPoint, coarse: boolean, context: ToolContext): Handle | null {
  const [only] = context.selection;
  if (context.selection.size !== 1 || only === undefined || !context.canWrite) return null;
  const element = context.board.get(only);
  const rect = context.board.worldRect(only);
  if (element === undefined || rect === undefined || !isResizable(element)) return null;
  return handleAt(at, rectToScreen(context.camera, rect), coarse);
}

/** What a press at a point takes hold of. The ground inside a frame counts as empty; so does all of it for those who may not arrange. */
export function pressedElement(point: WorldPoint, kind: PointerKind, context: ToolContext): BoardElement | null {
  const tolerance = toleranceOf(kind) / context.camera.zoom;
  const hit = context.hit(point, tolerance);
  if (hit === undefined) return null;
  if (hit.kind !== 'frame') return hit;
  if (!context.canArrange) return null;
  const rect = context.board.worldRect(hit.id);
  const edge = Math.max(tolerance, 6 / context.camera.zoom);
  return rect !== undefined && holdsFrame(hit, rect, point, edge) ? hit : null;
}

function pointerOf(state: Exclude<SelectState, { kind: 'idle' }>): number {
  return state.kind === 'pulling' || state.kind === 'spent' ? state.pointer : state.press.pointer;
}

function pressed(input: Down, context: ToolContext): SelectState {
  const coarse = input.kind === 'touch';
  const handle = context.placing ? null : selectedHandle(input.at, coarse, context);
  const on = handle === null ? (pressedElement(input.world, input.kind, context)?.id ?? null) : null;
  return {
    kind: 'pressing',
    press: {
      pointer: input.pointer,
      device: input.kind,
      from: input.at,
      start: input.world,
      on,
      handle,
      clicks: input.clicks,
      adding: input.shift || input.command,
    },
  };
}

function moved(state: Exclude<SelectState, { kind: 'idle' }>, input: Move, context: ToolContext): Step<SelectState> {
  switch (state.kind) {
    case 'pressing': {
      const { press } = state;
      const wandered = Math.hypot(input.at.x - press.from.x, input.at.y - press.from.y) > slopOf(press.device);
      return wandered ? started(press, input, context) : [state, NOTHING];
    }
    case 'pulling': {
      const intent: Intent = { do: 'pan', dx: state.last.x - input.at.x, dy: state.last.y - input.at.y };
      return [{ ...state, last: input.at }, [intent]];
    }
    case 'moving':
      return [movingTo(state, input, context), NOTHING];
    case 'resizing':
      return [resizingTo(state, input, context), NOTHING];
    case 'marquee':
      return marqueeTo(state, input, context);
    case 'spent':
      return [state, NOTHING];
  }
}

/** A press has become a drag. */
function started(press: Press, input: Move, context: ToolContext): Step<SelectState> {
  const { pointer } = press;
  if (context.placing) return [{ kind: 'spent', pointer }, NOTHING];
  const [only] = context.selection;
  if (press.handle !== null && only !== undefined) {
    const before = context.board.worldRect(only);
    if (before === undefined) return [{ kind: 'spent', pointer }, NOTHING];
    const state = { kind: 'resizing', press, id: only, handle: press.handle, before, rect: before } as const;
    return [resizingTo(state, input, context), NOTHING];
  }
  if (press.on === null) {
    // A finger on empty ground pulls the board; a mouse draws a marquee.
    if (press.device === 'touch') {
      const intent: Intent = { do: 'pan', dx: press.from.x - input.at.x, dy: press.from.y - input.at.y };
      return [{ kind: 'pulling', pointer, last: input.at }, [intent]];
    }
    return marqueeTo(marqueeFrom(press, context), input, context);
  }
  if (!context.canWrite) return [{ kind: 'spent', pointer }, [{ do: 'refuse' }]];
  const inSelection = context.selection.has(press.on);
  const chosen = inSelection ? [...context.selection] : press.adding ? [...context.selection, press.on] : [press.on];
  const intents: readonly Intent[] = inSelection ? NOTHING : [{ do: 'select', ids: chosen, how: 'replace' }];
  const ids = movable(context.board, chosen);
  if (ids.length === 0) return [{ kind: 'spent', pointer }, intents];
  const state = { kind: 'moving', press, ids, dx: 0, dy: 0, copy: false, target: null } as const;
  return [movingTo(state, input, context), intents];
}

function movingTo(
  state: Extract<SelectState, { kind: 'moving' }>,
  input: Move,
  context: ToolContext,
): Extract<SelectState, { kind: 'moving' }> {
  let dx = Math.round(input.world.x - state.press.start.x);
  let dy = Math.round(input.world.y - state.press.start.y);
  // Shift keeps to one axis, but not the Shift that added the element to the selection.
  if (input.shift && !state.press.adding) {
    if (Math.abs(dx) >= Math.abs(dy)) dy = 0;
    else dx = 0;
  }
  return { ...state, dx, dy, copy: input.alt, target: dropTarget(context.board, state.ids, dx, dy) };
}

function resizingTo(
  state: Extract<SelectState, { kind: 'resizing' }>,
  input: Move,
  context: ToolContext,
): Extract<SelectState, { kind: 'resizing' }> {
  const least = smallest(context.board.get(state.id)?.kind ?? 'note');
  const dx = input.world.x - state.press.start.x;
  const dy = input.world.y - state.press.start.y;
  return { ...state, rect: resized(state.before, state.handle, dx, dy, least) };
}

function marqueeFrom(press: Press, context: ToolContext): Extract<SelectState, { kind: 'marquee' }> {
  return { kind: 'marquee', press, end: press.start, base: press.adding ? [...context.selection] : [] };
}

function marqueeTo(
  state: Extract<SelectState, { kind: 'marquee' }>,
  input: Move,
  context: ToolContext,
): Step<SelectState> {
  const next = { ...state, end: input.world };
  const inside = marqueeHits(rectBetween(state.press.start, input.world), context);
  return [next, [{ do: 'select', ids: [...new Set([...state.base, ...inside])], how: 'replace' }]];
}

/** What a marquee selects: whatever it touches; a frame only if all of it lies inside. */
export function marqueeHits(area: Rect, context: Pick<ToolContext, 'board' | 'canArrange'>): readonly ElementId[] {
  const { board, canArrange } = context;
  const found = board.search(area).filter((element) => {
    if (element.kind === 'conn') return false;
    if (element.kind !== 'frame') return true;
    if (!canArrange) return false;
    const rect = board.worldRect(element.id);
    return (
      rect !== undefined &&
      rect.x >= area.x &&
      rect.y >= area.y &&
      rect.x + rect.w <= area.x + area.w &&
      rect.y + rect.h <= area.y + area.h
    );
  });
  const ids = new Set(found.map((element) => element.id));
  // What lies in a selected frame goes with it.
  return found.filter((element) => element.parent === null || !ids.has(element.parent)).map((element) => element.id);
}

/** A finger that rests: on empty ground it begins a marquee, on an element it adds that to the selection. */
function held(state: Exclude<SelectState, { kind: 'idle' }>, context: ToolContext): Step<SelectState> {
  if (state.kind !== 'pressing' || context.placing || state.press.handle !== null) return [state, NOTHING];
  const { press } = state;
  if (press.on === null) return [marqueeFrom({ ...press, adding: true }, context), NOTHING];
  return [{ kind: 'spent', pointer: press.pointer }, [{ do: 'select', ids: [press.on], how: 'toggle' }]];
}

function released(state: Exclude<SelectState, { kind: 'idle' }>, context: ToolContext): Step<SelectState> {
  switch (state.kind) {
    case 'pressing':
      return [SELECT_IDLE, clicked(state.press, context)];
    case 'moving': {
      const { ids, dx, dy, copy } = state;
      if (dx === 0 && dy === 0) return [SELECT_IDLE, NOTHING];
      if (copy) return [SELECT_IDLE, [{ do: 'run', plan: { type: 'duplicate', ids, dx, dy }, select: true }]];
      return [SELECT_IDLE, [{ do: 'run', plan: movePlan(context.board, ids, dx, dy), select: false }]];
    }
    case 'resizing':
      if (same(state.rect, state.before)) return [SELECT_IDLE, NOTHING];
      return [SELECT_IDLE, [{ do: 'run', plan: resizePlan(context.board, state.id, state.rect), select: false }]];
    case 'pulling':
    case 'marquee':
    case 'spent':
      return [SELECT_IDLE, NOTHING];
  }
}

function clicked(press: Press, context: ToolContext): readonly Intent[] {
  if (context.placing) return [{ do: 'bring', at: press.start }];
  const twice = press.clicks === 2;
  if (press.handle !== null) return NOTHING;
  if (press.on === null) {
    if (twice && press.device === 'mouse') {
      return context.canWrite ? [{ do: 'write', kind: 'note', at: press.start }] : [{ do: 'refuse' }];
    }
    return press.adding || context.selection.size === 0 ? NOTHING : [{ do: 'select', ids: [], how: 'replace' }];
  }
  if (press.adding) return [{ do: 'select', ids: [press.on], how: 'toggle' }];
  const element = context.board.get(press.on);
  if (twice && element?.kind === 'card') return [{ do: 'edit', id: press.on }];
  if (twice && element !== undefined && hasText(element.kind)) {
    return context.canWrite ? [{ do: 'edit', id: press.on }] : [{ do: 'refuse' }];
  }
  return [{ do: 'select', ids: [press.on], how: 'replace' }];
}

function cancelled(state: SelectState): Step<SelectState> {
  if (state.kind === 'idle') return [state, NOTHING];
  const intents: readonly Intent[] =
    state.kind === 'marquee' ? [{ do: 'select', ids: state.base, how: 'replace' }] : NOTHING;
  return [SELECT_IDLE, intents];
}

function same(a: Rect, b: Rect): boolean {
  return a.x === b.x && a.y === b.y && a.w === b.w && a.h === b.h;
}
