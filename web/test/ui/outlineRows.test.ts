import { describe, expect, it } from 'vitest';
import { elementId } from '../../src/model/element.ts';
import type { OutlineRow } from '../../src/model/outline.ts';
import { ancestors, found, LOOSE, rowKey, unfolded } from '../../src/ui/outlineRows.ts';

function row(id: string, depth: number, label: string, hasChildren = false): OutlineRow {
  const region = hasChildren && id !== '';
  return {
    id: id === '' ? null : elementId(id),
    depth,
    kind: id === '' ? 'heading' : region ? 'frame' : 'note',
    label,
    count: 0,
    setSize: 9,
    posInSet: 9,
    hasChildren,
    colour: null,
  };
}

const ROWS = [
  row('see', 0, 'What we see', true),
  row('waits', 1, 'Waits that harm', true),
  row('a', 2, 'Waiting is when people get ill'),
  row('b', 2, 'Carers wait longest'),
  row('c', 1, 'Pharmacies see what we miss'),
  row('purpose', 0, 'Our purpose', true),
  row('d', 1, 'Café on the corner'),
  row('', 0, 'On the board', true),
  row('e', 1, 'Loose'),
];

const keys = (rows: readonly OutlineRow[]): readonly string[] => rows.map(rowKey);

describe('folding', () => {
  it('hides everything inside, at any depth', () => {
    expect(keys(unfolded(ROWS, new Set(['see', LOOSE])))).toEqual(['see', 'purpose', 'd', LOOSE]);
    expect(keys(unfolded(ROWS, new Set(['waits'])))).toEqual(['see', 'waits', 'c', 'purpose', 'd', LOOSE, 'e']);
    expect(unfolded(ROWS, new Set())).toEqual(ROWS);
  });
});

describe('the filter', () => {
  it('finds rows with every word, and shows where they lie', () => {
    expect(keys(found(ROWS, 'wait long'))).toEqual(['see', 'waits', 'b']);
  });

  it('does not mind case and accents', () => {
    expect(keys(found(ROWS, 'CAFE'))).toEqual(['purpose', 'd']);
  });

  it('counts positions among what it shows', () => {
    const rows = found(ROWS, 'wait');
    expect(rows.map(({ posInSet, setSize, hasChildren }) => [posInSet, setSize, hasChildren])).toEqual([
      [1, 1, true],
      [1, 1, true],
      [1, 2, false],
      [2, 2, false],
    ]);
  });

  it('shows nothing when nothing has these words', () => {
    expect(found(ROWS, 'timetable')).toEqual([]);
  });
});

describe('the way to a row', () => {
  it('is every row it lies in, the nearest first', () => {
    expect(ancestors(ROWS, 3)).toEqual(['waits', 'see']);
    expect(ancestors(ROWS, 8)).toEqual([LOOSE]);
    expect(ancestors(ROWS, 0)).toEqual([]);
  });
});
