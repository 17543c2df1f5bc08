/** Regions as people name them. */

import type { Board } from '../model/board.ts';
import type { BoardElement, ElementId } from '../model/element.ts';
import { label } from '../model/outline.ts';

/** "3 What we see". */
export function regionName(frame: BoardElement): string {
  const number = frame.style.no;
  return typeof number === 'number' ? `${number} ${label(frame)}` : label(frame);
}

/** The title of the outermost region an element lies in; empty outside every region. */
export function regionTitleOf(board: Board, id: ElementId): string {
  let element = board.get(id);
  let title = '';
  // Bounded, because two people can at once put two frames into each other.
  for (let depth = 0; element !== undefined && element.parent !== null && depth < 32; depth++) {
    element = board.get(element.parent);
    if (element?.kind === 'frame') title = label(element);
  }
  return title;
}
