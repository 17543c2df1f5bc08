/** The active layer: what moves, what is selected, what others hold, and what a gesture would do. */

import { type Camera, rectToScreen } from '../model/camera.ts';
import type { ElementId, Rect } from '../model/element.ts';
import type { ThemeColours } from '../theme/theme.ts';
import type { Connectors } from './connectors.ts';
import { fontOf } from './fonts.ts';
import { HANDLE_SIZE, handlePoint, handlesOf, isResizable, OUTLINE_OFFSET } from './handles.ts';
import type { Hold, Lift, Tree } from './lift.ts';
import { Painter, type Plots } from './painter.ts';
import { paintFrame, paintTitle } from './paintFrame.ts';
import { paintLock } from './paintLock.ts';
import type { Preview } from './preview.ts';
import { paintElement, type Scene, useCamera } from './scene.ts';
import { ellipsis } from './text.ts';

export interface ActiveInput {
  readonly tree: Tree;
  readonly theme: ThemeColours;
  readonly camera: Camera;
  readonly pixelRatio: number;
  readonly selection: ReadonlySet<ElementId>;
  readonly editing: ElementId | null;
  /** What the mouse is over. */
  readonly hover: ElementId | null;
  readonly preview: Preview;
  readonly lift: Lift;
  readonly holds: readonly Hold[];
  /** Fingers instead of a mouse: handles are larger. */
  readonly coarse: boolean;
  readonly canWrite: boolean;
  readonly plots: Plots | null;
  readonly connectors: Connectors | null;
  authorOf(id: ElementId): string | null;
}

const OUTLINE = 3;
const HOVER = 1.5;
const TICK_RADIUS = 10;

/** The colours that stand for a person: hosts are damson, the others have their hue. */
export function personColours(
  theme: ThemeColours,
  hue: number,
  host: boolean,
): { readonly fill: string; readonly text: string } {
  if (!host) return { fill: theme.presence[hue % theme.presence.length] ?? theme.color.ink, text: theme.color.surface };
  switch (theme.name) {
    case 'light':
      return { fill: theme.color.host, text: theme.color['on-host'] };
    case 'dark':
      return { fill: theme.color.now, text: theme.color['on-now'] };
    case 'contrast':
      return { fill: theme.color.ink, text: theme.color.board };
  }
}

export function paintActive(ctx: CanvasRenderingContext2D, scene: Scene, input: ActiveInput): void {
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  ctx.clearRect(0, 0, ctx.canvas.width, ctx.canvas.height);
  paintLifted(ctx, scene, input);
  // From here on in CSS pixels: marks keep their size at every zoom.
  ctx.setTransform(input.pixelRatio, 0, 0, input.pixelRatio, 0, 0);
  const rectOf = (id: ElementId): Rect | undefined => input.lift.rects.get(id) ?? input.tree.worldRect(id);
  paintTarget(ctx, input);
  paintHover(ctx, input, rectOf);
  for (const hold of input.holds) paintHold(ctx, scene, input, hold, rectOf);
  paintSelection(ctx, input, rectOf);
  paintDrawn(ctx, input);
}

function paintLifted(ctx: CanvasRenderingContext2D, scene: Scene, input: ActiveInput): void {
  const { lift, tree, camera } = input;
  if (lift.rects.size === 0) return;
  useCamera(ctx, camera, input.pixelRatio);
  const places = {
    all: () => tree.all(),
    search: (rect: Rect) => tree.search(rect),
    children: (parent: ElementId | null) => tree.children(parent),
    worldRect: (id: ElementId) => lift.rects.get(id) ?? tree.worldRect(id),
  };
  const painter = new Painter(ctx, scene.text, {
    theme: input.theme,
    zoom: camera.zoom,
    editing: input.editing,
    model: places,
    plots: input.plots,
    authorOf: (id) => input.authorOf(id),
  });
  for (const [id, rect] of lift.rects) {
    const element = tree.get(id);
    if (element?.kind === 'frame') paintFrame(painter, element, rect);
  }
  for (const element of scene.connectors(tree)) {
    if (lift.hidden.has(element.id)) input.connectors?.paintLine(painter, element, places, null);
  }
  for (const [id, rect] of lift.rects) {
    const element = tree.get(id);
    if (element === undefined) continue;
    if (element.kind === 'frame') paintTitle(painter, element, rect);
    else paintElement(painter, element, rect);
  }
  for (const element of scene.connectors(tree)) {
    if (lift.hidden.has(element.id)) input.connectors?.paintOver(painter, element, places, null);
  }
}

/** The frame that would take in what is being dragged. */
function paintTarget(ctx: CanvasRenderingContext2D, input: ActiveInput): void {
  const { preview } = input;
  if (preview.kind !== 'move' || preview.target === null) return;
  const rect = input.tree.worldRect(preview.target);
  if (rect === undefined) return;
  const box = rectToScreen(input.camera, rect);
  ctx.beginPath();
  ctx.roundRect(box.x + 1, box.y + 1, box.w - 2, box.h - 2, 14 * input.camera.zoom);
  ctx.strokeStyle = input.theme.color.focus;
  ctx.lineWidth = 2;
  ctx.stroke();
}

/** A quiet edge around what the mouse is over, so that one sees what a press would take hold of. */
function paintHover(
  ctx: CanvasRenderingContext2D,
  input: ActiveInput,
  rectOf: (id: ElementId) => Rect | undefined,
): void {
  const { hover, tree, camera } = input;
  if (hover === null || input.selection.has(hover) || hover === input.editing) return;
  const element = tree.get(hover);
  const rect = rectOf(hover);
  if (element === undefined || element.kind === 'conn' || rect === undefined) return;
  ctx.strokeStyle = input.theme.color.focus;
  ctx.lineWidth = HOVER;
  outline(ctx, rectToScreen(camera, rect), 1, element.kind === 'frame' ? 14 * camera.zoom : 4);
  ctx.stroke();
}

function outline(ctx: CanvasRenderingContext2D, box: Rect, offset: number, radius: number): void {
  ctx.beginPath();
  ctx.roundRect(box.x - offset, box.y - offset, box.w + offset * 2, box.h + offset * 2, radius);
}

function paintHold(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  input: ActiveInput,
  hold: Hold,
  rectOf: (id: ElementId) => Rect | undefined,
): void {
  const held =
    hold.editing === null || hold.selection.includes(hold.editing) ? hold.selection : [...hold.selection, hold.editing];
  if (held.length === 0) return;
  const { fill, text } = personColours(input.theme, hold.hue, hold.host);
  ctx.strokeStyle = fill;
  ctx.lineWidth = 2;
  ctx.setLineDash([6, 4]);
  let first: Rect | null = null;
  for (const id of held) {
    const rect = rectOf(id);
    if (rect === undefined) continue;
    const box = rectToScreen(input.camera, rect);
    first ??= box;
    outline(ctx, box, 3, 5);
    ctx.stroke();
  }
  ctx.setLineDash([]);
  if (first === null || !(hold.named || hold.editing !== null)) return;
  const { measurer } = scene.text;
  const name = ellipsis(hold.name, 160, 640, 13, measurer);
  ctx.fillStyle = fill;
  ctx.beginPath();
  ctx.roundRect(first.x - 4, first.y - 25, name.width + 14, 20, hold.host ? 2 : [5, 5, 5, 0]);
  ctx.fill();
  ctx.fillStyle = text;
  ctx.font = fontOf(640, 13);
  ctx.fillText(name.text, first.x + 3, first.y - 10.5);
}

function paintSelection(
  ctx: CanvasRenderingContext2D,
  input: ActiveInput,
  rectOf: (id: ElementId) => Rect | undefined,
): void {
  const { selection, theme, camera, tree } = input;
  for (const id of selection) {
    const rect = rectOf(id);
    if (rect === undefined) continue;
    const box = rectToScreen(camera, rect);
    const radius = tree.get(id)?.kind === 'frame' ? 14 * camera.zoom + OUTLINE_OFFSET : 5;
    ctx.strokeStyle = theme.color['focus-halo'];
    ctx.lineWidth = OUTLINE + 2;
    outline(ctx, box, OUTLINE_OFFSET, radius);
    ctx.stroke();
    ctx.strokeStyle = theme.color.focus;
    ctx.lineWidth = OUTLINE;
    ctx.stroke();
  }
  for (const id of selection) {
    const rect = rectOf(id);
    if (rect === undefined) continue;
    const box = rectToScreen(camera, rect);
    paintTick(ctx, theme, box);
    if (tree.get(id)?.locked === true) paintLock(ctx, theme, box, 1, camera.zoom);
  }
  const [only] = selection;
  if (selection.size !== 1 || only === undefined || !input.canWrite) return;
  if (input.editing !== null || input.preview.kind === 'move') return;
  const element = tree.get(only);
  const rect = rectOf(only);
  if (element === undefined || rect === undefined || !isResizable(element)) return;
  const box = rectToScreen(camera, rect);
  const size = input.coarse ? HANDLE_SIZE + 6 : HANDLE_SIZE;
  for (const handle of handlesOf(box, input.coarse)) {
    // The tick sits on this corner; its target stays.
    if (handle === 'nw') continue;
    const { x, y } = handlePoint(handle, box);
    ctx.beginPath();
    ctx.roundRect(x - size / 2, y - size / 2, size, size, input.coarse ? size / 2 : 3);
    ctx.fillStyle = theme.color.surface;
    ctx.fill();
    ctx.strokeStyle = theme.color.focus;
    ctx.lineWidth = 2;
    ctx.stroke();
  }
}

/** The sign of being selected that does not depend on colour. */
function paintTick(ctx: CanvasRenderingContext2D, theme: ThemeColours, box: Rect): void {
  const least = Math.min(box.w, box.h);
  if (least < TICK_RADIUS) return;
  const scale = Math.min(1, Math.max(0.6, least / (TICK_RADIUS * 4)));
  ctx.save();
  ctx.translate(box.x, box.y);
  ctx.scale(scale, scale);
  ctx.beginPath();
  ctx.arc(0, 0, TICK_RADIUS, 0, Math.PI * 2);
  ctx.fillStyle = theme.color.focus;
  ctx.fill();
  ctx.strokeStyle = theme.color.surface;
  ctx.lineWidth = 2;
  ctx.lineCap = 'round';
  ctx.lineJoin = 'round';
  ctx.beginPath();
  ctx.moveTo(-4.5, 0.2);
  ctx.lineTo(-1.4, 3.3);
  ctx.lineTo(4.6, -3.6);
  ctx.stroke();
  ctx.restore();
}

function paintDrawn(ctx: CanvasRenderingContext2D, input: ActiveInput): void {
  const { preview, theme } = input;
  if (preview.kind !== 'marquee' && preview.kind !== 'draw') return;
  const box = rectToScreen(input.camera, preview.rect);
  ctx.beginPath();
  ctx.roundRect(box.x, box.y, box.w, box.h, preview.kind === 'draw' ? 3 : 0);
  if (preview.kind === 'marquee') {
    ctx.globalAlpha = 0.1;
    ctx.fillStyle = theme.color.focus;
    ctx.fill();
    ctx.globalAlpha = 1;
  }
  ctx.strokeStyle = theme.color.focus;
  ctx.lineWidth = preview.kind === 'draw' ? 2 : 1.5;
  if (preview.kind === 'draw') ctx.setLineDash([6, 4]);
  ctx.stroke();
  ctx.setLineDash([]);
}
