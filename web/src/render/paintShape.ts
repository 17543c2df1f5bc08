/** Shapes with a text in the middle, and free text. */

import type { BoardElement, Rect } from '../model/element.ts';
import { FREE_TEXT_LINE_HEIGHT, FREE_TEXT_WEIGHT, freeTextSize } from './measures.ts';
import type { Painter } from './painter.ts';
import { NOTE_SIZES, TEXT_WEIGHT } from './text.ts';

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
  // Free text is never cut: its box says how wide it runs, not how long it is.
  const box = { w: rect.w, h: Number.MAX_SAFE_INTEGER };
  const layout = painter.text.set(element, element.text, box, size, FREE_TEXT_WEIGHT, FREE_TEXT_LINE_HEIGHT);
  painter.layout(layout, rect.x, rect.y, rect.w, painter.theme.color.ink);
}
