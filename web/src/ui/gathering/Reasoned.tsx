/** A button that says why it is closed, instead of being greyed out in silence. It keeps its place in the tab order. */

import { useId } from 'preact/hooks';

interface Props {
  readonly label: string;
  /** Where the label is a sign. */
  readonly name?: string;
  /** Why it is closed; `null` where it is open. */
  readonly reason: string | null;
  readonly run: () => void;
}

export function Reasoned({ label, name, reason, run }: Props) {
  const id = useId();
  const closed = reason !== null;
  return (
    <span class="reasoned">
      <button
        type="button"
        class={label.length === 1 ? 'btn ico' : 'btn'}
        aria-label={name}
        aria-disabled={closed}
        aria-describedby={closed ? id : undefined}
        onClick={() => {
          if (!closed) run();
        }}
      >
        {label}
      </button>
      {closed ? (
        <span id={id} role="tooltip" class="tip">
          {reason}
        </span>
      ) : null}
    </span>
  );
}
