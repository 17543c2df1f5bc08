/** Two fingers: they pull the board along and pinch it larger or smaller, whatever the tool. */

import { type ScreenPoint, screen } from '../model/point.ts';
import { NOTHING, type Step, type ToolInput } from './input.ts';

export type PinchState =
  | { readonly kind: 'idle'; readonly fingers: ReadonlyMap<number, ScreenPoint> }
  | { readonly kind: 'pinching'; readonly fingers: ReadonlyMap<number, ScreenPoint> };

export const PINCH_IDLE: PinchState = { kind: 'idle', fingers: new Map() };

/** Follows the fingers. While it is pinching, no other tool may see the input. */
export function stepPinch(state: PinchState, input: ToolInput): Step<PinchState> {
  if (input.type === 'cancel') return [PINCH_IDLE, NOTHING];
  if (input.kind !== 'touch' || input.type === 'hold') return [state, NOTHING];
  const fingers = new Map(state.fingers);
  if (input.type === 'up') {
    fingers.delete(input.pointer);
    // One finger left of two does not become a drag of what happens to be under it.
    return [fingers.size === 0 ? PINCH_IDLE : { kind: state.kind, fingers }, NOTHING];
  }
  if (input.type === 'move' && !fingers.has(input.pointer)) return [state, NOTHING];
  fingers.set(input.pointer, input.at);
  if (input.type === 'down') return [{ kind: fingers.size >= 2 ? 'pinching' : state.kind, fingers }, NOTHING];
  if (state.kind !== 'pinching' || fingers.size < 2) return [{ kind: state.kind, fingers }, NOTHING];
  const before = spread(state.fingers);
  const after = spread(fingers);
  const factor = before.distance < 1 ? 1 : after.distance / before.distance;
  return [
    { kind: 'pinching', fingers },
    [
      { do: 'pan', dx: before.middle.x - after.middle.x, dy: before.middle.y - after.middle.y },
      { do: 'zoom', at: after.middle, factor },
    ],
  ];
}

function spread(fingers: ReadonlyMap<number, ScreenPoint>): {
  readonly middle: ScreenPoint;
  readonly distance: number;
} {
  const [a, b] = fingers.values();
  if (a === undefined || b === undefined) return { middle: a ?? screen(0, 0), distance: 0 };
  return { middle: screen((a.x + b.x) / 2, (a.y + b.y) / 2), distance: Math.hypot(a.x - b.x, a.y - b.y) };
}
