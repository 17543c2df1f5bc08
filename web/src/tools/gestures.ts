/** All tools together: who gets an input, and what ends when the tool changes. */

import { NO_PREVIEW, type Preview } from '../render/preview.ts';
import { FRAME_IDLE, type FrameState, previewFrame, stepFrame } from './frame.ts';
import { HAND_IDLE, type HandState, stepHand } from './hand.ts';
import { type Intent, NOTHING, type Step, type ToolContext, type ToolInput, type ToolName } from './input.ts';
import { PINCH_IDLE, type PinchState, stepPinch } from './pinch.ts';
import { PLACE_IDLE, type PlaceState, previewPlace, stepPlace } from './place.ts';
import { previewSelect, SELECT_IDLE, type SelectState, stepSelect } from './select.ts';

type Active =
  | { readonly tool: 'select'; readonly state: SelectState }
  | { readonly tool: 'hand'; readonly state: HandState }
  | { readonly tool: 'note' | 'text'; readonly state: PlaceState }
  | { readonly tool: 'frame'; readonly state: FrameState };

export interface Gestures {
  readonly active: Active;
  /** The hand for as long as one drag: the space bar or the middle button. */
  readonly borrowed: HandState | null;
  readonly pinch: PinchState;
}

export const AT_REST: Gestures = { active: { tool: 'select', state: SELECT_IDLE }, borrowed: null, pinch: PINCH_IDLE };

function fresh(tool: ToolName): Active {
  switch (tool) {
    case 'select':
      return { tool, state: SELECT_IDLE };
    case 'hand':
      return { tool, state: HAND_IDLE };
    case 'note':
    case 'text':
      return { tool, state: PLACE_IDLE };
    case 'frame':
      return { tool, state: FRAME_IDLE };
  }
}

export interface GestureContext extends ToolContext {
  readonly tool: ToolName;
  /** The space bar is down. */
  readonly space: boolean;
}

const CANCEL: ToolInput = { type: 'cancel' };

export function step(gestures: Gestures, input: ToolInput, context: GestureContext): Step<Gestures> {
  let { active } = gestures;
  const before: Intent[] = [];
  if (active.tool !== context.tool) {
    const [, dropped] = stepActive(active, CANCEL, context);
    before.push(...dropped);
    active = fresh(context.tool);
  }
  if (input.type === 'cancel') {
    const [next, intents] = stepActive(active, input, context);
    return [{ active: next, borrowed: null, pinch: PINCH_IDLE }, [...before, ...intents]];
  }
  const [pinch, pinched] = stepPinch(gestures.pinch, input);
  if (pinch.kind === 'pinching' || gestures.pinch.kind === 'pinching') {
    // The second finger takes the gesture away from the tool that the first one had begun.
    const [rest, dropped] =
      gestures.pinch.kind === 'pinching' ? [active, NOTHING] : stepActive(active, CANCEL, context);
    return [{ active: rest, borrowed: null, pinch }, [...before, ...dropped, ...pinched]];
  }
  const borrows = input.type === 'down' && (input.button === 1 || (input.button === 0 && context.space));
  if (borrows || gestures.borrowed !== null) {
    const [hand, intents] = stepHand(gestures.borrowed ?? HAND_IDLE, input);
    return [{ active, borrowed: hand.kind === 'idle' ? null : hand, pinch }, [...before, ...intents]];
  }
  const [next, intents] = stepActive(active, input, context);
  return [{ active: next, borrowed: null, pinch }, [...before, ...intents]];
}

function stepActive(active: Active, input: ToolInput, context: ToolContext): Step<Active> {
  switch (active.tool) {
    case 'select': {
      const [state, intents] = stepSelect(active.state, input, context);
      return [{ tool: 'select', state }, intents];
    }
    case 'hand': {
      const [state, intents] = stepHand(active.state, input);
      return [{ tool: 'hand', state }, intents];
    }
    case 'note':
    case 'text': {
      const [state, intents] = stepPlace(active.tool, active.state, input, context);
      return [{ tool: active.tool, state }, intents];
    }
    case 'frame': {
      const [state, intents] = stepFrame(active.state, input, context);
      return [{ tool: 'frame', state }, intents];
    }
  }
}

export function previewOf(gestures: Gestures): Preview {
  const { active } = gestures;
  switch (active.tool) {
    case 'select':
      return previewSelect(active.state);
    case 'hand':
      return NO_PREVIEW;
    case 'note':
    case 'text':
      return previewPlace(active.tool, active.state);
    case 'frame':
      return previewFrame(active.state);
  }
}

/** Whether a gesture is under way, so that Esc belongs to it. */
export function isBusy(gestures: Gestures): boolean {
  if (gestures.borrowed !== null || gestures.pinch.kind === 'pinching') return true;
  return gestures.active.state.kind !== 'idle' && gestures.active.state.kind !== 'showing';
}

/** Whether the hand has the board just now. */
export function isPulling(gestures: Gestures): boolean {
  return gestures.borrowed !== null || gestures.active.state.kind === 'pulling';
}
