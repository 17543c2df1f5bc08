/** Regions as a gathering draws them: the live one with a gold edge, the others quiet, and in each what it is open for. */

import { computed, effect } from '@preact/signals-core';
import { type BoardElement, type ElementId, elementId, type Rect } from '../../model/element.ts';
import type { Painter, Plots } from '../../render/painter.ts';
import type { Editor } from '../editor.ts';
import { RecordPlots } from '../records/recordPlots.ts';
import type { Attendance } from './attendance.ts';
import { type PlotState, plotStates, type WritingOnBoard, writingOnBoard } from './plotState.ts';

const RADIUS = 14;
const SIZE = 13;
const WEIGHT = 600;
const HEIGHT = 24;
const PAD = 9;
const SIGN = 14;
const GAP = 6;
/** A pill may take this share of the width of a region; the title comes first. */
const MOST_SHARE = 0.5;
/** How far the glow around the live region reaches, in CSS pixels. */
const GLOW_PX = 5;

const SIGNS: Readonly<Record<PlotState['sign'], string>> = {
  open: 'M5 11h14a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-7a2 2 0 0 1 2-2zM7 11V7a5 5 0 0 1 9.9-1',
  lock: 'M5 11h14a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-7a2 2 0 0 1 2-2zM7 11V7a5 5 0 0 1 10 0v4',
  check: 'M20 6 9 17l-5-5',
};

export class GatheringPlots implements Plots {
  readonly #states: ReadonlyMap<string, PlotState>;
  readonly #writing: WritingOnBoard;
  readonly #records: RecordPlots;

  constructor(states: ReadonlyMap<string, PlotState>, writing: WritingOnBoard, records: RecordPlots) {
    this.#states = states;
    this.#writing = writing;
    this.#records = records;
  }

  get closed(): string | null {
    return this.#writing.closed;
  }

  homeFor(frame: ElementId | null): ElementId | null {
    const { open } = this.#writing;
    if (open === null || (frame !== null && open.includes(frame))) return frame;
    const [first] = open;
    return first === undefined ? frame : elementId(first);
  }

  words(id: ElementId): string | null {
    return this.#states.get(id)?.words ?? this.#records.served(id);
  }

  has(id: ElementId): boolean {
    return this.#states.has(id);
  }

  ground(painter: Painter, element: BoardElement, rect: Rect): boolean {
    const state = this.#states.get(element.id);
    if (state === undefined || element.parent !== null || state.look === 'quiet') return false;
    const { ctx, theme, pixel, contrast } = painter;
    if (state.look === 'shut') {
      if (contrast) return false;
      painter.roundedPath(rect, RADIUS, 0);
      ctx.fillStyle = theme.color.board;
      ctx.fill();
      ctx.strokeStyle = theme.color['line-strong'];
      ctx.lineWidth = Math.max(1.5, pixel * 1.5);
      ctx.stroke();
      return true;
    }
    if (!contrast) {
      const glow = GLOW_PX * pixel;
      ctx.globalAlpha = 0.45;
      painter.roundedPath(rect, RADIUS, -(pixel * 2 + glow / 2));
      ctx.strokeStyle = theme.color.now;
      ctx.lineWidth = glow;
      ctx.stroke();
      ctx.globalAlpha = 1;
    }
    painter.roundedPath(rect, RADIUS, 0);
    ctx.fillStyle = contrast ? theme.color.board : theme.color.surface;
    ctx.fill();
    ctx.strokeStyle = contrast ? theme.color.now : theme.color['now-edge'];
    ctx.lineWidth = (contrast ? 4 : 2) * Math.max(1, pixel);
    ctx.stroke();
    return true;
  }

  pillWidth(painter: Painter, id: ElementId, width: number, unit: number): number {
    const state = this.#states.get(id);
    if (state === undefined) return 0;
    const scale = scaleOf(painter, unit);
    const whole = scale * (PAD * 2 + SIGN + GAP + painter.text.measurer.width(state.words, WEIGHT, SIZE));
    if (whole <= width * MOST_SHARE) return whole;
    const small = scale * (HEIGHT + 4);
    return small <= width * MOST_SHARE ? small : 0;
  }

  card(painter: Painter, element: BoardElement, rect: Rect): boolean {
    return this.#records.paint(painter, element, rect);
  }

  recordIn(frame: ElementId | null, text: string) {
    return this.#records.made(frame, text);
  }

  open(id: ElementId): boolean {
    return this.#records.open(id);
  }

  reads(id: ElementId, isPlaced = false): string | null {
    return this.#records.reads(id, isPlaced);
  }

  also(id: ElementId) {
    return this.#records.also(id);
  }

  paintPill(painter: Painter, id: ElementId, x: number, middle: number, width: number, unit: number): void {
    const state = this.#states.get(id);
    if (state === undefined) return;
    const scale = scaleOf(painter, unit);
    painter.within(x, middle, scale, () => paint(painter, state, width / scale));
  }
}

/** The words on what goes on never get smaller on the screen than their size. */
function scaleOf(painter: Painter, unit: number): number {
  return Math.max(1, painter.pixel / unit);
}

function paint(painter: Painter, state: PlotState, width: number): void {
  const { ctx, theme, contrast } = painter;
  const { color } = theme;
  const ink = state.tone === 'plain' ? color.ink : color[state.tone];
  const top = -HEIGHT / 2;
  ctx.beginPath();
  ctx.roundRect(0, top, width, HEIGHT, HEIGHT / 2);
  if (state.tone !== 'plain' && !contrast) {
    ctx.fillStyle = color[`${state.tone}-soft`];
    ctx.fill();
  } else {
    ctx.strokeStyle = contrast ? ink : color['line-strong'];
    ctx.lineWidth = 1.5;
    ctx.stroke();
  }
  const wordless = width < HEIGHT + 8;
  const before = ctx.getTransform();
  ctx.translate(wordless ? (width - SIGN) / 2 : PAD, -SIGN / 2);
  ctx.scale(SIGN / 24, SIGN / 24);
  ctx.strokeStyle = ink;
  ctx.lineWidth = 2.3;
  ctx.lineCap = 'round';
  ctx.lineJoin = 'round';
  ctx.stroke(new Path2D(SIGNS[state.sign]));
  ctx.setTransform(before);
  if (wordless) return;
  ctx.fillStyle = ink;
  painter.font(WEIGHT, SIZE);
  painter.line(state.words, PAD + SIGN + GAP, SIZE * 0.35, false);
}

/** Keeps the regions on the board as the gathering has them. Returns the way to stop. */
export function showPlots(attendance: Attendance, editor: Editor): () => void {
  const { gathering, now, person } = attendance;
  // Times in pills are only about right, so that the board is drawn again once a minute at most.
  const minute = computed(() => Math.floor(now.value / 60_000) * 60_000);
  let told = '';
  const stop = effect(() => {
    const states = plotStates(gathering.value, minute.value);
    const writing = writingOnBoard(gathering.value, person.value, minute.value);
    const { recording, show } = gathering.value;
    const names = [...recording.names].map(([id, of]) => [id, of, of.map(({ seat }) => attendance.nameOf(seat))]);
    const tells = JSON.stringify([...states, writing, show.regions, names, recording.agreed, [...recording.standing]]);
    if (tells === told) return;
    told = tells;
    editor.plots.value = new GatheringPlots(states, writing, new RecordPlots(attendance, editor));
  });
  return () => {
    stop();
    editor.plots.value = null;
  };
}
