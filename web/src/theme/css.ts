/** The design tokens as CSS custom properties, so that a value stands in `tokens.json` and nowhere else. */

interface StickyParts {
  readonly bg: string;
  readonly border: string;
  readonly text: string;
}

interface ThemeTokens {
  readonly color: Readonly<Record<string, string>>;
  readonly sticky: Readonly<Record<string, StickyParts>>;
  readonly presence: readonly string[];
}

/** The part of `tokens.json` that becomes CSS. Lengths are px at the browser's normal text size. */
export interface Tokens {
  readonly themes: { readonly light: ThemeTokens; readonly dark: ThemeTokens; readonly contrast: ThemeTokens };
  readonly type: { readonly family: string; readonly size: Readonly<Record<string, number>> };
  readonly space: Readonly<Record<string, number>>;
  readonly radius: Readonly<Record<string, number>>;
  readonly elevation: Readonly<Record<string, string>>;
  readonly motion: { readonly quick: number; readonly settle: number; readonly ease: string };
  readonly focus: { readonly width: number; readonly offset: number; readonly halo: number };
  readonly target: { readonly min: number; readonly control: number; readonly coarse: number };
}

/** One px in rem, so that text follows the person's own text size. */
const PX_PER_REM = 16;

function themeProperties(theme: ThemeTokens, scheme: 'light' | 'dark'): string {
  const lines = [
    `color-scheme: ${scheme};`,
    ...Object.entries(theme.color).map(([name, value]) => `--${name}: ${value};`),
    ...Object.entries(theme.sticky).flatMap(([name, part]) => [
      `--${name}-bg: ${part.bg};`,
      `--${name}-border: ${part.border};`,
      `--${name}-text: ${part.text};`,
    ]),
    ...theme.presence.map((value, index) => `--p${index}: ${value};`),
  ];
  return lines.join('\n  ');
}

function sharedProperties(tokens: Tokens): string {
  const lines = [
    ...Object.entries(tokens.type.size).map(([name, px]) => `--t-${name}: ${px / PX_PER_REM}rem;`),
    ...Object.entries(tokens.space).map(([name, px]) => `--s${name}: ${px}px;`),
    ...Object.entries(tokens.radius).map(([name, px]) => `--r-${name}: ${px}px;`),
    ...Object.entries(tokens.elevation).map(([name, value]) => `--e-${name}: ${value};`),
    `--quick: ${tokens.motion.quick}ms;`,
    `--settle: ${tokens.motion.settle}ms;`,
    `--ease: ${tokens.motion.ease};`,
    `--font: ${tokens.type.family};`,
    `--focus-width: ${tokens.focus.width}px;`,
    `--focus-offset: ${tokens.focus.offset}px;`,
    `--focus-halo-width: ${tokens.focus.halo}px;`,
    `--target: ${tokens.target.control}px;`,
  ];
  return lines.join('\n  ');
}

/**
 * Returns the style sheet of the tokens.
 *
 * The theme is `data-theme` on the root element. Until the script has set it the media queries decide, so that a
 * dark room does not flash white while the page loads.
 */
export function cssOf(tokens: Tokens): string {
  const light = themeProperties(tokens.themes.light, 'light');
  const dark = themeProperties(tokens.themes.dark, 'dark');
  const contrast = themeProperties(tokens.themes.contrast, 'dark');
  return `:root {
  ${sharedProperties(tokens)}
}
@media (pointer: coarse) { :root { --target: ${tokens.target.coarse}px; } }
:root, [data-theme='light'] {
  ${light}
}
[data-theme='dark'] {
  ${dark}
}
[data-theme='contrast'] {
  ${contrast}
}
@media (prefers-color-scheme: dark) {
:root:not([data-theme]) {
  ${dark}
}
}
@media (prefers-contrast: more) {
:root:not([data-theme]) {
  ${contrast}
}
}
`;
}
