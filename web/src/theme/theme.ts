/** Which of the three themes is shown, and its colours as values for the canvas, which cannot read CSS variables. */

import { computed, type ReadonlySignal, signal } from '@preact/signals-core';
import { themes } from './tokens.json';

export type ThemeName = keyof typeof themes;
export type ThemeChoice = 'system' | ThemeName;
export type ColourToken = keyof typeof themes.light.color;
export type StickyName = keyof typeof themes.light.sticky;

export interface StickyColours {
  readonly bg: string;
  readonly border: string;
  readonly text: string;
}

export interface ThemeColours {
  readonly name: ThemeName;
  readonly color: Readonly<Record<ColourToken, string>>;
  readonly sticky: Readonly<Record<StickyName, StickyColours>>;
  /** Eight hues for people; index by `hue % 8`. */
  readonly presence: readonly string[];
}

/** What the person chose on this device; `system` follows the operating system. */
export const themeChoice = signal<ThemeChoice>('system');

function follow(query: string): ReadonlySignal<boolean> {
  // Absent where there is no screen (unit tests): then nothing is preferred.
  if (typeof matchMedia !== 'function') return signal(false);
  const list = matchMedia(query);
  const matches = signal(list.matches);
  list.addEventListener('change', (event) => {
    matches.value = event.matches;
  });
  return matches;
}

/** The operating system paints with its own few colours (Windows contrast themes). */
export const forcedColours = follow('(forced-colors: active)');
const moreContrast = follow('(prefers-contrast: more)');
const darkScheme = follow('(prefers-color-scheme: dark)');

/** The order of choice: the person, then forced colours, then more contrast, then the colour scheme. */
export function chooseTheme(
  choice: ThemeChoice,
  system: { readonly forced: boolean; readonly contrast: boolean; readonly dark: boolean },
): ThemeName {
  if (choice !== 'system') return choice;
  if (system.forced || system.contrast) return 'contrast';
  return system.dark ? 'dark' : 'light';
}

export const themeName: ReadonlySignal<ThemeName> = computed(() =>
  chooseTheme(themeChoice.value, {
    forced: forcedColours.value,
    contrast: moreContrast.value,
    dark: darkScheme.value,
  }),
);

/** Each colour of the high contrast theme by the system colour that plays its part. */
const GROUNDS: ReadonlySet<ColourToken> = new Set([
  'board',
  'surface',
  'surface-2',
  'plot-quiet',
  'scrim',
  'host',
  'host-2',
  'on-action',
  'on-now',
  'focus-halo',
  'action-soft',
  'good-soft',
  'warn-soft',
  'stop-soft',
  'info-soft',
]);
const HIGHLIGHTS: ReadonlySet<ColourToken> = new Set(['focus', 'host-focus', 'now', 'now-edge', 'action']);

/** Replaces every colour by one of the system's three, keeping all shape cues of the high contrast theme. */
export function inSystemColours(
  base: ThemeColours,
  system: { readonly ground: string; readonly text: string; readonly highlight: string },
): ThemeColours {
  const { ground, text, highlight } = system;
  const color = { ...base.color };
  for (const token of tokenNames(base.color)) {
    color[token] = GROUNDS.has(token) ? ground : HIGHLIGHTS.has(token) ? highlight : text;
  }
  const sticky = { ...base.sticky };
  for (const name of stickyNames) sticky[name] = { bg: ground, border: text, text };
  return { name: base.name, color, sticky, presence: base.presence.map(() => text) };
}

function tokenNames(record: Readonly<Record<ColourToken, string>>): readonly ColourToken[] {
  // A record of a closed key type has exactly these keys; Object.keys cannot say so.
  return Object.keys(record) as ColourToken[];
}

export const stickyNames = Object.keys(themes.light.sticky) as readonly StickyName[];

function probeSystemColour(name: string): string {
  const probe = document.createElement('span');
  probe.style.setProperty('forced-color-adjust', 'none');
  probe.style.color = name;
  document.documentElement.append(probe);
  const resolved = getComputedStyle(probe).color;
  probe.remove();
  return resolved;
}

export const theme: ReadonlySignal<ThemeColours> = computed(() => {
  const name = themeName.value;
  const colours: ThemeColours = { name, ...themes[name] };
  if (!forcedColours.value || themeChoice.value !== 'system') return colours;
  return inSystemColours(colours, {
    ground: probeSystemColour('Canvas'),
    text: probeSystemColour('CanvasText'),
    highlight: probeSystemColour('Highlight'),
  });
});

/** Writes the theme to the root element, now and whenever it changes. Returns the way to stop. */
export function showTheme(root: HTMLElement): () => void {
  return themeName.subscribe((name) => {
    root.dataset.theme = name;
  });
}
