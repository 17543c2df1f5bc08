import { describe, expect, it } from 'vitest';
import type { BoardElement } from '../../src/model/element.ts';
import { headRoom, isTelling, titleLines } from '../../src/render/heads.ts';
import { addFrame, addNote, bench, rect } from '../model/boards.ts';
import { ruler } from './ruler.ts';

/** Letters are 5 wide. */
const lines = (title: string, width: number, most: number, indent = 0) =>
  titleLines(title, { width, indent, most }, 680, 10, ruler).map(({ text }) => text);

function roomAbove(...notes: readonly number[]): number {
  const { board } = bench(1);
  const id = addFrame(board, 'What we see', rect(0, 0, 400, 400));
  for (const y of notes) addNote(board, 'note', rect(20, y), id);
  const frame: BoardElement | undefined = board.get(id);
  return frame === undefined ? Number.NaN : headRoom(frame, board.children(id));
}

describe('the room of a head', () => {
  it('ends at the first thing in the frame', () => {
    expect(roomAbove(300, 72)).toBe(72);
  });

  it('is bounded, in an empty frame and in a low one', () => {
    expect(roomAbove()).toBe(96);
    expect(roomAbove(350)).toBe(96);
  });

  it('is not taken away by a note that was laid over it', () => {
    expect(roomAbove(4, 80)).toBe(80);
  });
});

describe('the lines of a title', () => {
  it('break between words', () => {
    expect(lines('Seeing whole people', 60, 3)).toEqual(['Seeing whole', 'people']);
  });

  it('leave room for the mark before the first one only', () => {
    expect(lines('Seeing whole people', 60, 3, 15)).toEqual(['Seeing', 'whole people']);
  });

  it('end in an ellipsis when there is no room for more', () => {
    expect(lines('Seeing whole people', 60, 1)).toEqual(['Seeing whol…']);
    expect(lines('Money moves sideways', 40, 2)).toEqual(['Money', 'moves s…']);
  });

  it('cut a word that is too long for a line', () => {
    expect(lines('Extraordinarily good', 40, 2)).toEqual(['Extraor…', 'good']);
  });

  it('are not worth their place when hardly a letter is left', () => {
    expect(isTelling(titleLines('Purpose', { width: 20, indent: 0, most: 1 }, 680, 10, ruler))).toBe(false);
    expect(isTelling(titleLines('Purpose', { width: 30, indent: 0, most: 1 }, 680, 10, ruler))).toBe(true);
    expect(isTelling(titleLines('Us', { width: 20, indent: 0, most: 1 }, 680, 10, ruler))).toBe(true);
  });
});
