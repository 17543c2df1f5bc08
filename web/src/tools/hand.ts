/** The hand: pulls the board along. Also what the space bar, the middle button and a finger on empty ground do. */

import type { ScreenPoint } from '../model/point.ts';
import { NOTHING, type Step, type ToolInput } from './input.ts';

export type HandState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'pulling'; readonly pointer: number; readonly last: ScreenPoint };

export const HAND_IDLE: HandState = { kind: 'idle' };

export function stepHand(state: HandState, input: ToolInput): Step<HandState> {
  switch (input.type) {
    case 'down':
      return [{ kind: 'pulling', pointer: input.pointer, last: input.at }, NOTHING];
    case 'move': {
      if (state.kind !== 'pulling' || state.pointer !== input.pointer) return [state, NOTHING];
      const dx = state.last.x - input.at.x;
      const dy = state.last.y - input.at.y;
      return [{ ...state, last: input.at }, [{ do: 'pan', dx, dy }]];
    }
    case 'up':
    case 'cancel':
      return [HAND_IDLE, NOTHING];
    case 'hold':
      return [state, NOTHING];
  }
}
