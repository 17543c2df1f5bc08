/** Elements and places in words, for people who do not see the board. */

import type { BoardElement, ElementId, Rect } from '../model/element.ts';
import { cardWords, label } from '../model/outline.ts';
import { colourLabel } from '../render/seeds.ts';

export interface DescribedBoard {
  get(id: ElementId): BoardElement | undefined;
  worldRect(id: ElementId): Rect | undefined;
  children(parent: ElementId | null): readonly BoardElement[];
  search(rect: Rect): readonly BoardElement[];
}

const KIND_WORDS: Readonly<Record<BoardElement['kind'], string>> = {
  note: 'Note',
  text: 'Text',
  shape: 'Shape',
  frame: 'Region',
  conn: 'Connector',
  ink: 'Drawing',
  image: 'Picture',
  stamp: 'Stamp',
  card: 'Card',
  unknown: 'Something this version cannot show',
};

/** Longer texts are cut in short mentions; the element itself is always read in full. */
const MENTION_LENGTH = 60;

/** "Note, barley yellow, in What we see: Families carry the folder. By Amara." */
export function describe(board: DescribedBoard, element: BoardElement, author: string | null): string {
  const parent = element.parent === null ? undefined : board.get(element.parent);
  const theme = element.kind === 'frame' && parent !== undefined;
  const head = [theme ? 'Theme' : KIND_WORDS[element.kind]];
  if (element.colour !== null) head.push(lowerFirst(colourLabel(element.colour)));
  if (element.locked) head.push('locked');
  if (parent !== undefined) head.push(`in ${label(parent)}`);
  const words = wordsOf(board, element);
  const text = words === '' ? head.join(', ') : `${head.join(', ')}: ${words}`;
  const sentences = [ended(text)];
  if (element.kind === 'frame') sentences.push(contents(board.children(element.id).length));
  if (author !== null && element.kind !== 'frame') sentences.push(`By ${author}.`);
  return sentences.join(' ');
}

function wordsOf(board: DescribedBoard, element: BoardElement): string {
  switch (element.kind) {
    case 'unknown':
      return '';
    case 'card':
      return cardWords(element.payload);
    case 'conn':
      return connectorWords(board, element);
    case 'frame': {
      const { prompt } = element.style;
      return typeof prompt === 'string' && prompt !== '' ? `${ended(label(element))} ${prompt}` : label(element);
    }
    default: {
      const words = label(element);
      // What has no words of its own is named by its kind already.
      return words === KIND_WORDS[element.kind] ? '' : words;
    }
  }
}

function connectorWords(board: DescribedBoard, element: BoardElement): string {
  if (typeof element.payload !== 'object' || element.payload === null) return '';
  const { a, b, label: words } = element.payload as Readonly<Record<'a' | 'b' | 'label', unknown>>;
  const name = (end: unknown): string => {
    if (typeof end !== 'object' || end === null || !('id' in end) || typeof end.id !== 'string') return 'a place';
    const found = board.get(end.id as ElementId);
    return found === undefined ? 'something deleted' : mention(found);
  };
  const path = `from ${name(a)} to ${name(b)}`;
  return typeof words === 'string' && words !== '' ? `${words}, ${path}` : path;
}

function contents(count: number): string {
  return count === 0 ? 'Empty.' : count === 1 ? '1 thing inside.' : `${count} things inside.`;
}

/** An element in a few words, in quotation marks. */
export function mention(element: BoardElement): string {
  const words = label(element);
  const short = words.length <= MENTION_LENGTH ? words : `${words.slice(0, MENTION_LENGTH).trimEnd()}…`;
  return `“${short}”`;
}

/** Some elements in a few words: "the note “Tired”", "3 notes", "5 things". */
export function mentionAll(board: DescribedBoard, ids: Iterable<ElementId>): string {
  const elements = [...ids].flatMap((id) => board.get(id) ?? []);
  const [first] = elements;
  if (first === undefined) return 'nothing';
  if (elements.length === 1) return mention(first);
  return counted(elements);
}

/** "3 notes", "2 regions", "5 things". */
export function counted(elements: readonly BoardElement[]): string {
  const [first] = elements;
  const count = elements.length;
  const same = first !== undefined && elements.every((element) => element.kind === first.kind);
  const one = !same ? 'thing' : first.kind === 'unknown' ? 'thing' : KIND_WORDS[first.kind].toLowerCase();
  return count === 1 ? `1 ${one}` : `${count} ${one}s`;
}

/** Where a rectangle of the world lies: "in Principles, below “Trust”". */
export function describePlace(
  board: DescribedBoard,
  rect: Rect,
  frame: ElementId | null,
  exclude: ReadonlySet<ElementId>,
): string {
  const region = frame === null ? undefined : board.get(frame);
  const where = region === undefined ? 'outside every region' : `in ${label(region)}`;
  const near = nearestAbove(board, rect, exclude);
  return near === null ? where : `${where}, ${near.side} ${mention(near.element)}`;
}

/** How far one looks for a neighbour to name, in world units. */
const SIGHT = 160;

function nearestAbove(
  board: DescribedBoard,
  rect: Rect,
  exclude: ReadonlySet<ElementId>,
): { readonly element: BoardElement; readonly side: string } | null {
  const around = { x: rect.x - SIGHT, y: rect.y - SIGHT, w: rect.w + SIGHT, h: rect.h + SIGHT };
  let best: { readonly element: BoardElement; readonly side: string } | null = null;
  let least = SIGHT;
  for (const element of board.search(around)) {
    if (element.kind === 'frame' || element.kind === 'conn' || exclude.has(element.id)) continue;
    const other = board.worldRect(element.id);
    if (other === undefined) continue;
    const below = rect.y - (other.y + other.h);
    const beside = rect.x - (other.x + other.w);
    const shareX = other.x < rect.x + rect.w && rect.x < other.x + other.w;
    const shareY = other.y < rect.y + rect.h && rect.y < other.y + other.h;
    if (shareX && shareY) return { element, side: 'partly over' };
    if (shareX && below >= 0 && below < least) {
      best = { element, side: 'below' };
      least = below;
    } else if (shareY && beside >= 0 && beside < least) {
      best = { element, side: 'right of' };
      least = beside;
    }
  }
  return best;
}

function ended(text: string): string {
  return /[.!?…。！？]$/u.test(text) ? text : `${text}.`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
