/** Where the keyboard's focus goes when what had it is gone: to the board, or to the outline while that covers the board. */

const STOPS = ['#board [tabindex="0"]', '#outline [role="treeitem"][tabindex="0"]'] as const;

export function focusHome(): void {
  for (const stop of STOPS) {
    const target = document.querySelector<HTMLElement>(stop);
    target?.focus({ preventScroll: true });
    if (target !== null && document.activeElement === target) return;
  }
}
