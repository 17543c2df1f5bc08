/** A toolbar is one tab stop; the arrow keys move inside it (ARIA authoring practices, toolbar). */

import type { TargetedKeyboardEvent } from 'preact';

/** For `onKeyDown` of the toolbar. Its buttons have `tabIndex` -1 but one; the one that gets the focus becomes the stop. */
export function moveWithArrows(event: TargetedKeyboardEvent<HTMLElement>): void {
  const buttons = [...event.currentTarget.querySelectorAll<HTMLButtonElement>('button')].filter(
    (button) => button.offsetParent !== null,
  );
  const focused = document.activeElement;
  const at = focused instanceof HTMLButtonElement ? buttons.indexOf(focused) : -1;
  const to = target(event.key, at, buttons.length);
  if (to === null) return;
  event.preventDefault();
  for (const [index, button] of buttons.entries()) button.tabIndex = index === to ? 0 : -1;
  buttons[to]?.focus();
}

export function target(key: string, at: number, count: number): number | null {
  if (count === 0) return null;
  switch (key) {
    case 'ArrowDown':
    case 'ArrowRight':
      return (at + 1) % count;
    case 'ArrowUp':
    case 'ArrowLeft':
      return (Math.max(0, at) - 1 + count) % count;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}
