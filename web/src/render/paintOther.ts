/** Ink, images, stamps, harvest cards, and what this version does not know. */

import type { BoardElement, Rect } from '../model/element.ts';
import { cardWords } from '../model/outline.ts';
import { decodeInk, type Ink } from './ink.ts';
import type { Painter } from './painter.ts';
import { ellipsis, isRtl, NOTE_SIZES, TEXT_WEIGHT } from './text.ts';

interface Stroke {
  readonly ink: Ink;
  readonly path: Path2D;
}

/** Payloads are immutable, so each is decoded once. */
const strokes = new WeakMap<Uint8Array, Stroke | 'unreadable'>();

function strokeOf(bytes: Uint8Array): Stroke | null {
  const known = strokes.get(bytes);
  if (known !== undefined) return known === 'unreadable' ? null : known;
  const ink = decodeInk(bytes);
  if (ink === null || ink.points.length < 2) {
    strokes.set(bytes, 'unreadable');
    return null;
  }
  const path = new Path2D();
  path.moveTo(ink.points[0] ?? 0, ink.points[1] ?? 0);
  if (ink.points.length === 2) path.lineTo((ink.points[0] ?? 0) + 0.01, ink.points[1] ?? 0);
  for (let index = 2; index + 1 < ink.points.length; index += 2) {
    path.lineTo(ink.points[index] ?? 0, ink.points[index + 1] ?? 0);
  }
  const stroke = { ink, path };
  strokes.set(bytes, stroke);
  return stroke;
}

export function paintInk(painter: Painter, element: BoardElement, rect: Rect): void {
  const stroke = element.payload instanceof Uint8Array ? strokeOf(element.payload) : null;
  if (stroke === null) {
    paintUnknown(painter, rect);
    return;
  }
  const { ctx, theme } = painter;
  const { ink } = stroke;
  ctx.save();
  ctx.translate(rect.x, rect.y);
  ctx.scale(rect.w / ink.w, rect.h / ink.h);
  ctx.strokeStyle = element.colour === null ? theme.color.ink : theme.sticky[element.colour].border;
  ctx.lineWidth = ink.width;
  ctx.lineCap = 'round';
  ctx.lineJoin = 'round';
  ctx.stroke(stroke.path);
  ctx.restore();
}

function stringOf(payload: unknown, key: string): string {
  if (typeof payload !== 'object' || payload === null) return '';
  const value = (payload as Readonly<Record<string, unknown>>)[key];
  return typeof value === 'string' ? value : '';
}

export function paintImage(painter: Painter, element: BoardElement, rect: Rect): void {
  const { ctx, theme } = painter;
  painter.roundedPath(rect, 6, painter.border / 2);
  ctx.fillStyle = theme.color['surface-2'];
  ctx.fill();
  ctx.strokeStyle = theme.color['line-strong'];
  ctx.lineWidth = painter.border;
  ctx.stroke();
  const alt = stringOf(element.payload, 'alt') || 'A picture without a description';
  captioned(painter, element, rect, alt, theme.color['ink-soft']);
}

export function paintStamp(painter: Painter, element: BoardElement, rect: Rect): void {
  const { ctx, theme } = painter;
  const sticky = element.colour === null ? null : theme.sticky[element.colour];
  const h = Math.min(rect.h, 40);
  const box = { x: rect.x, y: rect.y + (rect.h - h) / 2, w: rect.w, h };
  painter.roundedPath(box, h / 2, painter.border / 2);
  ctx.fillStyle = sticky?.bg ?? theme.color['action-soft'];
  ctx.fill();
  ctx.strokeStyle = sticky?.border ?? theme.color.action;
  ctx.lineWidth = Math.max(painter.border, 1.5);
  ctx.stroke();
  const name = stringOf(element.payload, 'stamp');
  if (name !== '') captioned(painter, element, box, name, sticky?.text ?? theme.color['on-action-soft']);
}

/** A few words in the middle of a box. */
function captioned(painter: Painter, element: BoardElement, rect: Rect, words: string, colour: string): void {
  const box = { w: Math.max(12, rect.w - 16), h: Math.max(16, rect.h - 8) };
  const layout = painter.text.fitted(element, words, box, NOTE_SIZES, TEXT_WEIGHT);
  painter.layout(layout, rect.x + (rect.w - box.w) / 2, rect.y + (rect.h - layout.height) / 2, box.w, colour, 'middle');
}

export function paintCard(painter: Painter, element: BoardElement, rect: Rect): void {
  if (painter.plots?.card(painter, element, rect)) return;
  const { ctx, theme, zoom } = painter;
  painter.roundedPath(rect, 8, painter.border / 2);
  ctx.fillStyle = theme.color.surface;
  ctx.fill();
  ctx.strokeStyle = theme.color['line-strong'];
  ctx.lineWidth = painter.border;
  ctx.stroke();
  if (13 * zoom < 6) return;
  const { measurer } = painter.text;
  const room = Math.max(20, rect.w - 32);
  const kind = ellipsis(stringOf(element.payload, 'ht') || 'card', room, 640, 13, measurer);
  painter.font(640, 13);
  ctx.fillStyle = theme.color.action;
  painter.line(kind.text, rect.x + 16, rect.y + 24, isRtl(kind.text));
  const words = cardWords(element.payload);
  if (words === '') return;
  const layout = painter.text.fitted(
    element,
    words,
    { w: room, h: Math.max(16, rect.h - 46) },
    NOTE_SIZES,
    TEXT_WEIGHT,
  );
  painter.layout(layout, rect.x + 16, rect.y + 34, room, theme.color.ink);
}

/** Something a newer version made. It keeps its place and its data; nothing here can change what is in it. */
export function paintUnknown(painter: Painter, rect: Rect): void {
  const { ctx, theme } = painter;
  painter.roundedPath(rect, 6, painter.border / 2);
  ctx.strokeStyle = theme.color['line-strong'];
  ctx.lineWidth = painter.border;
  ctx.setLineDash([6, 4]);
  ctx.stroke();
  ctx.setLineDash([]);
  const box = { w: Math.max(12, rect.w - 16), h: Math.max(16, rect.h - 8) };
  const layout = painter.text.layOut('Something this version cannot show', box, NOTE_SIZES, TEXT_WEIGHT);
  painter.layout(layout, rect.x + 8, rect.y + (rect.h - layout.height) / 2, box.w, theme.color['ink-soft'], 'middle');
}
