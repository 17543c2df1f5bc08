/** Plans: what a tool or a command wants done to the board. One plan is one transaction and one undo step. */

import type { ColourName, ElementId, Kind, Rect } from './element.ts';

/** An element to be made. Without an `id` the board makes one. */
export interface NewElement {
  readonly id?: ElementId;
  readonly kind: Kind;
  /** Relative to `parent`. */
  readonly rect: Rect;
  readonly parent: ElementId | null;
  readonly colour?: ColourName;
  readonly text?: string;
  readonly style?: Readonly<Record<string, string | number | boolean>>;
  readonly payload?: unknown;
}

export interface Placing {
  readonly id: ElementId;
  /** Relative to `parent`. */
  readonly rect: Rect;
  readonly parent: ElementId | null;
}

export type Plan =
  | { readonly type: 'create'; readonly elements: readonly NewElement[] }
  | { readonly type: 'place'; readonly places: readonly Placing[] }
  | { readonly type: 'recolour'; readonly ids: readonly ElementId[]; readonly colour: ColourName }
  | { readonly type: 'delete'; readonly ids: readonly ElementId[] }
  | { readonly type: 'lock'; readonly ids: readonly ElementId[]; readonly locked: boolean }
  | { readonly type: 'duplicate'; readonly ids: readonly ElementId[]; readonly dx: number; readonly dy: number }
  | {
      readonly type: 'restyle';
      readonly id: ElementId;
      readonly style: Readonly<Record<string, string | number | boolean>>;
    }
  | { readonly type: 'reorder'; readonly ids: readonly ElementId[]; readonly to: 'front' | 'back' };

export interface BoardChange {
  readonly added: readonly ElementId[];
  readonly updated: readonly ElementId[];
  readonly removed: readonly ElementId[];
  readonly origin: 'local' | 'remote';
}

/** What an undo or redo did. `overtaken`: somebody else changed some of it since, and their change stands. */
export interface UndoOutcome {
  readonly done: boolean;
  readonly ids: readonly ElementId[];
  readonly overtaken: boolean;
}
