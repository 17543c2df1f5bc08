/**
 * A button that goes with what it was for, as *Let in* does, leaves the focus to the part that it was in: to its heading.
 *
 * Returns:
 *   The way to stop.
 */
export function keepFocus(root: HTMLElement): () => void {
  let last: Element | null = null;
  let around: readonly Element[] = [];
  const note = ({ target }: FocusEvent): void => {
    if (!(target instanceof Element)) return;
    last = target;
    const parts: Element[] = [];
    for (let up = target.parentElement; up !== null && root.contains(up); up = up.parentElement) parts.push(up);
    around = parts;
  };
  const watch = new MutationObserver(() => {
    // A dialog gives the focus back itself, and what it gives it to may be gone.
    const lost = document.activeElement === null || document.activeElement === document.body;
    if (!lost || last?.isConnected !== false) return;
    for (const part of around) {
      const target = part.isConnected ? part.querySelector<HTMLElement>('summary, h2, h3') : null;
      if (target === null) continue;
      if (target.localName !== 'summary') target.tabIndex = -1;
      target.focus();
      if (document.activeElement === target) return;
    }
  });
  root.addEventListener('focusin', note);
  watch.observe(root, { subtree: true, childList: true });
  return () => {
    root.removeEventListener('focusin', note);
    watch.disconnect();
  };
}
