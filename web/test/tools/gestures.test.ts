import { describe, expect, it } from 'vitest';
import { FRAME_SIZE, NOTE_SIZE } from '../../src/render/measures.ts';
import { FRAME_IDLE, previewFrame, stepFrame } from '../../src/tools/frame.ts';
import {
  AT_REST,
  type GestureContext,
  type Gestures,
  isBusy,
  isPulling,
  previewOf,
  step,
} from '../../src/tools/gestures.ts';
import { HAND_IDLE, stepHand } from '../../src/tools/hand.ts';
import type { ToolInput } from '../../src/tools/input.ts';
import { PLACE_IDLE, previewPlace, stepPlace } from '../../src/tools/place.ts';
import { boardWith, cancel, contextOf, down, move, note, play, up } from './boards.ts';

const CAN = { canWrite: true };

describe('the hand', () => {
  it('pulls the board along', () => {
    const [state, intents] = play(stepHand, HAND_IDLE, [
      down(10, 10),
      move(30, 15),
      move(35, 15),
      up(35, 15),
      move(90, 90),
    ]);
    expect(state).toEqual(HAND_IDLE);
    expect(intents).toEqual([
      { do: 'pan', dx: -20, dy: -5 },
      { do: 'pan', dx: -5, dy: 0 },
    ]);
  });

  it('follows one pointer', () => {
    const [, intents] = play(stepHand, HAND_IDLE, [down(10, 10), move(30, 15, { pointer: 2 })]);
    expect(intents).toEqual([]);
  });

  it('lets go at Esc', () => {
    expect(play(stepHand, HAND_IDLE, [down(10, 10), cancel, move(50, 50)])).toEqual([HAND_IDLE, []]);
  });
});

describe('the note tool', () => {
  const stepNote = (state: typeof PLACE_IDLE, input: ToolInput) => stepPlace('note', state, input, CAN);

  it('writes where one clicks and gives the board back to the select tool', () => {
    const [state, intents] = play(stepNote, PLACE_IDLE, [down(40, 50), up(41, 50)]);
    expect(state).toEqual(PLACE_IDLE);
    expect(intents).toMatchObject([
      { do: 'tool', tool: 'select' },
      { do: 'write', kind: 'note', at: { x: 40, y: 50 } },
    ]);
  });

  it('writes where a longer press ends', () => {
    const [, intents] = play(stepNote, PLACE_IDLE, [down(40, 50), move(140, 50), up(140, 50)]);
    expect(intents.at(-1)).toMatchObject({ at: { x: 140, y: 50 } });
  });

  it('shows the place before the click, but not under a finger', () => {
    const [showing] = play(stepNote, PLACE_IDLE, [move(200, 100)]);
    expect(previewPlace('note', showing)).toEqual({
      kind: 'draw',
      rect: { x: 200 - NOTE_SIZE.w / 2, y: 100 - NOTE_SIZE.h / 2, ...NOTE_SIZE },
    });
    expect(play(stepNote, PLACE_IDLE, [move(200, 100, { kind: 'touch' })])[0]).toEqual(PLACE_IDLE);
  });

  it('writes nothing after Esc, and nothing for an observer', () => {
    expect(play(stepNote, PLACE_IDLE, [down(40, 50), cancel, up(40, 50)])).toEqual([PLACE_IDLE, []]);
    const observed = (state: typeof PLACE_IDLE, input: ToolInput) =>
      stepPlace('note', state, input, { canWrite: false });
    expect(play(observed, PLACE_IDLE, [down(40, 50), up(40, 50)])).toEqual([PLACE_IDLE, [{ do: 'refuse' }]]);
  });

  it('places a text', () => {
    const stepText = (state: typeof PLACE_IDLE, input: ToolInput) => stepPlace('text', state, input, CAN);
    expect(play(stepText, PLACE_IDLE, [down(40, 50), up(40, 50)])[1].at(-1)).toMatchObject({
      do: 'write',
      kind: 'text',
    });
  });
});

describe('the region tool', () => {
  it('is refused to those who may not lay out regions', () => {
    const closed = (state: typeof FRAME_IDLE, input: ToolInput) =>
      stepFrame(state, input, { canWrite: true, canArrange: false });
    expect(play(closed, FRAME_IDLE, [down(0, 0), up(0, 0)])).toEqual([FRAME_IDLE, [{ do: 'refuse' }]]);
  });

  const stepRegion = (state: typeof FRAME_IDLE, input: ToolInput) =>
    stepFrame(state, input, { ...CAN, canArrange: true });

  it('draws a rectangle from any corner', () => {
    const [drawing] = play(stepRegion, FRAME_IDLE, [down(500, 400), move(100, 100)]);
    expect(previewFrame(drawing)).toEqual({ kind: 'draw', rect: { x: 100, y: 100, w: 400, h: 300 } });
    const [, intents] = play(stepRegion, FRAME_IDLE, [down(500, 400), move(100, 100), up(100, 100)]);
    expect(intents.at(-1)).toEqual({ do: 'region', rect: { x: 100, y: 100, w: 400, h: 300 } });
  });

  it('takes the usual size at a click', () => {
    const [, intents] = play(stepRegion, FRAME_IDLE, [down(500, 400), up(501, 400)]);
    expect(intents.at(-1)).toEqual({
      do: 'region',
      rect: { x: 500 - FRAME_SIZE.w / 2, y: 400 - FRAME_SIZE.h / 2, ...FRAME_SIZE },
    });
  });

  it('makes none too small to write in', () => {
    const [, intents] = play(stepRegion, FRAME_IDLE, [down(0, 0), move(20, 20), up(20, 20)]);
    expect(intents.at(-1)).toMatchObject({ rect: { w: 160, h: 120 } });
  });

  it('draws nothing after Esc', () => {
    expect(play(stepRegion, FRAME_IDLE, [down(0, 0), move(90, 90), cancel, up(90, 90)])).toEqual([FRAME_IDLE, []]);
  });
});

function run(inputs: readonly ToolInput[], change: Partial<GestureContext> = {}) {
  const { board } = boardWith(note(0, 0));
  const context: GestureContext = { ...contextOf(board), tool: 'select', space: false, ...change };
  return play<Gestures>((state, input) => step(state, input, context), AT_REST, inputs);
}

describe('all tools together', () => {
  it('lend the hand for the middle button and the space bar', () => {
    const wanted = [{ do: 'pan', dx: -30, dy: 0 }];
    expect(run([down(20, 20, { button: 1 }), move(50, 20), up(50, 20)])[1]).toEqual(wanted);
    const [state, intents] = run([down(20, 20), move(50, 20)], { space: true });
    expect(intents).toEqual(wanted);
    expect(isPulling(state)).toBe(true);
  });

  it('drop a gesture when the tool changes', () => {
    const [moving] = run([down(20, 20), move(80, 20)]);
    expect(isBusy(moving)).toBe(true);
    const { board } = boardWith(note(0, 0));
    const context: GestureContext = { ...contextOf(board), tool: 'note', space: false };
    const [next, intents] = step(moving, move(90, 20), context);
    expect(next.active).toMatchObject({ tool: 'note' });
    expect(intents.filter((intent) => intent.do === 'run')).toEqual([]);
  });

  it('show the preview of the tool that is chosen', () => {
    expect(previewOf(run([down(20, 20), move(80, 20)])[0]).kind).toBe('move');
    expect(previewOf(run([move(80, 20)], { tool: 'note' })[0]).kind).toBe('draw');
    expect(previewOf(AT_REST).kind).toBe('none');
  });
});

describe('two fingers', () => {
  const a = { kind: 'touch', pointer: 1 } as const;
  const b = { kind: 'touch', pointer: 2 } as const;

  it('pinch around their middle', () => {
    const [, intents] = run([down(300, 300, a), down(400, 300, b), move(500, 300, b)]);
    expect(intents).toEqual([
      { do: 'pan', dx: -50, dy: 0 },
      { do: 'zoom', at: { x: 400, y: 300 }, factor: 2 },
    ]);
  });

  it('take the gesture away from the tool', () => {
    const [state, intents] = run([
      down(20, 20, a),
      move(80, 20, a),
      down(300, 300, b),
      move(310, 300, b),
      up(310, 300, b),
      up(80, 20, a),
    ]);
    expect(intents.filter((intent) => intent.do === 'run')).toEqual([]);
    expect(isBusy(state)).toBe(false);
  });

  it('do not become a drag when one of them is lifted', () => {
    const [, intents] = run([down(20, 20, a), down(300, 300, b), up(300, 300, b), move(90, 90, a), up(90, 90, a)]);
    expect(intents).toEqual([]);
  });
});
