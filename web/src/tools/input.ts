/** What reaches a tool and what a tool wants: pointer events as plain values in, intents out. */

import type { Camera } from '../model/camera.ts';
import type { BoardElement, ElementId, Rect } from '../model/element.ts';
import type { Plan } from '../model/plan.ts';
import type { ScreenPoint, WorldPoint } from '../model/point.ts';

export type PointerKind = 'mouse' | 'pen' | 'touch';

interface PointerValues {
  readonly pointer: number;
  readonly kind: PointerKind;
  readonly at: ScreenPoint;
  readonly world: WorldPoint;
  readonly shift: boolean;
  readonly alt: boolean;
  /** Ctrl, or ⌘ on a Mac. */
  readonly command: boolean;
}

export type ToolInput =
  | (PointerValues & { readonly type: 'down'; readonly button: number; readonly clicks: number })
  | (PointerValues & { readonly type: 'move' })
  | (PointerValues & { readonly type: 'up' })
  /** A finger has rested for half a second without moving. */
  | (PointerValues & { readonly type: 'hold' })
  /** The gesture ends without an effect: Esc, a lost pointer, a second finger. */
  | { readonly type: 'cancel' };

export type ToolName = 'select' | 'hand' | 'note' | 'text' | 'frame';

export type Intent =
  | { readonly do: 'run'; readonly plan: Plan; readonly select: boolean }
  | { readonly do: 'select'; readonly ids: readonly ElementId[]; readonly how: 'replace' | 'add' | 'toggle' }
  | { readonly do: 'edit'; readonly id: ElementId }
  /** Something new around this point, to be written in at once. */
  | { readonly do: 'write'; readonly kind: 'note' | 'text'; readonly at: WorldPoint }
  | { readonly do: 'region'; readonly rect: Rect }
  /** Bring what is selected here: the drag-free way of moving. */
  | { readonly do: 'bring'; readonly at: WorldPoint }
  | { readonly do: 'pan'; readonly dx: number; readonly dy: number }
  | { readonly do: 'zoom'; readonly at: ScreenPoint; readonly factor: number }
  | { readonly do: 'tool'; readonly tool: ToolName }
  /** The person may not do this; say why. */
  | { readonly do: 'refuse' };

/** What a tool asks of a board. */
export interface ToolBoard {
  get(id: ElementId): BoardElement | undefined;
  worldRect(id: ElementId): Rect | undefined;
  search(rect: Rect): readonly BoardElement[];
  children(parent: ElementId | null): readonly BoardElement[];
  frameAt(rect: Rect, exclude: ReadonlySet<ElementId>): ElementId | null;
}

export interface ToolContext {
  readonly board: ToolBoard;
  readonly camera: Camera;
  readonly selection: ReadonlySet<ElementId>;
  readonly canWrite: boolean;
  /** Regions are laid out by hosts; for the others they are the ground. */
  readonly canArrange: boolean;
  /** The next press says where the selection goes. */
  readonly placing: boolean;
  /** What is under a point, topmost first; `tolerance` in world units. */
  hit(point: WorldPoint, tolerance: number): BoardElement | undefined;
}

export type Step<S> = readonly [state: S, intents: readonly Intent[]];

export const NOTHING: readonly Intent[] = [];

/** How far a press may wander, in CSS pixels, and still be a click. */
export function slopOf(kind: PointerKind): number {
  return kind === 'touch' ? 8 : 4;
}

/** How far beside a thing a press still meets it, in CSS pixels. */
export function toleranceOf(kind: PointerKind): number {
  return kind === 'touch' ? 10 : 3;
}

/** The rectangle between two corners, in whole units. */
export function rectBetween(
  a: { readonly x: number; readonly y: number },
  b: { readonly x: number; readonly y: number },
): Rect {
  const x = Math.round(Math.min(a.x, b.x));
  const y = Math.round(Math.min(a.y, b.y));
  return { x, y, w: Math.round(Math.max(a.x, b.x)) - x, h: Math.round(Math.max(a.y, b.y)) - y };
}
