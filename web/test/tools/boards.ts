/** A board and the tool's view of it, for tests with literal pointer events. */

import type { Board } from '../../src/model/board.ts';
import { HOME, toWorld } from '../../src/model/camera.ts';
import type { ElementId, Rect } from '../../src/model/element.ts';
import type { NewElement } from '../../src/model/plan.ts';
import { screen } from '../../src/model/point.ts';
import { Connectors } from '../../src/render/connectors.ts';
import { hitElement } from '../../src/tools/hit.ts';
import type { Intent, Step, ToolContext, ToolInput } from '../../src/tools/input.ts';
import { bench } from '../model/boards.ts';

export function boardWith(...elements: readonly NewElement[]): {
  readonly board: Board;
  readonly ids: readonly ElementId[];
} {
  const { board } = bench(7);
  const ids = elements.flatMap((element) => board.run({ type: 'create', elements: [element] }));
  return { board, ids };
}

export function note(x: number, y: number, parent: ElementId | null = null, text = 'note'): NewElement {
  return { kind: 'note', rect: { x, y, w: 100, h: 60 }, parent, text, colour: 'oat' };
}

export function frame(rect: Rect, parent: ElementId | null = null, text = 'Region'): NewElement {
  return { kind: 'frame', rect, parent, text };
}

export function contextOf(board: Board, change: Partial<ToolContext> = {}): ToolContext {
  const connectors = new Connectors();
  return {
    board,
    camera: HOME,
    selection: new Set(),
    canWrite: true,
    canArrange: true,
    placing: false,
    hit: (point, tolerance) =>
      hitElement(board, point, {
        tolerance,
        connectors: board.all().filter((element) => element.kind === 'conn'),
        meets: (connector) => connectors.meets(connector, board, point, tolerance),
      }),
    ...change,
  };
}

interface Extra {
  readonly kind?: 'mouse' | 'pen' | 'touch';
  readonly pointer?: number;
  readonly shift?: boolean;
  readonly alt?: boolean;
  readonly command?: boolean;
  readonly clicks?: number;
  readonly button?: number;
}

function values(x: number, y: number, extra: Extra) {
  return {
    pointer: extra.pointer ?? 1,
    kind: extra.kind ?? 'mouse',
    at: screen(x, y),
    world: toWorld(HOME, screen(x, y)),
    shift: extra.shift ?? false,
    alt: extra.alt ?? false,
    command: extra.command ?? false,
  } as const;
}

export const down = (x: number, y: number, extra: Extra = {}): ToolInput => ({
  type: 'down',
  button: extra.button ?? 0,
  clicks: extra.clicks ?? 1,
  ...values(x, y, extra),
});
export const move = (x: number, y: number, extra: Extra = {}): ToolInput => ({ type: 'move', ...values(x, y, extra) });
export const up = (x: number, y: number, extra: Extra = {}): ToolInput => ({ type: 'up', ...values(x, y, extra) });
export const hold = (x: number, y: number, extra: Extra = {}): ToolInput => ({ type: 'hold', ...values(x, y, extra) });
export const cancel: ToolInput = { type: 'cancel' };

/** Feeds inputs to a machine and returns its last state and all intents. */
export function play<S>(
  step: (state: S, input: ToolInput) => Step<S>,
  start: S,
  inputs: readonly ToolInput[],
): readonly [S, readonly Intent[]] {
  let state = start;
  const intents: Intent[] = [];
  for (const input of inputs) {
    const [next, wanted] = step(state, input);
    state = next;
    intents.push(...wanted);
  }
  return [state, intents];
}
