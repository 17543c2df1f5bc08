/** Shapes with a text in the middle, and free text. */

import type { BoardElement, Rect } from '../model/element.ts';
import { isTelling, titleLines } from './heads.ts';
import { FREE_TEXT_LINE_HEIGHT, FREE_TEXT_WEIGHT, freeTextSize, LEGIBLE_PX, TITLE_PX } from './measures.ts';
import type { Painter } from './painter.ts';
import { isRtl, NOTE_SIZES, TEXT_WEIGHT } from './text.ts';

type Outline = 'rect' | 'ellipse' | 'diamond';

function outlineOf(payload: unknown): Outline {
  const shape = typeof payload === 'object' && payload !== null ? (payload as { shape?: unknown }).shape : null;
  return shape === 'ellipse' || shape === 'diamond' ? shape : 'rect';
}

/** The box for the words in a shape: the largest upright one is 1/√2 of an ellipse and half of a diamond. */
export function shapeBox(element: BoardElement, rect: Rect): { readonly w: number; readonly h: number } {
  const outline = outlineOf(element.payload);
  const share = outline === 'ellipse' ? Math.SQRT1_2 : outline === 'diamond' ? 0.5 : 1;
  const margin = outline === 'rect' ? 12 : 2;
  return { w: Math.max(16, rect.w * share - margin * 2), h: Math.max(14, rect.h * share - margin) };
}

export function paintShape(painter: Painter, element: BoardElement, rect: Rect): void {
  const { ctx, theme } = painter;
  const sticky = element.colour === null ? null : theme.sticky[element.colour];
  const outline = outlineOf(element.payload);
  const inset = painter.border / 2;
  const x = rect.x + rect.w / 2;
  const y = rect.y + rect.h / 2;
  if (outline === 'ellipse') {
    ctx.beginPath();
    ctx.ellipse(x, y, Math.max(0, rect.w / 2 - inset), Math.max(0, rect.h / 2 - inset), 0, 0, Math.PI * 2);
  } else if (outline === 'diamond') {
    ctx.beginPath();
    ctx.moveTo(x, rect.y + inset);
    ctx.lineTo(rect.x + rect.w - inset, y);
    ctx.lineTo(x, rect.y + rect.h - inset);
    ctx.lineTo(rect.x + inset, y);
    ctx.closePath();
  } else {
    painter.roundedPath(rect, 6, inset);
  }
  ctx.fillStyle = sticky?.bg ?? theme.color.surface;
  ctx.fill();
  ctx.strokeStyle = sticky?.border ?? theme.color['line-strong'];
  ctx.lineWidth = Math.max(painter.border, 1.5);
  ctx.stroke();
  if (element.text === '' || element.id === painter.editing) return;
  const box = shapeBox(element, rect);
  const layout = painter.text.fitted(element, element.text, box, NOTE_SIZES, TEXT_WEIGHT);
  painter.layout(layout, x - box.w / 2, y - layout.height / 2, box.w, sticky?.text ?? theme.color.ink, 'middle');
}

export function paintText(painter: Painter, element: BoardElement, rect: Rect): void {
  if (element.text === '' || element.id === painter.editing) return;
  const size = freeTextSize(element);
  if (size * painter.zoom < LEGIBLE_PX && paintHeading(painter, element, rect)) return;
  // Free text is never cut: its box says how wide it runs, not how long it is.
  const box = { w: rect.w, h: Number.MAX_SAFE_INTEGER };
  const layout = painter.text.set(element, element.text, box, size, FREE_TEXT_WEIGHT, FREE_TEXT_LINE_HEIGHT);
  painter.layout(layout, rect.x, rect.y, rect.w, painter.theme.color.ink);
}

/** Longer ones are text to be read, not headings to find one's way by. */
const LONGEST_HEADING = 60;
const HEADING_WEIGHT = 640;
const HEADING_LINE = 15;
const MOST_LINES = 3;
/** Kept free above another text, so that two headings do not read as one. */
const HEADING_GAP = 6;
/** A heading may reach over its own top by this much, in CSS pixels. */
const HEADING_OVERHANG = 4;

/** Draws a short text from afar as a heading that can still be read, if there is room. Returns whether it did. */
function paintHeading(painter: Painter, element: BoardElement, rect: Rect): boolean {
  const { ctx, pixel } = painter;
  const words = element.text.trim();
  if (words.length > LONGEST_HEADING || words.includes('\n')) return false;
  const room = clearBelow(painter, element, rect) / pixel + HEADING_OVERHANG;
  const most = Math.min(MOST_LINES, Math.floor(room / HEADING_LINE));
  if (most < 1) return false;
  const box = { width: rect.w / pixel, indent: 0, most };
  const lines = titleLines(words, box, HEADING_WEIGHT, TITLE_PX, painter.text.measurer);
  if (!isTelling(lines)) return false;
  painter.within(rect.x, rect.y, pixel, () => {
    ctx.fillStyle = painter.theme.color.ink;
    painter.font(HEADING_WEIGHT, TITLE_PX);
    let base = Math.min(0, room - HEADING_OVERHANG - lines.length * HEADING_LINE) + HEADING_LINE * 0.8;
    for (const { text, width } of lines) {
      const rtl = isRtl(text);
      painter.line(text, rtl ? box.width - width : 0, base, rtl);
      base += HEADING_LINE;
    }
  });
  return true;
}

/** The world units from the top of an element down to the next thing below it. */
function clearBelow(painter: Painter, element: BoardElement, rect: Rect): number {
  const wanted = (MOST_LINES * HEADING_LINE + HEADING_GAP) * painter.pixel;
  let clear = Math.max(rect.h, wanted);
  for (const other of painter.model.search({ x: rect.x, y: rect.y, w: rect.w, h: clear })) {
    if (other.kind === 'frame' || other.kind === 'conn' || other.id === element.id) continue;
    const place = painter.model.worldRect(other.id);
    const gap = other.kind === 'text' ? HEADING_GAP * painter.pixel : 0;
    if (place !== undefined && place.y >= rect.y) clear = Math.min(clear, place.y - rect.y - gap);
  }
  return clear;
}
