/** What a gesture would do if it ended now: drawn, and told to the others, but not yet on the board. */

import type { ElementId, Rect } from '../model/element.ts';

export type Preview =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'move';
      readonly ids: readonly ElementId[];
      readonly dx: number;
      readonly dy: number;
      /** The frame that would take them in. */
      readonly target: ElementId | null;
      readonly copy: boolean;
    }
  | { readonly kind: 'resize'; readonly id: ElementId; readonly rect: Rect }
  | { readonly kind: 'marquee'; readonly rect: Rect }
  /** Something that will be made: a region being drawn, the note that a click would place. */
  | { readonly kind: 'draw'; readonly rect: Rect };

export const NO_PREVIEW: Preview = { kind: 'none' };
