/** Heads: how much room a frame keeps above its contents, and how a title is broken to stand in it. */

import type { BoardElement } from '../model/element.ts';
import { ellipsis, type Measurer, pieces } from './text.ts';

/** A head is no higher than this, however low its first content lies. */
const HIGHEST = 96;
/** What lies higher than this has been put over the head by hand, and does not make it smaller. */
const OVER_THE_HEAD = 24;

export interface TitleLine {
  readonly text: string;
  readonly width: number;
}

/** The world units between the top of a frame and the first thing in it. */
export function headRoom(frame: BoardElement, children: readonly BoardElement[]): number {
  let room = Math.min(HIGHEST, frame.rect.h);
  for (const { kind, rect } of children) {
    if (kind !== 'conn' && rect.y >= OVER_THE_HEAD && rect.y < room) room = rect.y;
  }
  return room;
}

/**
 * A title in at most so many lines; what does not fit ends in an ellipsis, and so does a word that is too long for a line.
 *
 * Args:
 *   indent: What stands before the first line: a number or a mark.
 */
export function titleLines(
  title: string,
  box: { readonly width: number; readonly indent: number; readonly most: number },
  weight: number,
  size: number,
  measurer: Measurer,
): readonly TitleLine[] {
  const lines: TitleLine[] = [];
  let line = '';
  const room = () => box.width - (lines.length === 0 ? box.indent : 0);
  for (const piece of pieces(title)) {
    const longer = line + piece;
    const last = lines.length === box.most - 1;
    if (line === '' || last || measurer.width(longer.trimEnd(), weight, size) <= room()) {
      line = longer;
      continue;
    }
    lines.push(ellipsis(line.trimEnd(), room(), weight, size, measurer));
    line = piece;
  }
  if (line !== '') lines.push(ellipsis(line.trimEnd(), room(), weight, size, measurer));
  return lines;
}

/** Fewer letters than this before an ellipsis say nothing. */
const FEWEST_LETTERS = 4;

/** Whether enough of a title is left to be worth its place. */
export function isTelling(lines: readonly TitleLine[]): boolean {
  const [first] = lines;
  return first !== undefined && (!first.text.endsWith('…') || first.text.length > FEWEST_LETTERS);
}
