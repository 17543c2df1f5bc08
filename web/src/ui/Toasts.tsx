/** The toasts at the foot. The announcer has already read them out; here they can be seen, acted on and closed. */

import { useLayoutEffect, useRef } from 'preact/hooks';
import { focusHome } from '../a11y/homeFocus.ts';
import { Icon } from './icons.tsx';
import type { Toaster } from './toaster.ts';

export function Toasts({ toaster }: { readonly toaster: Toaster }) {
  const list = toaster.list.value;
  /** Where the focus was before it came in here; null while it is elsewhere. */
  const before = useRef<HTMLElement | null>(null);

  /** A message that goes away under the focus gives it back, or else to the board. */
  const giveBack = (): void => {
    const from = before.current;
    if (from === null) return;
    before.current = null;
    if (from.isConnected) from.focus({ preventScroll: true });
    else focusHome();
  };
  useLayoutEffect(() => {
    if (document.activeElement === document.body) giveBack();
  }, [list]);

  if (list.length === 0) return null;
  return (
    <section
      class="toasts"
      aria-label="Messages"
      onFocusIn={({ currentTarget, relatedTarget }) => {
        if (relatedTarget instanceof HTMLElement && !currentTarget.contains(relatedTarget)) {
          before.current = relatedTarget;
        }
      }}
      onFocusOut={({ currentTarget, relatedTarget }) => {
        if (relatedTarget instanceof Node && !currentTarget.contains(relatedTarget)) before.current = null;
      }}
    >
      {list.map((toast) => (
        <div class="toast" key={toast.key}>
          <Icon name={toast.tone === 'warn' ? 'alert' : 'info'} />
          <p>{toast.text}</p>
          {toast.action === undefined ? null : (
            <button
              type="button"
              class="btn"
              onClick={() => {
                giveBack();
                toaster.close(toast.key);
                toast.action?.run();
              }}
            >
              {toast.action.label}
            </button>
          )}
          <button
            type="button"
            class="btn ico"
            aria-label="Close this message"
            onClick={() => {
              giveBack();
              toaster.close(toast.key);
            }}
          >
            <Icon name="close" small />
          </button>
        </div>
      ))}
    </section>
  );
}
