/** A record as it is drawn on the board: what it says under its headings, and at its foot whose names are on it. */

import type { Rect } from '../../model/element.ts';
import type { Region } from '../../model/gathering/region.ts';
import { type BoardRecord, type Said, standingWords } from '../../model/records.ts';
import type { Painter } from '../../render/painter.ts';
import { ellipsis, isRtl, type Measurer, paragraph, TEXT_WEIGHT, wrap } from '../../render/text.ts';

/** Of a card that is made; it grows with what is written in it. */
export const CARD_WIDTH = 368;

const PAD = 14;
const LABEL = { size: 12, weight: 640, height: 18 } as const;
/** Heights of lines are in sizes of their letters. */
const TEXT = { size: 16, line: 1.28 } as const;
const FOOT = { size: 14, weight: 600, line: 1.28, lines: 2 } as const;
const GAP = 8;
const LINE = TEXT.size * TEXT.line;
const FOOT_TEXT = FOOT.size * FOOT.line * FOOT.lines;
const FOOT_HEIGHT = FOOT_TEXT + GAP * 2;
const NOT_YET = 'Not written yet';

/** What is shown: all that is written, and all that is needed. */
function shownOf(said: readonly Said[]): readonly Said[] {
  return said.filter(({ field, text }) => field.needed || text !== '');
}

/** How high a card has to be for all its words and a foot. */
export function cardHeight(said: readonly Said[], width: number, measurer: Measurer): number {
  let height = PAD;
  for (const { text } of shownOf(said)) {
    const lines = wrap(text === '' ? NOT_YET : text, width - PAD * 2, TEXT_WEIGHT, TEXT.size, measurer).lines.length;
    height += LABEL.height + lines * LINE + GAP;
  }
  return Math.ceil(height + FOOT_HEIGHT);
}

export function emptyRecord(region: Region, first: string): readonly Said[] {
  return region.fields.map((field, index) => ({ field, text: index === 0 ? first : '' }));
}

/** A record, and how many others serve it. */
interface Shown {
  readonly record: BoardRecord;
  readonly served: number;
}

export function paintRecord(painter: Painter, rect: Rect, shown: Shown, nameOf: (seat: string) => string): void {
  const { record } = shown;
  const { ctx, theme } = painter;
  painter.roundedPath(rect, 8, painter.border / 2);
  ctx.fillStyle = theme.color.surface;
  ctx.fill();
  ctx.strokeStyle = record.agreed ? theme.color.good : theme.color['line-strong'];
  ctx.lineWidth = record.agreed ? Math.max(2, painter.border) : painter.border;
  ctx.stroke();
  const x = rect.x + PAD;
  const room = Math.max(20, rect.w - PAD * 2);
  const foot = rect.y + rect.h - FOOT_HEIGHT;
  let y = rect.y + PAD;
  for (const one of shownOf(record.said)) {
    const left = foot - y - LABEL.height;
    if (left < LINE) break;
    if (LABEL.size * painter.zoom >= 6) {
      const label = ellipsis(one.field.label, room, LABEL.weight, LABEL.size, painter.text.measurer).text;
      painter.font(LABEL.weight, LABEL.size);
      ctx.fillStyle = theme.color['ink-soft'];
      painter.line(label, x, y + LABEL.size, isRtl(label));
    }
    y += LABEL.height;
    const empty = one.text === '';
    const box = { w: room, h: left };
    const words = painter.text.set(one, empty ? NOT_YET : one.text, box, TEXT.size, TEXT_WEIGHT, TEXT.line);
    painter.layout(words, x, y, room, empty ? theme.color.warn : theme.color.ink);
    y += words.height + GAP;
  }
  paintFoot(painter, { x, y: foot, w: room, h: FOOT_HEIGHT }, shown, nameOf);
}

function servedCount(served: number): string {
  return served === 0 ? '' : served === 1 ? '1 card is for this' : `${served} cards are for this`;
}

function paintFoot(painter: Painter, rect: Rect, { record, served }: Shown, nameOf: (seat: string) => string): void {
  const words = [servedCount(served), standingWords(record, nameOf)].filter((part) => part !== '').join('. ');
  if (words === '') return;
  const { ctx, theme } = painter;
  ctx.beginPath();
  ctx.moveTo(rect.x, rect.y);
  ctx.lineTo(rect.x + rect.w, rect.y);
  ctx.strokeStyle = theme.color.line;
  ctx.lineWidth = painter.border;
  ctx.stroke();
  const box = { w: rect.w, h: FOOT_TEXT };
  const layout = paragraph(words, box, FOOT.size, FOOT.weight, FOOT.line, painter.text.measurer);
  const named = record.lead !== null || record.names.length > 0 || record.agreed;
  const stuck = record.standing.at(-1)?.status === 'stuck';
  const ink = record.lacks.length > 0 || stuck ? 'warn' : named ? 'good' : 'ink-soft';
  painter.layout(layout, rect.x, rect.y + GAP, rect.w, theme.color[ink]);
}
