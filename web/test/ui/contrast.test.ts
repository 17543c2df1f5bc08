/** Every declared pair of colours holds its contrast in every theme (WCAG 2.2, 1.4.3 and 1.4.11). */

import { describe, expect, it } from 'vitest';
import tokens from '../../src/theme/tokens.json';

const TEXT = 4.5;
const NON_TEXT = 3;

function channel(hex: string, at: number): number {
  const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
  return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
}

function luminance(hex: string): number {
  return 0.2126 * channel(hex, 1) + 0.7152 * channel(hex, 3) + 0.0722 * channel(hex, 5);
}

function ratio(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05);
}

interface Check {
  readonly what: string;
  readonly found: number;
  readonly needed: number;
}

function checksOf(theme: (typeof tokens.themes)[keyof typeof tokens.themes]): readonly Check[] {
  const colours: Readonly<Record<string, string>> = theme.color;
  const colour = (name: string | undefined): string => {
    const value = colours[name ?? ''];
    if (value === undefined) throw new Error(`No colour is called ${name}`);
    return value;
  };
  const pairs = (list: readonly (readonly string[])[], needed: number): readonly Check[] =>
    list.map(([fore, back]) => ({ what: `${fore} on ${back}`, found: ratio(colour(fore), colour(back)), needed }));
  const { surface, board, focus, 'plot-quiet': quiet } = theme.color;
  return [
    ...pairs(tokens.pairs.text, TEXT),
    ...pairs(tokens.pairs.nontext, NON_TEXT),
    ...Object.entries(theme.sticky).flatMap(([name, { bg, border, text }]) => [
      { what: `${name} text`, found: ratio(text, bg), needed: tokens.pairs['sticky-text'] },
      ...[bg, board, surface, quiet].map((ground) => ({
        what: `${name} border on ${ground}`,
        found: ratio(border, ground),
        needed: tokens.pairs['sticky-border'],
      })),
      { what: `focus on ${name}`, found: ratio(focus, bg), needed: NON_TEXT },
    ]),
    ...theme.presence.flatMap((hue, index) => [
      { what: `presence ${index} on the board`, found: ratio(hue, board), needed: NON_TEXT },
      { what: `presence ${index} on a surface`, found: ratio(hue, surface), needed: NON_TEXT },
      { what: `name tag on presence ${index}`, found: ratio(surface, hue), needed: TEXT },
    ]),
  ];
}

describe('contrast [UNI-9]', () => {
  it('knows black on white', () => {
    expect(ratio('#000000', '#FFFFFF')).toBeCloseTo(21, 5);
    expect(ratio('#777777', '#FFFFFF')).toBeCloseTo(4.48, 2);
  });

  it.each(Object.entries(tokens.themes))('holds for every pair of the %s theme', (_, theme) => {
    const checks = checksOf(theme);
    expect(checks.length).toBeGreaterThan(100);
    const failing = checks.filter(({ found, needed }) => found < needed);
    expect(failing).toEqual([]);
  });
});
