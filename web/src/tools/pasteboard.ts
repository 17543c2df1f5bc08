/** What is copied and pasted: elements between boards, and lines of text that become notes. */

import {
  type BoardElement,
  type ColourName,
  type ElementId,
  isColour,
  isKind,
  LIMITS,
  type Rect,
} from '../model/element.ts';
import type { NewElement } from '../model/plan.ts';
import { union } from '../model/rect.ts';
import { fitText } from '../model/textDiff.ts';
import { NOTE_SIZE } from '../render/measures.ts';
import { NOTE_GAP } from './freePlace.ts';

export const PASTEBOARD_TYPE = 'application/vnd.harvestry+json';
/** More than this from one paste is more likely an accident than a wish. */
export const MOST_PASTED = 2_000;

interface CopiedBoard {
  get(id: ElementId): BoardElement | undefined;
  worldRect(id: ElementId): Rect | undefined;
  children(parent: ElementId | null): readonly BoardElement[];
}

/** An element as it is copied: `rect` in the world for those at the top, `parent` an index into the list or null. */
interface Copied {
  readonly kind: string;
  readonly rect: readonly [number, number, number, number];
  readonly parent: number | null;
  readonly colour: string | null;
  readonly text: string;
  readonly style: Readonly<Record<string, string | number | boolean>>;
  readonly payload: unknown;
}

/** The copied elements as JSON, and their words as lines for other programs. */
export function copyOut(
  board: CopiedBoard,
  ids: readonly ElementId[],
): { readonly json: string; readonly text: string } {
  const copied: Copied[] = [];
  const lines: string[] = [];
  const add = (element: BoardElement, rect: Rect, parent: number | null) => {
    if (element.kind === 'unknown' || element.kind === 'ink' || element.kind === 'conn') return;
    const index = copied.length;
    copied.push({
      kind: element.kind,
      rect: [rect.x, rect.y, rect.w, rect.h],
      parent,
      colour: element.colour,
      text: element.text,
      style: element.style,
      payload: element.payload,
    });
    if (element.text.trim() !== '') lines.push(element.text);
    for (const child of board.children(element.id)) add(child, child.rect, index);
  };
  for (const id of ids) {
    const element = board.get(id);
    const rect = board.worldRect(id);
    if (element !== undefined && rect !== undefined) add(element, rect, null);
  }
  return { json: JSON.stringify({ harvestry: 1, elements: copied }), text: lines.join('\n') };
}

/** An element read back: at the top in world coordinates, inside relative to its parent. */
export interface Pasted {
  readonly element: Omit<NewElement, 'id' | 'parent'>;
  readonly parent: number | null;
}

/** Reads what `copyOut` wrote, here or on another board; `null` if it is something else. */
export function readCopied(json: string): readonly Pasted[] | null {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return null;
  }
  if (!isRecord(value) || value.harvestry !== 1 || !Array.isArray(value.elements)) return null;
  const pasted: Pasted[] = [];
  for (const [index, entry] of value.elements.entries()) {
    const read = readOne(entry, index);
    if (read === null) return null;
    pasted.push(read);
  }
  return pasted;
}

function readOne(entry: unknown, index: number): Pasted | null {
  if (!isRecord(entry) || !isKind(entry.kind) || !Array.isArray(entry.rect)) return null;
  const numbers = entry.rect.filter((value): value is number => typeof value === 'number' && Number.isFinite(value));
  const [x, y, w, h] = numbers;
  if (x === undefined || y === undefined || w === undefined || h === undefined) return null;
  const { parent } = entry;
  const inside = typeof parent === 'number' && Number.isInteger(parent) && parent >= 0 && parent < index;
  const colour: ColourName | null = isColour(entry.colour) ? entry.colour : null;
  const style: Record<string, string | number | boolean> = {};
  if (isRecord(entry.style)) {
    for (const [key, value] of Object.entries(entry.style)) {
      if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') style[key] = value;
    }
  }
  return {
    element: {
      kind: entry.kind,
      rect: { x, y, w, h },
      text: typeof entry.text === 'string' ? fitText(entry.text, LIMITS.text) : '',
      style,
      ...(colour === null ? {} : { colour }),
      ...(entry.payload === null || entry.payload === undefined ? {} : { payload: entry.payload }),
    },
    parent: inside ? parent : null,
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The box around what was pasted, in the coordinates of the board it came from. */
export function pastedBounds(pasted: readonly Pasted[]): Rect | null {
  return union(pasted.filter((one) => one.parent === null).map((one) => one.element.rect));
}

/**
 * Texts for notes: one for each line. A cell of a spreadsheet that holds several lines comes in quotation marks and stays one
 * text; the cells of a row are set side by side.
 */
export function linesOf(text: string): readonly string[] {
  const lines: string[] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  const endCell = () => {
    const words = cell.trim();
    if (words !== '') row.push(words);
    cell = '';
  };
  const endRow = () => {
    endCell();
    if (row.length > 0) lines.push(fitText(row.join(' · '), LIMITS.text));
    row = [];
  };
  const source = text.replace(/\r\n?/g, '\n');
  for (let at = 0; at < source.length; at += 1) {
    const character = source.charAt(at);
    if (quoted) {
      if (character !== '"') cell += character;
      else if (source.charAt(at + 1) === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (character === '"' && cell === '' && closesCell(source, at)) quoted = true;
    else if (character === '\t') endCell();
    else if (character === '\n') endRow();
    else cell += character;
  }
  endRow();
  return lines.map(withoutBullet);
}

/** Whether a quotation mark at the start of a cell is closed at a cell's end and encloses a line break, as spreadsheets write it. */
function closesCell(source: string, start: number): boolean {
  for (let at = start + 1; at < source.length; at += 1) {
    if (source.charAt(at) !== '"') continue;
    if (source.charAt(at + 1) === '"') {
      at += 1;
      continue;
    }
    const after = source.charAt(at + 1);
    return (after === '' || after === '\t' || after === '\n') && source.slice(start, at).includes('\n');
  }
  return false;
}

/** A list pasted from a document keeps its words, not its bullets. */
function withoutBullet(line: string): string {
  return line.replace(/^(?:[-*•–·‣▪]|\d{1,3}[.)])\s+/u, '');
}

/** Places for a number of notes, from the top left corner of a block a little wider than high. */
export function block(count: number): { readonly places: readonly Rect[]; readonly w: number; readonly h: number } {
  const columns = Math.min(6, Math.max(1, Math.ceil(Math.sqrt(count))));
  const stepX = NOTE_SIZE.w + NOTE_GAP;
  const stepY = NOTE_SIZE.h + NOTE_GAP;
  const places = Array.from({ length: count }, (_, index) => ({
    x: (index % columns) * stepX,
    y: Math.floor(index / columns) * stepY,
    ...NOTE_SIZE,
  }));
  return { places, w: Math.min(count, columns) * stepX - NOTE_GAP, h: Math.ceil(count / columns) * stepY - NOTE_GAP };
}
