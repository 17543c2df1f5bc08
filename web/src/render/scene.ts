/** The scene: everything on the board that is not moving just now, painted from the bottom to the top. */

import { type Camera, type Viewport, visibleRect } from '../model/camera.ts';
import type { BoardElement, ElementId, Rect } from '../model/element.ts';
import { inflate } from '../model/rect.ts';
import { unreachable } from '../model/unreachable.ts';
import type { Connectors } from './connectors.ts';
import { type Model, Painter, type Surroundings } from './painter.ts';
import { paintFrame, paintTitle } from './paintFrame.ts';
import { paintLock } from './paintLock.ts';
import { paintNote } from './paintNote.ts';
import { paintCard, paintImage, paintInk, paintStamp, paintUnknown } from './paintOther.ts';
import { paintShape, paintText } from './paintShape.ts';
import type { Placing } from './sceneBitmap.ts';
import type { TextCache } from './textCache.ts';

export interface SceneInput extends Omit<Surroundings, 'zoom'> {
  readonly camera: Camera;
  readonly viewport: Viewport;
  readonly pixelRatio: number;
  /** Drawn on the layer above, because they are moving. */
  readonly lifted: ReadonlySet<ElementId>;
  /** Null until they have come. */
  readonly connectors: Connectors | null;
}

/** Beyond what is painted by this much is looked at too: outlines and labels reach over an element's box. */
const MARGIN = 40;

/** Where a camera puts the world on a canvas, snapped to device pixels so that lines stay sharp while panning. */
export function placingOf(camera: Camera, pixelRatio: number): Placing {
  const scale = camera.zoom * pixelRatio;
  return { scale, x: Math.round(-camera.x * scale), y: Math.round(-camera.y * scale) };
}

/** Puts world coordinates on a canvas. */
export function useCamera(ctx: CanvasRenderingContext2D, camera: Camera, pixelRatio: number): void {
  const { scale, x, y } = placingOf(camera, pixelRatio);
  ctx.setTransform(scale, 0, 0, scale, x, y);
}

export class Scene {
  readonly text: TextCache;
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

  /** How many elements a camera shows. */
  count({ model, camera, viewport }: Pick<SceneInput, 'model' | 'camera' | 'viewport'>): number {
    return model.search(visibleRect(camera, viewport)).length;
  }

  /** Paints a part of the canvas, given in device pixels. */
  paint(ctx: CanvasRenderingContext2D, input: SceneInput, part: Rect): void {
    const { model, camera, pixelRatio, lifted } = input;
    const { scale, x, y } = placingOf(camera, pixelRatio);
    ctx.save();
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.beginPath();
    ctx.rect(part.x, part.y, part.w, part.h);
    ctx.clip();
    ctx.fillStyle = input.theme.color.board;
    ctx.fillRect(part.x, part.y, part.w, part.h);
    useCamera(ctx, camera, pixelRatio);
    const painter = new Painter(ctx, this.text, { ...input, zoom: camera.zoom, authorOf: (id) => input.authorOf(id) });
    const seen = { x: (part.x - x) / scale, y: (part.y - y) / scale, w: part.w / scale, h: part.h / scale };
    const area = inflate(seen, MARGIN / camera.zoom);
    const found = model.search(area);
    for (const element of found) {
      if (element.kind !== 'frame' || lifted.has(element.id)) continue;
      const rect = model.worldRect(element.id);
      if (rect !== undefined) paintFrame(painter, element, rect);
    }
    for (const element of this.connectors(model)) {
      if (!lifted.has(element.id)) input.connectors?.paintLine(painter, element, model, area);
    }
    for (const element of found) {
      if (element.kind === 'frame' || element.kind === 'conn' || lifted.has(element.id)) continue;
      const rect = model.worldRect(element.id);
      if (rect !== undefined) paintElement(painter, element, rect);
    }
    for (const element of this.connectors(model)) {
      if (!lifted.has(element.id)) input.connectors?.paintOver(painter, element, model, area);
    }
    for (const element of found) {
      if (element.kind !== 'frame' || lifted.has(element.id)) continue;
      const rect = model.worldRect(element.id);
      if (rect !== undefined) paintTitle(painter, element, rect);
    }
    for (const element of found) {
      const marked = element.locked && input.plots?.has(element.id) !== true;
      const rect = marked && !lifted.has(element.id) ? model.worldRect(element.id) : undefined;
      if (rect !== undefined) paintLock(ctx, input.theme, rect, camera.zoom);
    }
    ctx.restore();
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
