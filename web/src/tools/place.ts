/** The note tool and the text tool: a click says where, and one writes at once. */

import type { Rect } from '../model/element.ts';
import type { ScreenPoint, WorldPoint } from '../model/point.ts';
import { NOTE_SIZE, TEXT_SIZE } from '../render/measures.ts';
import { NO_PREVIEW, type Preview } from '../render/preview.ts';
import { NOTHING, type Step, slopOf, type ToolContext, type ToolInput } from './input.ts';

export type PlaceState =
  | { readonly kind: 'idle' }
  /** A mouse is over the board: the place is shown before the click. */
  | { readonly kind: 'showing'; readonly at: WorldPoint }
  | { readonly kind: 'pressing'; readonly pointer: number; readonly from: ScreenPoint; readonly at: WorldPoint };

export const PLACE_IDLE: PlaceState = { kind: 'idle' };

export function stepPlace(
  what: 'note' | 'text',
  state: PlaceState,
  input: ToolInput,
  context: Pick<ToolContext, 'canWrite'>,
): Step<PlaceState> {
  switch (input.type) {
    case 'down':
      if (input.button !== 0) return [state, NOTHING];
      if (!context.canWrite) return [PLACE_IDLE, [{ do: 'refuse' }]];
      return [{ kind: 'pressing', pointer: input.pointer, from: input.at, at: input.world }, NOTHING];
    case 'move':
      if (state.kind !== 'pressing') {
        return [input.kind === 'touch' ? PLACE_IDLE : { kind: 'showing', at: input.world }, NOTHING];
      }
      return [state.pointer === input.pointer ? { ...state, at: input.world } : state, NOTHING];
    case 'up': {
      if (state.kind !== 'pressing' || state.pointer !== input.pointer) return [state, NOTHING];
      // Where the press ended: one can still aim while holding down. A click counts where it began.
      const wandered = Math.hypot(input.at.x - state.from.x, input.at.y - state.from.y) > slopOf(input.kind);
      const at = wandered ? input.world : state.at;
      return [
        PLACE_IDLE,
        [
          { do: 'tool', tool: 'select' },
          { do: 'write', kind: what, at },
        ],
      ];
    }
    case 'cancel':
      return [PLACE_IDLE, NOTHING];
    case 'hold':
      return [state, NOTHING];
  }
}

/** Where the new thing would be. */
export function placeRect(what: 'note' | 'text', at: WorldPoint): Rect {
  // A note lies around the point; a text begins at it, as a caret would.
  if (what === 'text') return { x: Math.round(at.x), y: Math.round(at.y - TEXT_SIZE.h / 2), ...TEXT_SIZE };
  return { x: Math.round(at.x - NOTE_SIZE.w / 2), y: Math.round(at.y - NOTE_SIZE.h / 2), ...NOTE_SIZE };
}

export function previewPlace(what: 'note' | 'text', state: PlaceState): Preview {
  return state.kind === 'idle' ? NO_PREVIEW : { kind: 'draw', rect: placeRect(what, state.at) };
}
