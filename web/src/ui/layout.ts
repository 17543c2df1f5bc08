/** The four layouts, by the room there is. A short window is a compact one: that is also what 200 % zoom gives. */

import { computed, type ReadonlySignal, signal } from '@preact/signals-core';

export type Layout = 'wide' | 'desktop' | 'compact' | 'phone';

/** Breakpoints of the design language, §7, in CSS pixels. */
const PHONE = 720;
const COMPACT = 1080;
const WIDE = 1480;
const SHORT = 620;

export function layoutOf(size: { readonly width: number; readonly height: number }): Layout {
  if (size.width < PHONE) return 'phone';
  if (size.width < COMPACT || size.height <= SHORT) return 'compact';
  return size.width < WIDE ? 'desktop' : 'wide';
}

const size = signal({ width: innerWidth, height: innerHeight });
addEventListener('resize', () => {
  size.value = { width: innerWidth, height: innerHeight };
});

export const layout: ReadonlySignal<Layout> = computed(() => layoutOf(size.value));
