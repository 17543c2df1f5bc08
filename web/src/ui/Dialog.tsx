/** The one dialog frame: native `<dialog>`, a title that says the outcome, and a way out that always works. */

import './styles/dialog.css';
import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { focusHome } from '../a11y/homeFocus.ts';
import { keepFocus } from '../a11y/keepFocus.ts';
import { Icon } from './icons.tsx';

interface Props {
  readonly title: string;
  readonly lead?: string;
  readonly wide?: boolean;
  readonly close: () => void;
  readonly children: ComponentChildren;
}

function lastOpen(): HTMLDialogElement | undefined {
  return [...document.querySelectorAll<HTMLDialogElement>('dialog[open]')].at(-1);
}

export function Dialog({ title, lead, wide = false, close, children }: Props) {
  const element = useRef<HTMLDialogElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const heading = useId();

  useLayoutEffect(() => {
    const dialog = element.current;
    const before = document.activeElement;
    dialog?.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement) before.focus();
      if (document.activeElement === before && before !== document.body) return;
      // What opened the dialog may be gone, as the row of a link that was ended. Then the dialog below takes the focus, or the board.
      const below = lastOpen()?.querySelector<HTMLElement>('.dialog-close');
      if (below === undefined || below === null) focusHome();
      else below.focus();
    };
  }, []);

  useLayoutEffect(() => (box.current === null ? undefined : keepFocus(box.current)), []);

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a native dialog; the click is the same for a pointer.
    <dialog
      ref={element}
      class={wide ? 'dialog wide' : 'dialog'}
      aria-labelledby={heading}
      onClose={close}
      onClick={(event) => {
        // The dialog's own box is covered by its content, so this is a click beside it.
        if (event.target === element.current) close();
      }}
    >
      <div ref={box} class="dialog-box">
        <header>
          <div class="dialog-title">
            <h2 id={heading}>{title}</h2>
            {lead === undefined ? null : <p class="soft">{lead}</p>}
          </div>
          <button type="button" class="btn ico bare dialog-close" aria-label="Close" onClick={close}>
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
