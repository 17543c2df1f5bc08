/** Which rows of the outline are shown: without what is folded away, or only what a filter finds. Pure. */

import type { OutlineRow } from '../model/outline.ts';

/** What a row is called when it has no element: the heading of what lies outside every region. */
export const LOOSE = 'loose';

export function rowKey(row: OutlineRow): string {
  return row.id ?? LOOSE;
}

/** Rows without the descendants of folded ones. */
export function unfolded(rows: readonly OutlineRow[], folded: ReadonlySet<string>): readonly OutlineRow[] {
  const shown: OutlineRow[] = [];
  let hiddenBelow = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    if (row.depth > hiddenBelow) continue;
    hiddenBelow = folded.has(rowKey(row)) ? row.depth : Number.POSITIVE_INFINITY;
    shown.push(row);
  }
  return shown;
}

/** Case and accents do not matter to somebody who looks for a word. */
function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase();
}

/** Rows with every word of `filter` in them, and the rows they lie in; positions count what is shown. */
export function found(rows: readonly OutlineRow[], filter: string): readonly OutlineRow[] {
  const words = plain(filter).split(/\s+/u).filter(Boolean);
  const shown: OutlineRow[] = [];
  // Walking backwards, the depth a parent must have to hold the last hit.
  let parentDepth = -1;
  for (const row of rows.toReversed()) {
    const label = plain(row.label);
    const hit = words.every((word) => label.includes(word));
    if (!hit && row.depth !== parentDepth) continue;
    shown.push(row);
    parentDepth = row.depth - 1;
  }
  return renumbered(shown.toReversed());
}

function renumbered(rows: readonly OutlineRow[]): readonly OutlineRow[] {
  const sizes = new Map<number, number>();
  const path: number[] = [];
  const parents = rows.map((row, index) => {
    path.length = row.depth;
    const parent = path.at(-1) ?? -1;
    path.push(index);
    sizes.set(parent, (sizes.get(parent) ?? 0) + 1);
    return parent;
  });
  const seen = new Map<number, number>();
  return rows.map((row, index) => {
    const parent = parents[index] ?? -1;
    const posInSet = (seen.get(parent) ?? 0) + 1;
    seen.set(parent, posInSet);
    return { ...row, posInSet, setSize: sizes.get(parent) ?? 1, hasChildren: sizes.has(index) };
  });
}

/** The keys of the rows that `index` lies in, outermost last. */
export function ancestors(rows: readonly OutlineRow[], index: number): readonly string[] {
  const keys: string[] = [];
  let depth = rows[index]?.depth ?? 0;
  for (let at = index - 1; at >= 0 && depth > 0; at--) {
    const row = rows[at];
    if (row === undefined || row.depth >= depth) continue;
    keys.push(rowKey(row));
    depth = row.depth;
  }
  return keys;
}
