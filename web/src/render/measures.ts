/** Proportions of what is drawn, in world units. The text field that lies over an element keeps to the same ones. */

import type { BoardElement } from '../model/element.ts';
import { type Measurer, NOTE_LINE_HEIGHT, NOTE_SIZES, TEXT_WEIGHT, wrap } from './text.ts';

/** Text smaller than this on screen is not drawn. */
export const LEGIBLE_PX = 11;
/** Titles of regions are never drawn smaller than this on screen. */
export const TITLE_PX = 14;

export const TITLE_SIZE = 18;
export const TITLE_WEIGHT = 720;
export const PROMPT_SIZE = 14;
export const REGION_PAD = 16;
/** What lies above is the region's own: number, title and prompt. */
export const REGION_HEADER = 72;
/** A region within a region is a theme: its head is smaller. */
export const THEME_TITLE_SIZE = 14;
export const THEME_TITLE_WEIGHT = 680;
export const THEME_PAD = 8;

export const NOTE_SIZE = { w: 184, h: 104 } as const;
export const FRAME_SIZE = { w: 960, h: 640 } as const;
export const TEXT_SIZE = { w: 320, h: 48 } as const;

export const FREE_TEXT_SIZE = 20;
export const FREE_TEXT_WEIGHT = 480;
const FREE_TEXT_LEAST = 12;
const FREE_TEXT_MOST = 96;
export const FREE_TEXT_LINE_HEIGHT = 1.3;

export interface NoteBox {
  readonly padX: number;
  readonly padY: number;
  /** The box for the text. */
  readonly w: number;
  readonly h: number;
  /** Whether there is a line at the foot for the author. */
  readonly foot: boolean;
}

const FOOT_HEIGHT = 20;

/** How a note of a size divides its room. */
export function noteBox(w: number, h: number): NoteBox {
  if (w >= 120 && h >= 84) {
    return { padX: 12, padY: 11, w: w - 24, h: h - 11 - 9 - FOOT_HEIGHT, foot: true };
  }
  // Small notes have no foot line; the seed mark keeps a corner of the right margin.
  return {
    padX: 8,
    padY: Math.max(3, Math.min(7, (h - 22) / 2)),
    w: Math.max(16, w - 22),
    h: Math.max(12, h - 12),
    foot: false,
  };
}

/** The height a note needs to show all its text at the smallest size, or its own height if that is enough. */
export function neededHeight(
  element: Pick<BoardElement, 'kind' | 'rect' | 'style'>,
  text: string,
  measurer: Measurer,
): number {
  const { w, h } = element.rect;
  if (element.kind === 'text') {
    const size = freeTextSize(element);
    const { lines } = wrap(text, w, FREE_TEXT_WEIGHT, size, measurer);
    return Math.max(24, Math.ceil(lines.length * size * FREE_TEXT_LINE_HEIGHT));
  }
  if (element.kind !== 'note') return h;
  const box = noteBox(w, h);
  const least = NOTE_SIZES[NOTE_SIZES.length - 1] ?? 12;
  const { lines } = wrap(text, box.w, TEXT_WEIGHT, least, measurer);
  const needed = lines.length * least * NOTE_LINE_HEIGHT;
  return needed <= box.h + 1 ? h : Math.ceil(h - box.h + needed);
}

/** The height of a new note that holds a text. */
export function noteHeight(text: string, measurer: Measurer): number {
  if (text === '') return NOTE_SIZE.h;
  return neededHeight({ kind: 'note', rect: { x: 0, y: 0, ...NOTE_SIZE }, style: {} }, text, measurer);
}

/** The size of a free text, from its style. */
export function freeTextSize(element: Pick<BoardElement, 'style'>): number {
  const { size } = element.style;
  return typeof size === 'number' ? Math.min(FREE_TEXT_MOST, Math.max(FREE_TEXT_LEAST, size)) : FREE_TEXT_SIZE;
}

/** The world height of the head of a region: what a press takes hold of. */
export function headHeight(element: BoardElement): number {
  return Math.min(element.rect.h, element.parent === null ? 48 : 32);
}
