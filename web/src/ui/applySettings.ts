/** Carries the person's settings to the page: theme, text size, motion, and how much is read out. */

import { effect } from '@preact/signals-core';
import type { Announcer } from '../a11y/announcer.ts';
import { settings } from '../net/device.ts';
import { showTheme, themeChoice } from '../theme/theme.ts';

/** For the life of the page. */
export function applySettings(root: HTMLElement, announcer: Announcer): void {
  effect(() => {
    const { theme, textSize, motion, spoken } = settings.value;
    themeChoice.value = theme;
    root.style.fontSize = textSize === 100 ? '' : `${textSize}%`;
    root.dataset.motion = motion;
    announcer.othersToo = spoken === 'everyone';
  });
  showTheme(root);
}
