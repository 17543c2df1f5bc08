/** Boards for tests: seeded ids, a clock that the test moves, and a network that delivers when it is told to. */

import { Board } from '../../src/model/board.ts';
import type { ElementId, Rect } from '../../src/model/element.ts';
import { seeded } from './seeded.ts';

export interface Bench {
  readonly board: Board;
  /** Updates the board has made, oldest first. */
  readonly sent: Uint8Array[];
  advance(ms: number): void;
}

export function bench(clientId: number): Bench {
  const random = seeded(clientId);
  let now = 1_000;
  const board = new Board(clientId, { random: random.bytes, now: () => now });
  const sent: Uint8Array[] = [];
  board.onStep(({ update }) => sent.push(update));
  return {
    board,
    sent,
    advance: (ms) => {
      now += ms;
    },
  };
}

/** Two boards that see each other's steps as soon as `exchange` is called. */
export function pair(): { a: Bench; b: Bench; exchange: () => void } {
  const [a, b] = [bench(1), bench(2)];
  let [fromA, fromB] = [0, 0];
  return {
    a,
    b,
    exchange: () => {
      const [newA, newB] = [a.sent.slice(fromA), b.sent.slice(fromB)];
      fromA = a.sent.length;
      fromB = b.sent.length;
      for (const update of newA) b.board.merge(update);
      for (const update of newB) a.board.merge(update);
    },
  };
}

export function rect(x: number, y: number, w = 184, h = 104): Rect {
  return { x, y, w, h };
}

export function addNote(board: Board, text: string, at: Rect = rect(0, 0), parent: ElementId | null = null): ElementId {
  const [id] = board.run({ type: 'create', elements: [{ kind: 'note', rect: at, parent, text, colour: 'oat' }] });
  if (id === undefined) throw new Error('no note was made');
  return id;
}

export function addFrame(board: Board, title: string, at: Rect = rect(0, 0, 960, 640), no?: number): ElementId {
  const style = no === undefined ? {} : { no };
  const [id] = board.run({ type: 'create', elements: [{ kind: 'frame', rect: at, parent: null, text: title, style }] });
  if (id === undefined) throw new Error('no frame was made');
  return id;
}
