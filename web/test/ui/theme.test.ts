import { describe, expect, it } from 'vitest';
import { cssOf } from '../../src/theme/css.ts';
import { chooseTheme, inSystemColours, stickyNames, type ThemeColours } from '../../src/theme/theme.ts';
import tokens from '../../src/theme/tokens.json';

const NOTHING = { forced: false, contrast: false, dark: false };

describe('the theme', () => {
  it('is what the person chose, whatever the system prefers', () => {
    expect(chooseTheme('light', { forced: true, contrast: true, dark: true })).toBe('light');
  });

  it('follows forced colours before contrast, and contrast before the colour scheme', () => {
    expect(chooseTheme('system', { ...NOTHING, forced: true, dark: true })).toBe('contrast');
    expect(chooseTheme('system', { ...NOTHING, contrast: true, dark: true })).toBe('contrast');
    expect(chooseTheme('system', { ...NOTHING, dark: true })).toBe('dark');
    expect(chooseTheme('system', NOTHING)).toBe('light');
  });

  it('knows only three colours when the system forces them', () => {
    const base: ThemeColours = { name: 'contrast', ...tokens.themes.contrast };
    const forced = inSystemColours(base, { ground: 'G', text: 'T', highlight: 'H' });
    expect(new Set(Object.values(forced.color))).toEqual(new Set(['G', 'T', 'H']));
    expect(forced.color.board).toBe('G');
    expect(forced.color.ink).toBe('T');
    expect(forced.color.focus).toBe('H');
    for (const name of stickyNames) expect(forced.sticky[name]).toEqual({ bg: 'G', border: 'T', text: 'T' });
    expect(forced.presence).toHaveLength(8);
  });
});

describe('the style sheet of the tokens', () => {
  const css = cssOf(tokens);

  it('has every colour of every theme under its own name', () => {
    for (const theme of Object.values(tokens.themes)) {
      for (const [name, value] of Object.entries(theme.color)) expect(css).toContain(`--${name}: ${value};`);
    }
    expect(css).toContain('--barley-bg: #FBE59A;');
    expect(css).toContain('--p7: #4A5568;');
  });

  it('gives type in rem, so that it follows the text size of the person', () => {
    expect(css).toContain('--t-body: 1rem;');
    expect(css).toContain('--t-micro: 0.8125rem;');
  });

  it('lets a choice of theme win over the system', () => {
    expect(css).toContain(':root:not([data-theme])');
    expect(css).toContain("[data-theme='contrast']");
  });
});
