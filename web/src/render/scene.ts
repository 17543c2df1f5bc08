/** The scene: everything on the board that is not moving just now, painted from the bottom to the top. */

import { type Camera, type Viewport, visibleRect } from '../model/camera.ts';
import type { BoardElement, ElementId, Rect } from '../model/element.ts';
import { unreachable } from '../model/unreachable.ts';
import { Routes } from './connector.ts';
import { paintConnector, paintLabel } from './paintConnector.ts';
import { Painter, type Surroundings } from './painter.ts';
import { paintFrame, paintTitle } from './paintFrame.ts';
import { paintNote } from './paintNote.ts';
import { paintCard, paintImage, paintInk, paintStamp, paintUnknown } from './paintOther.ts';
import { paintShape, paintText } from './paintShape.ts';
import type { TextCache } from './textCache.ts';

/** What the renderer asks of a board. */
export interface Model {
  all(): readonly BoardElement[];
  worldRect(id: ElementId): Rect | undefined;
  search(rect: Rect): readonly BoardElement[];
}

export interface SceneInput extends Omit<Surroundings, 'zoom'> {
  readonly model: Model;
  readonly camera: Camera;
  readonly viewport: Viewport;
  readonly pixelRatio: number;
  /** Drawn on the layer above, because they are moving. */
  readonly lifted: ReadonlySet<ElementId>;
}

/** Beyond the viewport by this much is painted too: outlines and labels reach over an element's box. */
const MARGIN = 40;

/** Puts world coordinates on a canvas, snapped to device pixels so that lines stay sharp while panning. */
export function useCamera(ctx: CanvasRenderingContext2D, camera: Camera, pixelRatio: number): void {
  const scale = camera.zoom * pixelRatio;
  ctx.setTransform(scale, 0, 0, scale, Math.round(-camera.x * scale), Math.round(-camera.y * scale));
}

export class Scene {
  readonly text: TextCache;
  readonly routes = new Routes();
  #listed: readonly BoardElement[] | null = null;
  #connectors: readonly BoardElement[] = [];

  constructor(text: TextCache) {
    this.text = text;
  }

  /** All connectors of a board. A route may cross a view in which none of its ends lies, so the index cannot find them. */
  connectors(model: Model): readonly BoardElement[] {
    const all = model.all();
    if (all !== this.#listed) {
      this.#listed = all;
      this.#connectors = all.filter((element) => element.kind === 'conn');
    }
    return this.#connectors;
  }

  paint(ctx: CanvasRenderingContext2D, input: SceneInput): void {
    const { model, camera, viewport, pixelRatio, lifted } = input;
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.fillStyle = input.theme.color.board;
    ctx.fillRect(0, 0, ctx.canvas.width, ctx.canvas.height);
    useCamera(ctx, camera, pixelRatio);
    const painter = new Painter(ctx, this.text, { ...input, zoom: camera.zoom, authorOf: (id) => input.authorOf(id) });
    const view = visibleRect(camera, viewport);
    const margin = MARGIN / camera.zoom;
    const area = { x: view.x - margin, y: view.y - margin, w: view.w + 2 * margin, h: view.h + 2 * margin };
    const found = model.search(area);
    for (const element of found) {
      if (element.kind !== 'frame' || lifted.has(element.id)) continue;
      const rect = model.worldRect(element.id);
      if (rect !== undefined) paintFrame(painter, element, rect);
    }
    for (const element of this.connectors(model)) {
      if (!lifted.has(element.id)) this.paintRoute(painter, element, model, area);
    }
    for (const element of found) {
      if (element.kind === 'frame' || element.kind === 'conn' || lifted.has(element.id)) continue;
      const rect = model.worldRect(element.id);
      if (rect !== undefined) paintElement(painter, element, rect);
    }
    for (const element of this.connectors(model)) {
      if (!lifted.has(element.id)) this.paintRoute(painter, element, model, area, true);
    }
    for (const element of found) {
      if (element.kind !== 'frame' || lifted.has(element.id)) continue;
      const rect = model.worldRect(element.id);
      if (rect !== undefined) paintTitle(painter, element, rect);
    }
  }

  /** Paints one connector: its line, or with `label` its words. */
  paintRoute(painter: Painter, element: BoardElement, places: Model, area: Rect | null, label = false): void {
    const kept = this.routes.of(element, places);
    if (kept === null || (area !== null && !touches(kept.route.bounds, area))) return;
    if (label) paintLabel(painter, kept);
    else paintConnector(painter, kept);
  }
}

/** Draws one element that is neither frame nor connector. */
export function paintElement(painter: Painter, element: BoardElement, rect: Rect): void {
  switch (element.kind) {
    case 'note':
      paintNote(painter, element, rect);
      return;
    case 'text':
      paintText(painter, element, rect);
      return;
    case 'shape':
      paintShape(painter, element, rect);
      return;
    case 'ink':
      paintInk(painter, element, rect);
      return;
    case 'image':
      paintImage(painter, element, rect);
      return;
    case 'stamp':
      paintStamp(painter, element, rect);
      return;
    case 'card':
      paintCard(painter, element, rect);
      return;
    case 'unknown':
      paintUnknown(painter, rect);
      return;
    case 'frame':
      paintFrame(painter, element, rect);
      return;
    case 'conn':
      return;
    default:
      unreachable(element.kind);
  }
}

export function touches(a: Rect, b: Rect): boolean {
  return a.x <= b.x + b.w && b.x <= a.x + a.w && a.y <= b.y + b.h && b.y <= a.y + a.h;
}
