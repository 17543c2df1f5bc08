/** Notes: paper with a border, the text, the author at the foot, and the seed mark of its colour. */

import type { BoardElement, Rect } from '../model/element.ts';
import { LEGIBLE_PX, noteBox } from './measures.ts';
import type { Painter } from './painter.ts';
import { drawSeed } from './seeds.ts';
import { ellipsis, NOTE_SIZES, TEXT_WEIGHT } from './text.ts';

const RADIUS = 3;
const FOOT_SIZE = 13;
/** A note lower than this on screen shows its colour and nothing else. */
const SPECK_PX = 12;
/** Marks too small to tell apart are left out. */
const LEAST_MARK_PX = 4;

export function paintNote(painter: Painter, element: BoardElement, rect: Rect): void {
  const { ctx, zoom } = painter;
  const colour = element.colour ?? 'oat';
  const sticky = painter.theme.sticky[colour];
  if (rect.h * zoom < SPECK_PX) {
    // From far away thousands are in view: two boxes are a third of the work of a path.
    const edge = painter.border;
    ctx.fillStyle = sticky.border;
    ctx.fillRect(rect.x, rect.y, rect.w, rect.h);
    ctx.fillStyle = sticky.bg;
    ctx.fillRect(rect.x + edge, rect.y + edge, rect.w - edge * 2, rect.h - edge * 2);
    return;
  }
  painter.roundedPath(rect, RADIUS, painter.border / 2);
  ctx.fillStyle = sticky.bg;
  ctx.fill();
  ctx.strokeStyle = sticky.border;
  ctx.lineWidth = painter.border;
  ctx.stroke();

  const box = noteBox(rect.w, rect.h);
  if (element.text !== '' && element.id !== painter.editing) {
    const layout = painter.text.fitted(element, element.text, box, NOTE_SIZES, TEXT_WEIGHT);
    const faded = layout.size * zoom < LEGIBLE_PX;
    painter.layout(layout, rect.x + box.padX, rect.y + box.padY, box.w, faded ? sticky.border : sticky.text);
  }
  const mark = painter.contrast ? 13 : box.foot ? 11 : 10;
  if (mark * zoom < LEAST_MARK_PX) return;
  const margin = painter.contrast ? 6 : box.foot ? 8 : 6;
  drawSeed(ctx, colour, rect.x + rect.w - margin - mark, rect.y + rect.h - margin - mark, mark, sticky.border);
  if (!box.foot || FOOT_SIZE * zoom < LEGIBLE_PX) return;
  const author = painter.authorOf(element.id);
  if (author === null) return;
  const width = rect.w - box.padX * 2 - mark - 4;
  const name = ellipsis(author, width, TEXT_WEIGHT, FOOT_SIZE, painter.text.measurer);
  painter.font(TEXT_WEIGHT, FOOT_SIZE);
  ctx.fillStyle = sticky.text;
  painter.line(name.text, rect.x + box.padX, rect.y + rect.h - 10, false);
}
