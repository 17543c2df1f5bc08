/** Regions: a quiet plot with its number, title and prompt. A region within a region is a theme. */

import type { BoardElement, Rect } from '../model/element.ts';
import { headRoom, isTelling, type TitleLine, titleLines } from './heads.ts';
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
import { isRtl, TEXT_WEIGHT } from './text.ts';

const RADIUS = 14;
const THEME_RADIUS = 8;
const THEME_PROMPT_SIZE = 13;
const PROMPT_LINE = 1.28;
const LINE = 1.12;
const BASELINE = 0.8;
/** How far a title that is kept readable may reach over the top of its frame, in CSS pixels: the gap to what lies above. */
const OVERHANG = 6;
/** A frame narrower than this on screen shows no title over its contents. */
const LEAST_PLATE_PX = 44;
const NUMBER_SIZE = 13;
const PILL_GAP = 12;

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
  if (painter.plots?.ground(painter, element, rect) === true) {
    // A gathering has drawn it.
  } else if (painter.contrast) {
    painter.roundedPath(rect, inner ? THEME_RADIUS : RADIUS, painter.pixel);
    ctx.fillStyle = theme.color.board;
    ctx.fill();
    ctx.strokeStyle = theme.color['line-strong'];
    ctx.lineWidth = inner ? Math.max(1, painter.pixel) : Math.max(2, painter.pixel * 2);
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
  const title = headOf(painter, element, rect);
  if (title !== null && !title.plate) paintHead(painter, element, rect, title);
}

/** A title as it will be drawn. Lengths count in `unit`s, so that a title that keeps its size on screen is measured once. */
interface Head {
  /** World units to one of the title's own: 1, or one CSS pixel where the title would otherwise become too small to read. */
  readonly unit: number;
  readonly size: number;
  readonly weight: number;
  readonly lines: readonly TitleLine[];
  readonly indent: number;
  readonly left: number;
  readonly top: number;
  readonly number: string;
  readonly mark: boolean;
  /** How wide the words on what goes on in it are. */
  readonly pill: number;
  /** It has no room above the contents, and lies on ground of its own over them. */
  readonly plate: boolean;
  /** World units from the top of the frame to its first content. */
  readonly room: number;
}

function headOf(painter: Painter, element: BoardElement, rect: Rect): Head | null {
  if (element.id === painter.editing) return null;
  const { zoom, pixel } = painter;
  const { measurer } = painter.text;
  const inner = isTheme(element);
  const nominal = inner ? THEME_TITLE_SIZE : TITLE_SIZE;
  const weight = inner ? THEME_TITLE_WEIGHT : TITLE_WEIGHT;
  const far = nominal * zoom < TITLE_PX;
  const unit = far ? pixel : 1;
  const size = far ? TITLE_PX : nominal;
  const room = headRoom(element, painter.model.children(element.id));
  const high = room / unit;
  const width = rect.w / unit;
  const left = far ? Math.min((inner ? THEME_PAD : REGION_PAD) / unit, inner ? 5 : 10) : inner ? THEME_PAD : REGION_PAD;
  // The title of the region around it comes first.
  const above = inner ? element.rect.y * zoom - TITLE_PX * LINE : OVERHANG;
  if (far && above < 0) return null;
  const fitting = Math.floor((high + (far ? Math.min(OVERHANG, above) : 0)) / (size * LINE));
  const plate = fitting < 1;
  if (plate && (inner || width < LEAST_PLATE_PX)) return null;
  const number = inner ? '' : numberOf(element);
  const mark = inner && element.colour !== null;
  const indent = mark ? size + 3 : number === '' ? 0 : measurer.width(number, THEME_TITLE_WEIGHT, NUMBER_SIZE) + 8;
  const most = plate || (!far && !inner) ? 1 : Math.min(inner ? 3 : 2, fitting);
  const pill = plate ? 0 : (painter.plots?.pillWidth(painter, element.id, width, unit) ?? 0);
  const box = { width: Math.max(1, width - left * 2 - (pill === 0 ? 0 : pill + PILL_GAP)), indent, most };
  const broken = titleLines(titleOf(element), box, weight, size, measurer);
  const lines = isTelling(broken) ? broken : [];
  if (lines.length === 0 && (plate || indent === 0) && number === '' && pill === 0) return null;
  const tall = Math.max(1, lines.length) * size * LINE;
  const top = plate ? 3 : Math.min(far ? (inner ? 5 : 7) : inner ? 8 : 13, high - tall - (far ? 1 : 0));
  return { unit, size, weight, lines, indent, left, top, number, mark, pill, plate, room };
}

function paintHead(painter: Painter, element: BoardElement, rect: Rect, head: Head): void {
  const { ctx, theme } = painter;
  const { unit, size, weight, lines, indent, left, top } = head;
  const line = size * LINE;
  painter.within(rect.x, rect.y, unit, () => {
    if (head.plate || (top < 0 && isTheme(element))) {
      const widest = Math.max(indent, ...lines.map(({ width }, index) => width + (index === 0 ? indent : 0)));
      ctx.fillStyle = painter.contrast ? theme.color.board : theme.color['plot-quiet'];
      ctx.beginPath();
      ctx.roundRect(left - 4, top - 1, widest + 8, Math.max(1, lines.length) * line + 2, 5);
      ctx.fill();
    }
    if (head.mark && element.colour !== null) {
      const { border } = theme.sticky[element.colour];
      drawSeed(ctx, element.colour, left, top + (line - size) / 2 + 1, size - 2, border);
    }
    let base = top + line * BASELINE;
    if (head.number !== '') {
      ctx.fillStyle = theme.color['ink-soft'];
      painter.font(THEME_TITLE_WEIGHT, NUMBER_SIZE);
      painter.line(head.number, left, base, false);
    }
    if (head.pill > 0) {
      const right = rect.w / unit - left - head.pill;
      painter.plots?.paintPill(painter, element.id, right, top + line / 2, head.pill, unit);
    }
    ctx.fillStyle = theme.color.ink;
    painter.font(weight, size);
    for (const [index, { text }] of lines.entries()) {
      painter.line(text, left + (index === 0 ? indent : 0), base, isRtl(text));
      base += line;
    }
  });
  paintPrompt(painter, element, rect, head);
}

/** The sentence under a title, if there is still room for it and it can be read. */
function paintPrompt(painter: Painter, element: BoardElement, rect: Rect, head: Head): void {
  const { prompt } = element.style;
  const inner = isTheme(element);
  const size = inner ? THEME_PROMPT_SIZE : PROMPT_SIZE;
  if (typeof prompt !== 'string' || prompt === '' || size * painter.zoom < LEGIBLE_PX) return;
  const top = (head.top + head.lines.length * head.size * LINE) * head.unit + (inner ? 2 : 6);
  const pad = inner ? THEME_PAD : REGION_PAD;
  const box = { w: Math.max(40, rect.w - pad * 2), h: head.room - top - 2 };
  if (box.h < size) return;
  const layout = painter.text.layOut(
    prompt,
    { ...box, h: Math.min(box.h, size * PROMPT_LINE * 3) },
    [size],
    TEXT_WEIGHT,
  );
  painter.layout(layout, rect.x + pad, rect.y + top, box.w, painter.theme.color['ink-soft']);
}

/**
 * The title of a region or theme that is so small on screen that its head has no room for one: it lies over what is in the frame.
 * From nearer `paintFrame` draws it and this draws nothing.
 */
export function paintTitle(painter: Painter, element: BoardElement, rect: Rect): void {
  const title = headOf(painter, element, rect);
  if (title?.plate === true) paintHead(painter, element, rect, title);
}
