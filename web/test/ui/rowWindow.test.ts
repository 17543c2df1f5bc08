import { describe, expect, it } from 'vitest';
import { placeRows, scrollFor } from '../../src/ui/rowWindow.ts';

const HEIGHTS = Array.from({ length: 5_000 }, (_, index) => (index % 3 === 0 ? 60 : 36));

describe('the rows in the page', () => {
  it('are few, however long the list is', () => {
    const { rows, height } = placeRows(HEIGHTS, { top: 100_000, height: 800 }, -1);
    expect(rows.length).toBeGreaterThan(20);
    expect(rows.length).toBeLessThan(80);
    expect(height).toBe(HEIGHTS.reduce((sum, each) => sum + each, 0));
  });

  it('lie without gaps or overlaps', () => {
    const { rows } = placeRows(HEIGHTS, { top: 40_000, height: 800 }, -1);
    for (const [at, { index, top }] of rows.entries()) {
      const next = rows[at + 1];
      if (next === undefined) continue;
      expect(next.index).toBe(index + 1);
      expect(next.top).toBe(top + (HEIGHTS[index] ?? 0));
    }
  });

  it('hold the one with the focus wherever the list is scrolled to', () => {
    const { rows } = placeRows(HEIGHTS, { top: 100_000, height: 800 }, 2);
    expect(rows[0]).toEqual({ index: 2, top: 96 });
  });
});

describe('scrolling to a row', () => {
  const view = { top: 1_000, height: 400 };

  it('is not needed for one in view', () => {
    expect(scrollFor({ top: 1_100, height: 40 }, view, 8)).toBeNull();
  });

  it('goes as far as needed and no further', () => {
    expect(scrollFor({ top: 900, height: 40 }, view, 8)).toBe(892);
    expect(scrollFor({ top: 1_500, height: 40 }, view, 8)).toBe(1_148);
    expect(scrollFor({ top: 0, height: 40 }, view, 8)).toBe(0);
  });
});
