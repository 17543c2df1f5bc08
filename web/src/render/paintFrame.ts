/** Regions: a quiet plot with its number, title and prompt. A region within a region is a theme. */

import type { BoardElement, Rect } from '../model/element.ts';
import {
  LEGIBLE_PX,
  PROMPT_SIZE,
  REGION_PAD,
  THEME_PAD,
  THEME_TITLE_SIZE,
  THEME_TITLE_WEIGHT,
  TITLE_PX,
  TITLE_SIZE,
  TITLE_WEIGHT,
} from './measures.ts';
import type { Painter } from './painter.ts';
import { drawSeed } from './seeds.ts';
import { ellipsis, isRtl, TEXT_WEIGHT } from './text.ts';

const RADIUS = 14;
const THEME_RADIUS = 8;
const THEME_PROMPT_SIZE = 13;
/** A region narrower than this on screen has no room for a title; a theme needs more, because it stands between others. */
const LEAST_TITLE_PX = 44;
const LEAST_THEME_PX = 84;
/** Where titles of this size no longer fit the head of a frame they need ground of their own over its contents. */
const REGION_HEAD_ROOM = 52;
const THEME_HEAD_ROOM = 44;

const isTheme = (element: BoardElement): boolean => element.parent !== null;

export function titleOf(element: BoardElement): string {
  return element.text.trim() === '' ? 'Untitled region' : element.text.replaceAll('\n', ' ');
}

function numberOf(element: BoardElement): string {
  const { no } = element.style;
  return typeof no === 'number' ? String(no) : '';
}

export function paintFrame(painter: Painter, element: BoardElement, rect: Rect): void {
  const { ctx, theme } = painter;
  const inner = isTheme(element);
  if (painter.contrast) {
    painter.roundedPath(rect, inner ? THEME_RADIUS : RADIUS, painter.pixel);
    ctx.fillStyle = theme.color.board;
    ctx.fill();
    ctx.strokeStyle = theme.color['line-strong'];
    ctx.lineWidth = Math.max(2, painter.pixel * 2);
    ctx.setLineDash([ctx.lineWidth * 3, ctx.lineWidth * 2]);
    ctx.stroke();
    ctx.setLineDash([]);
  } else if (inner) {
    painter.roundedPath(rect, THEME_RADIUS, painter.border / 2);
    ctx.strokeStyle = theme.color.line;
    ctx.lineWidth = painter.border;
    ctx.stroke();
  } else {
    painter.roundedPath(rect, RADIUS, 0);
    ctx.fillStyle = theme.color['plot-quiet'];
    ctx.fill();
  }
  if (element.id === painter.editing) return;
  if (inner) themeHead(painter, element, rect);
  else regionHead(painter, element, rect);
}

function regionHead(painter: Painter, element: BoardElement, rect: Rect): void {
  const { ctx, theme, zoom } = painter;
  if (TITLE_SIZE * zoom < TITLE_PX) return; // drawn by paintTitle, over everything else
  const { measurer } = painter.text;
  const right = rect.x + rect.w - REGION_PAD;
  let x = rect.x + REGION_PAD;
  const number = numberOf(element);
  if (number !== '') {
    painter.font(THEME_TITLE_WEIGHT, 13);
    ctx.fillStyle = theme.color['ink-soft'];
    painter.line(number, x, rect.y + 30, false);
    x += measurer.width(number, THEME_TITLE_WEIGHT, 13) + 10;
  }
  const title = ellipsis(titleOf(element), Math.max(20, right - x), TITLE_WEIGHT, TITLE_SIZE, measurer);
  painter.font(TITLE_WEIGHT, TITLE_SIZE);
  ctx.fillStyle = theme.color.ink;
  painter.line(title.text, x, rect.y + 30, isRtl(title.text));
  const { prompt } = element.style;
  if (typeof prompt === 'string' && prompt !== '' && PROMPT_SIZE * zoom >= LEGIBLE_PX) {
    const box = { w: Math.max(40, rect.w - REGION_PAD * 2), h: 20 };
    const layout = painter.text.set(element, prompt, box, PROMPT_SIZE, TEXT_WEIGHT, 1.35);
    painter.layout(layout, rect.x + REGION_PAD, rect.y + 39, box.w, theme.color['ink-soft']);
  }
}

function themeHead(painter: Painter, element: BoardElement, rect: Rect): void {
  const { ctx, theme, zoom } = painter;
  // From further away the title is drawn by paintTitle, over everything else.
  if (THEME_TITLE_SIZE * zoom >= TITLE_PX) {
    const { measurer } = painter.text;
    let x = rect.x + THEME_PAD;
    if (element.colour !== null) {
      drawSeed(ctx, element.colour, x, rect.y + 12, 12, theme.sticky[element.colour].border);
      x += 18;
    }
    const room = Math.max(20, rect.x + rect.w - THEME_PAD - x);
    const title = ellipsis(titleOf(element), room, THEME_TITLE_WEIGHT, THEME_TITLE_SIZE, measurer);
    painter.font(THEME_TITLE_WEIGHT, THEME_TITLE_SIZE);
    ctx.fillStyle = theme.color.ink;
    painter.line(title.text, x, rect.y + 23, isRtl(title.text));
  }
  const { prompt } = element.style;
  if (typeof prompt === 'string' && prompt !== '' && THEME_PROMPT_SIZE * zoom >= LEGIBLE_PX) {
    const box = { w: Math.max(40, rect.w - THEME_PAD * 2), h: 34 };
    const layout = painter.text.set(element, prompt, box, THEME_PROMPT_SIZE, TEXT_WEIGHT, 1.25);
    painter.layout(layout, rect.x + THEME_PAD, rect.y + 30, box.w, theme.color['ink-soft']);
  }
}

/**
 * The title of a region or theme seen from afar: it keeps the smallest size that can be read and lies over what is in the frame.
 * From nearer `paintFrame` draws it and this draws nothing.
 */
export function paintTitle(painter: Painter, element: BoardElement, rect: Rect): void {
  const { ctx, theme, zoom, pixel } = painter;
  const inner = isTheme(element);
  if ((inner ? THEME_TITLE_SIZE : TITLE_SIZE) * zoom >= TITLE_PX || element.id === painter.editing) return;
  if (rect.w * zoom < (inner ? LEAST_THEME_PX : LEAST_TITLE_PX)) return;
  const { measurer } = painter.text;
  const pad = Math.min(inner ? THEME_PAD : REGION_PAD, 10 * pixel);
  const number = inner ? '' : numberOf(element);
  const words = number === '' ? titleOf(element) : `${number}  ${titleOf(element)}`;
  const mark = inner && element.colour !== null ? 15 : 0;
  const weight = inner ? THEME_TITLE_WEIGHT : TITLE_WEIGHT;
  // Measured in screen pixels, so that the cache holds one entry for all zooms.
  const title = ellipsis(words, (rect.w - pad * 2) * zoom - mark, weight, TITLE_PX, measurer);
  const height = 24 * pixel;
  const left = rect.x + pad;
  const top = rect.y + Math.min(8, 4 * pixel);
  if (height > (inner ? THEME_HEAD_ROOM : REGION_HEAD_ROOM)) {
    ctx.fillStyle = painter.contrast ? theme.color.board : theme.color['plot-quiet'];
    ctx.beginPath();
    ctx.roundRect(left - 4 * pixel, top, (title.width + mark + 8) * pixel, height, 5 * pixel);
    ctx.fill();
  }
  if (mark > 0 && element.colour !== null) {
    drawSeed(ctx, element.colour, left, top + 7 * pixel, 11 * pixel, theme.sticky[element.colour].border);
  }
  ctx.fillStyle = theme.color.ink;
  painter.font(weight, TITLE_PX);
  painter.direction(isRtl(title.text));
  ctx.save();
  ctx.translate(left + mark * pixel, top + 17 * pixel);
  ctx.scale(pixel, pixel);
  ctx.fillText(title.text, 0, 0);
  ctx.restore();
}
