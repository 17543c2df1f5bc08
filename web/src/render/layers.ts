/** The three canvases and when they are painted: at most once a frame, and only those on which something changed. */

import type { Camera, Viewport } from '../model/camera.ts';
import type { ElementId, Rect } from '../model/element.ts';
import type { ThemeColours } from '../theme/theme.ts';
import { paintActive } from './active.ts';
import { readConnector } from './connector.ts';
import type { Connectors } from './connectors.ts';
import { type CursorOf, Cursors } from './cursors.ts';
import { type Hold, type Lift, liftOf, NO_LIFT, type Tree } from './lift.ts';
import type { Plots } from './painter.ts';
import type { Preview } from './preview.ts';
import { placingOf, Scene } from './scene.ts';
import { SceneBitmap } from './sceneBitmap.ts';
import type { TextCache } from './textCache.ts';

export type Layer = 'scene' | 'active' | 'cursors';
/** What has changed: one of the layers, or the camera alone, which the scene can follow without being painted anew. */
export type Change = Layer | 'camera';

/** Everything that is shown, as it is now. */
export interface Picture {
  readonly tree: Tree;
  readonly theme: ThemeColours;
  readonly camera: Camera;
  readonly selection: ReadonlySet<ElementId>;
  readonly editing: ElementId | null;
  readonly hover: ElementId | null;
  readonly preview: Preview;
  readonly holds: readonly Hold[];
  readonly cursors: readonly CursorOf[];
  readonly coarse: boolean;
  readonly canWrite: boolean;
  readonly plots: Plots | null;
  /** Null until they have come. */
  readonly connectors: Connectors | null;
  /** No gliding: moves are cuts. */
  readonly still: boolean;
  authorOf(id: ElementId): string | null;
}

/** Above this a canvas costs more memory than the eye gains. */
const MAX_PIXEL_RATIO = 2;

export class Layers {
  readonly #canvases: Readonly<Record<Layer, HTMLCanvasElement>>;
  readonly #contexts: Readonly<Record<Layer, CanvasRenderingContext2D | null>>;
  readonly #picture: () => Picture;
  readonly #scene: Scene;
  readonly #cursors: Cursors;
  readonly #bitmap: SceneBitmap | null;
  readonly #dirty = new Set<Change>();
  #frame = 0;
  #viewport: Viewport = { w: 0, h: 0 };
  #pixelRatio = 1;
  #hidden: ReadonlySet<ElementId> = NO_LIFT.hidden;
  #lift: Lift = NO_LIFT;

  constructor(canvases: Readonly<Record<Layer, HTMLCanvasElement>>, text: TextCache, picture: () => Picture) {
    this.#canvases = canvases;
    this.#contexts = {
      scene: canvases.scene.getContext('2d', { alpha: false }),
      active: canvases.active.getContext('2d'),
      cursors: canvases.cursors.getContext('2d'),
    };
    this.#picture = picture;
    this.#scene = new Scene(text);
    this.#cursors = new Cursors(text);
    const { scene } = this.#contexts;
    this.#bitmap = scene === null ? null : new SceneBitmap(scene, () => picture().theme.color.board);
  }

  get scene(): Scene {
    return this.#scene;
  }

  resize(viewport: Viewport, devicePixelRatio: number): void {
    const ratio = Math.min(MAX_PIXEL_RATIO, Math.max(1, devicePixelRatio));
    if (viewport.w === this.#viewport.w && viewport.h === this.#viewport.h && ratio === this.#pixelRatio) return;
    this.#viewport = viewport;
    this.#pixelRatio = ratio;
    for (const canvas of Object.values(this.#canvases)) {
      canvas.width = Math.round(viewport.w * ratio);
      canvas.height = Math.round(viewport.h * ratio);
    }
    // At once, because a resized canvas is empty until it is painted.
    this.#dirty.add('scene').add('active').add('cursors');
    this.#paint(performance.now());
  }

  invalidate(...changes: readonly Change[]): void {
    for (const change of changes) this.#dirty.add(change);
    if (changes.includes('camera')) this.#dirty.add('active').add('cursors');
    if (this.#frame === 0 && this.#dirty.size > 0) this.#frame = requestAnimationFrame((now) => this.#paint(now));
  }

  dispose(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#dirty.clear();
  }

  #paint(now: number): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    if (this.#viewport.w === 0 || this.#viewport.h === 0) return;
    const picture = this.#picture();
    if (this.#dirty.has('scene') || this.#dirty.has('active')) this.#liftNow(picture);
    const { scene, active, cursors } = this.#contexts;
    const following = !this.#dirty.has('scene') && this.#dirty.has('camera');
    const shared = { ...picture, viewport: this.#viewport, pixelRatio: this.#pixelRatio };
    const authorOf = (id: ElementId) => picture.authorOf(id);
    let settling = false;
    if ((this.#dirty.has('scene') || following) && scene !== null && this.#bitmap !== null) {
      const input = { ...shared, model: picture.tree, lifted: this.#lift.hidden, authorOf };
      const subject = {
        placing: placingOf(picture.camera, this.#pixelRatio),
        count: () => this.#scene.count(input),
        paint: (area: Rect) => this.#scene.paint(scene, input, area),
      };
      if (following) settling = this.#bitmap.follow(subject, now);
      else this.#bitmap.repaint(subject);
    }
    if (this.#dirty.has('active') && active !== null) {
      paintActive(active, this.#scene, { ...shared, lift: this.#lift, authorOf });
    }
    let moving = false;
    if (this.#dirty.has('cursors') && cursors !== null) moving = this.#cursors.paint(cursors, { ...shared, now });
    this.#dirty.clear();
    if (moving) this.invalidate('cursors');
    if (settling) this.invalidate('camera');
  }

  /** Works out what is lifted; the scene is painted again only if other elements are lifted than before. */
  #liftNow(picture: Picture): void {
    this.#lift = liftOf(
      picture.tree,
      picture.preview,
      picture.holds,
      this.#scene.connectors(picture.tree),
      (element) => {
        const connector = readConnector(element.payload);
        return connector === null ? [] : [connector.a, connector.b].flatMap((end) => ('id' in end ? [end.id] : []));
      },
    );
    if (!sameSet(this.#hidden, this.#lift.hidden)) this.#dirty.add('scene');
    this.#hidden = this.#lift.hidden;
  }
}

function sameSet(a: ReadonlySet<ElementId>, b: ReadonlySet<ElementId>): boolean {
  if (a.size !== b.size) return false;
  for (const id of a) if (!b.has(id)) return false;
  return true;
}
