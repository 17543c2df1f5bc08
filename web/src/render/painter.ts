/** What every part of a drawing needs: the context, the theme, the zoom, and text that fits. */

import type { BoardElement, ElementId, Rect } from '../model/element.ts';
import type { ThemeColours } from '../theme/theme.ts';
import { fontOf } from './fonts.ts';
import { LEGIBLE_PX } from './measures.ts';
import { baseline, type TextLayout } from './text.ts';
import type { TextCache } from './textCache.ts';

/** Bars stand for words: soft enough that titles come first. */
const BAR_SHARE = 0.32;
const BAR_ALPHA = 0.3;
const LEAST_BAR_PX = 2.4;

export interface Surroundings {
  readonly theme: ThemeColours;
  readonly zoom: number;
  /** The element whose text is being typed in a field that lies over it. */
  readonly editing: ElementId | null;
  /** What lies around: titles and headings are given the room that is left. */
  readonly model: Model;
  /** How regions look in a gathering; null without one. */
  readonly plots: Plots | null;
  authorOf(id: ElementId): string | null;
}

/** What a gathering makes of regions and records. It is fetched where there is one, and draws with the painter it is given. */
export interface Plots {
  /** Why the person writes nowhere on the board just now; null where they may. */
  readonly closed: string | null;
  /** The frame that something new goes into which was wished for in this one, or outside of all. */
  homeFor(frame: ElementId | null): ElementId | null;
  /** What goes on in a region, in words. */
  words(id: ElementId): string | null;
  has(id: ElementId): boolean;
  /** Draws the ground of a region; false where it is as ever. */
  ground(painter: Painter, element: BoardElement, rect: Rect): boolean;
  /** How much of the width of a title is for the words on what goes on; lengths in the title's own units of `unit` world units. */
  pillWidth(painter: Painter, id: ElementId, width: number, unit: number): number;
  /** Draws a record; false where a card is none. */
  card(painter: Painter, element: BoardElement, rect: Rect): boolean;
  /** What is made in a frame in place of a note; null where notes are. */
  recordIn(
    frame: ElementId | null,
    text: string,
  ): { readonly size: Pick<Rect, 'w' | 'h'>; readonly payload: unknown } | null;
  /** Opens what is written in fields; false where it is none. */
  open(id: ElementId): boolean;
  /** A record as it is read out, with or without its region: what it says under which heading, and whose names are on it. */
  reads(id: ElementId, isPlaced?: boolean): string | null;
  /** What else can be made of something, beside what is done with it everywhere; `null` for nothing. */
  also(id: ElementId): { readonly label: string; readonly run: () => void } | null;
  paintPill(painter: Painter, id: ElementId, x: number, middle: number, width: number, unit: number): void;
}

/** What the renderer asks of a board. */
export interface Model {
  all(): readonly BoardElement[];
  worldRect(id: ElementId): Rect | undefined;
  search(rect: Rect): readonly BoardElement[];
  children(parent: ElementId | null): readonly BoardElement[];
}

export class Painter {
  readonly ctx: CanvasRenderingContext2D;
  readonly text: TextCache;
  readonly theme: ThemeColours;
  readonly zoom: number;
  readonly editing: ElementId | null;
  readonly model: Model;
  readonly contrast: boolean;
  /** One CSS pixel in world units, and the width of a border that never gets thinner than it. */
  readonly pixel: number;
  readonly border: number;
  readonly plots: Plots | null;
  readonly authorOf: (id: ElementId) => string | null;
  #font = '';
  #rtl: boolean | null = null;

  constructor(ctx: CanvasRenderingContext2D, text: TextCache, around: Surroundings) {
    this.ctx = ctx;
    this.text = text;
    this.theme = around.theme;
    this.zoom = around.zoom;
    this.editing = around.editing;
    this.model = around.model;
    this.contrast = around.theme.name === 'contrast';
    this.pixel = 1 / around.zoom;
    this.border = Math.max(this.contrast ? 3 : 1, this.pixel);
    this.plots = around.plots;
    this.authorOf = (id) => around.authorOf(id);
    ctx.textBaseline = 'alphabetic';
    ctx.textAlign = 'left';
  }

  font(weight: number, size: number): void {
    const font = fontOf(weight, size);
    if (font === this.#font) return;
    this.#font = font;
    this.ctx.font = font;
  }

  direction(rtl: boolean): void {
    if (rtl === this.#rtl) return;
    this.#rtl = rtl;
    this.ctx.direction = rtl ? 'rtl' : 'ltr';
  }

  /**
   * Draws in coordinates of their own, with `x`, `y` as the origin and `unit` world units to one. Unlike `ctx.save` this leaves the
   * font and the direction as they are, which this painter keeps count of.
   */
  within(x: number, y: number, unit: number, draw: () => void): void {
    const { ctx } = this;
    const before = ctx.getTransform();
    ctx.translate(x, y);
    ctx.scale(unit, unit);
    draw();
    ctx.setTransform(before);
  }

  /** Starts a rounded box as the current path; corners that nobody could see are left square. */
  roundedPath(rect: Rect, radius: number, inset: number): void {
    const { ctx } = this;
    const x = rect.x + inset;
    const y = rect.y + inset;
    const w = Math.max(0, rect.w - inset * 2);
    const h = Math.max(0, rect.h - inset * 2);
    ctx.beginPath();
    if (radius * this.zoom < 1) ctx.rect(x, y, w, h);
    else ctx.roundRect(x, y, w, h, radius);
  }

  /** One line of text with its left edge at `x` (whatever its direction) and its baseline at `y`. */
  line(text: string, x: number, y: number, rtl: boolean): void {
    this.direction(rtl);
    this.ctx.fillText(text, x, y);
  }

  /**
   * Draws lines in a box whose top left corner is `x`, `y`. Too small to read, they become bars.
   *
   * Args:
   *   align: Where lines stand; `start` is left, or right for a right-to-left paragraph.
   */
  layout(
    layout: TextLayout,
    x: number,
    y: number,
    width: number,
    colour: string,
    align: 'start' | 'middle' = 'start',
  ): void {
    const { ctx } = this;
    const { size, lineHeight, lines } = layout;
    ctx.fillStyle = colour;
    if (size * this.zoom < LEGIBLE_PX) {
      this.#bars(layout, x, y, width, align);
      return;
    }
    this.font(layout.weight, size);
    let base = y + baseline(size, lineHeight, this.text.measurer);
    for (const line of lines) {
      if (line.text !== '') this.line(line.text, startOf(line, x, width, align), base, line.rtl);
      base += lineHeight;
    }
  }

  #bars(layout: TextLayout, x: number, y: number, width: number, align: 'start' | 'middle'): void {
    const { ctx } = this;
    const { lineHeight, size } = layout;
    if (lineHeight * this.zoom < LEAST_BAR_PX) return;
    const thick = Math.max(size * BAR_SHARE, this.pixel);
    // Round ends that nobody could see are left square.
    const round = thick * this.zoom >= 2;
    let top = y + (lineHeight - thick) / 2;
    ctx.globalAlpha = this.contrast ? 0.6 : BAR_ALPHA;
    ctx.beginPath();
    for (const line of layout.lines) {
      const left = startOf(line, x, width, align);
      if (line.width > 0 && round) ctx.roundRect(left, top, line.width, thick, thick / 2);
      else if (line.width > 0) ctx.rect(left, top, line.width, thick);
      top += lineHeight;
    }
    ctx.fill();
    ctx.globalAlpha = 1;
  }
}

function startOf(
  line: { readonly width: number; readonly rtl: boolean },
  x: number,
  width: number,
  align: 'start' | 'middle',
): number {
  if (align === 'middle') return x + (width - line.width) / 2;
  return line.rtl ? x + width - line.width : x;
}
