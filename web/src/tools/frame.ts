/** The region tool: drag the rectangle of a new region, or click for one of the usual size. */

import type { ScreenPoint, WorldPoint } from '../model/point.ts';
import { smallest } from '../render/handles.ts';
import { FRAME_SIZE } from '../render/measures.ts';
import { NO_PREVIEW, type Preview } from '../render/preview.ts';
import { NOTHING, rectBetween, type Step, slopOf, type ToolContext, type ToolInput } from './input.ts';

export type FrameState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'pressing'; readonly pointer: number; readonly from: ScreenPoint; readonly start: WorldPoint }
  | { readonly kind: 'drawing'; readonly pointer: number; readonly start: WorldPoint; readonly end: WorldPoint };

export const FRAME_IDLE: FrameState = { kind: 'idle' };

export function stepFrame(
  state: FrameState,
  input: ToolInput,
  context: Pick<ToolContext, 'canWrite' | 'canArrange'>,
): Step<FrameState> {
  switch (input.type) {
    case 'down':
      if (input.button !== 0) return [state, NOTHING];
      if (!context.canWrite || !context.canArrange) return [FRAME_IDLE, [{ do: 'refuse' }]];
      return [{ kind: 'pressing', pointer: input.pointer, from: input.at, start: input.world }, NOTHING];
    case 'move': {
      if (state.kind === 'idle' || state.pointer !== input.pointer) return [state, NOTHING];
      if (state.kind === 'drawing') return [{ ...state, end: input.world }, NOTHING];
      const wandered = Math.hypot(input.at.x - state.from.x, input.at.y - state.from.y) > slopOf(input.kind);
      if (!wandered) return [state, NOTHING];
      return [{ kind: 'drawing', pointer: state.pointer, start: state.start, end: input.world }, NOTHING];
    }
    case 'up': {
      if (state.kind === 'idle' || state.pointer !== input.pointer) return [state, NOTHING];
      const least = smallest('frame');
      const drawn = state.kind === 'drawing' ? rectBetween(state.start, input.world) : null;
      const { start } = state;
      const rect =
        drawn === null
          ? { x: Math.round(start.x - FRAME_SIZE.w / 2), y: Math.round(start.y - FRAME_SIZE.h / 2), ...FRAME_SIZE }
          : { ...drawn, w: Math.max(least.w, drawn.w), h: Math.max(least.h, drawn.h) };
      return [
        FRAME_IDLE,
        [
          { do: 'tool', tool: 'select' },
          { do: 'region', rect },
        ],
      ];
    }
    case 'cancel':
      return [FRAME_IDLE, NOTHING];
    case 'hold':
      return [state, NOTHING];
  }
}

export function previewFrame(state: FrameState): Preview {
  return state.kind === 'drawing' ? { kind: 'draw', rect: rectBetween(state.start, state.end) } : NO_PREVIEW;
}
