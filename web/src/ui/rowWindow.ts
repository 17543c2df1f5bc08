/** The part of a long list that is in the page: the rows in view and a few around them. Pure. */

export interface Placed {
  readonly index: number;
  readonly top: number;
}

export interface RowWindow {
  readonly rows: readonly Placed[];
  /** Height of the whole list, px. */
  readonly height: number;
}

/** Enough that a page of scrolling, and a screen reader's look ahead, finds rows already there. */
const OVERSCAN_PX = 600;

/**
 * Places the rows in view.
 *
 * Args:
 *   heights: Height of each row, px, in order.
 *   view: The visible part of the list.
 *   keep: A row that stays in the page wherever it is, because it has the focus; -1 for none.
 */
export function placeRows(
  heights: readonly number[],
  view: { readonly top: number; readonly height: number },
  keep: number,
): RowWindow {
  const rows: Placed[] = [];
  let top = 0;
  for (const [index, height] of heights.entries()) {
    const near = top + height >= view.top - OVERSCAN_PX && top <= view.top + view.height + OVERSCAN_PX;
    if (near || index === keep) rows.push({ index, top });
    top += height;
  }
  return { rows, height: top };
}

/** Where to scroll so that a row is in view, or null when it is already. */
export function scrollFor(
  row: { readonly top: number; readonly height: number },
  view: { readonly top: number; readonly height: number },
  margin: number,
): number | null {
  if (row.top - margin < view.top) return Math.max(0, row.top - margin);
  const bottom = row.top + row.height + margin;
  if (bottom > view.top + view.height) return bottom - view.height;
  return null;
}
