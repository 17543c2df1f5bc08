import { describe, expect, it } from 'vitest';
import { layoutOf } from '../../src/ui/layout.ts';

describe('the layout', () => {
  it.each([
    [1920, 1080, 'wide'],
    [1480, 900, 'wide'],
    [1479, 900, 'desktop'],
    [1080, 900, 'desktop'],
    [1079, 900, 'compact'],
    [720, 900, 'compact'],
    [719, 900, 'phone'],
    [320, 640, 'phone'],
  ])('of %i × %i is %s', (width, height, layout) => {
    expect(layoutOf({ width, height })).toBe(layout);
  });

  it('is compact in a short window, as at 200 % zoom', () => {
    expect(layoutOf({ width: 1440, height: 620 })).toBe('compact');
    expect(layoutOf({ width: 600, height: 400 })).toBe('phone');
  });
});
