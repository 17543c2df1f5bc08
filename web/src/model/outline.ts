/**
 * The board as a list: the same elements, in the order of the report.
 *
 * Regions by their number; inside each, reading order; what lies outside every region comes last, under a heading of its own.
 */

import type { Board } from './board.ts';
import { cardTexts } from './cardFields.ts';
import type { BoardElement, ColourName, ElementId } from './element.ts';

/** One row of the outline. Only the heading has no element. */
export interface OutlineRow {
  readonly id: ElementId | null;
  /** 0 at the outside. */
  readonly depth: number;
  readonly kind: BoardElement['kind'] | 'heading';
  readonly label: string;
  /** How many things are inside, at any depth, frames not counted. */
  readonly count: number;
  readonly setSize: number;
  /** From 1. */
  readonly posInSet: number;
  readonly hasChildren: boolean;
  readonly colour: ColourName | null;
}

export const LOOSE_HEADING = 'On the board';

const WORDLESS: Readonly<Record<BoardElement['kind'], string>> = {
  note: 'Empty note',
  text: 'Empty text',
  shape: 'Shape',
  frame: 'Region without a title',
  conn: 'Connector',
  ink: 'Drawing',
  image: 'Picture',
  stamp: 'Stamp',
  card: 'Card',
  unknown: 'Something newer than this page',
};

/** What an element is called in a list: its words on one line, or what it is. */
export function label(element: BoardElement): string {
  const said = element.text || (element.kind === 'card' ? cardWords(element.payload) : '');
  const words = said.replace(/\s+/gu, ' ').trim();
  if (words !== '') return words;
  const { payload } = element;
  if (element.kind === 'image' && typeof payload === 'object' && payload !== null && 'alt' in payload) {
    if (typeof payload.alt === 'string' && payload.alt.trim() !== '') return payload.alt.trim();
  }
  return WORDLESS[element.kind];
}

/** The texts of a card's fields, one after the other. */
export function cardWords(payload: unknown): string {
  return cardTexts(payload)
    .flatMap(([, text]) => (text.trim() === '' ? [] : text))
    .join('\n');
}

interface Branch {
  readonly element: BoardElement;
  readonly branches: readonly Branch[];
  readonly count: number;
}

function grow(board: Board, element: BoardElement): Branch {
  const branches = board.children(element.id).map((child) => grow(board, child));
  return { element, branches, count: things(branches) };
}

function things(branches: readonly Branch[]): number {
  return branches.reduce((sum, { element, count }) => sum + count + (element.kind === 'frame' ? 0 : 1), 0);
}

function write(branches: readonly Branch[], depth: number, setSize: number, rows: OutlineRow[]): void {
  for (const [index, { element, branches: inside, count }] of branches.entries()) {
    rows.push({
      id: element.id,
      depth,
      kind: element.kind,
      label: label(element),
      count,
      setSize,
      posInSet: index + 1,
      hasChildren: inside.length > 0,
      colour: element.colour,
    });
    write(inside, depth + 1, inside.length, rows);
  }
}

export function outline(board: Board): readonly OutlineRow[] {
  const regions = board.regions().map((region) => grow(board, region));
  const loose = board
    .children(null)
    .filter((element) => element.kind !== 'frame')
    .map((element) => grow(board, element));
  const topSize = regions.length + (loose.length > 0 ? 1 : 0);
  const rows: OutlineRow[] = [];
  write(regions, 0, topSize, rows);
  if (loose.length > 0) {
    rows.push({
      id: null,
      depth: 0,
      kind: 'heading',
      label: LOOSE_HEADING,
      count: things(loose),
      setSize: topSize,
      posInSet: topSize,
      hasChildren: true,
      colour: null,
    });
    write(loose, 1, loose.length, rows);
  }
  return rows;
}
