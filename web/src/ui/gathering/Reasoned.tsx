/** A button that says why it is closed, instead of being greyed out in silence. It keeps its place in the tab order. */

import '../styles/reasoned.css';
import { useId } from 'preact/hooks';
import { Icon, type IconName } from '../icons.tsx';
import { type GatheringIcon, Sign } from './gatheringIcons.tsx';

interface Props {
  readonly label: string;
  /** Shown in place of the label, which is its name then. */
  readonly icon?: IconName;
  /** Shown before the label. */
  readonly sign?: GatheringIcon;
  /** What one has come for. */
  readonly main?: boolean;
  /** For what can be on or off. */
  readonly pressed?: boolean;
  /** The keys that do the same. */
  readonly keys?: string;
  /** Why it is closed; `null` where it is open. */
  readonly reason: string | null;
  readonly run: () => void;
}

export function Reasoned({ label, icon, sign, main, pressed, keys, reason, run }: Props) {
  const id = useId();
  const closed = reason !== null;
  return (
    <span class="reasoned">
      <button
        type="button"
        class={icon !== undefined ? 'btn ico' : main ? 'btn main' : 'btn'}
        aria-label={icon === undefined ? undefined : label}
        aria-disabled={closed}
        aria-pressed={pressed}
        aria-keyshortcuts={keys}
        aria-describedby={closed ? id : undefined}
        onClick={() => {
          if (!closed) run();
        }}
      >
        {sign === undefined ? null : <Sign name={sign} small />}
        {icon === undefined ? label : <Icon name={icon} small />}
      </button>
      {closed ? (
        <span id={id} role="tooltip" class="tip">
          {reason}
        </span>
      ) : null}
    </span>
  );
}
