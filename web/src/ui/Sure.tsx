/** A button for what cannot be undone: it asks once more. The way back comes first, and a second click of the same hand does nothing. */

import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from './icons.tsx';

interface Props {
  readonly label: string;
  readonly back: string;
  readonly yes: string;
  readonly run: () => Promise<void>;
}

export function Sure({ label, back, yes, run }: Props) {
  const asks = useSignal(false);
  const busy = useSignal(false);
  const first = useRef<HTMLButtonElement>(null);
  const before = useRef(asks.value);
  // The button that was pressed is gone.
  useLayoutEffect(() => {
    if (before.current !== asks.value) first.current?.focus();
    before.current = asks.value;
  }, [asks.value]);
  const once = (does: () => void) => (event: MouseEvent) => {
    if (event.detail < 2 && !busy.value) does();
  };
  return asks.value ? (
    <>
      <button
        key="back"
        ref={first}
        type="button"
        class="btn"
        onClick={once(() => {
          asks.value = false;
        })}
      >
        {back}
      </button>
      <button
        key="yes"
        type="button"
        class="btn stop"
        aria-busy={busy}
        onClick={once(() => {
          busy.value = true;
          void run().finally(() => {
            busy.value = false;
            asks.value = false;
          });
        })}
      >
        <Icon name="trash" small />
        {yes}
      </button>
    </>
  ) : (
    <button
      key="ask"
      ref={first}
      type="button"
      class="btn bare stop"
      onClick={once(() => {
        asks.value = true;
      })}
    >
      <Icon name="trash" small />
      {label}
    </button>
  );
}
