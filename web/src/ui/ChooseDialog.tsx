/** One of several, by name: the tap and the keyboard's way to what a drag or a swatch does. */

import type { ComponentChildren } from 'preact';
import { Dialog } from './Dialog.tsx';
import { Icon } from './icons.tsx';

export interface ChoiceOption {
  readonly key: string;
  readonly label: string;
  readonly mark: ComponentChildren;
  /** A colour class for the ground of the option. */
  readonly swatch?: string;
}

interface Props {
  readonly title: string;
  readonly lead: string;
  readonly options: readonly ChoiceOption[];
  readonly current: string;
  readonly choose: (key: string) => void;
  readonly close: () => void;
}

export function ChooseDialog({ title, lead, options, current, choose, close }: Props) {
  return (
    <Dialog title={title} lead={lead} close={close}>
      <ul class="options">
        {options.map((option) => (
          <li key={option.key}>
            <button
              type="button"
              class={option.swatch === undefined ? 'option' : `option swatch ${option.swatch}`}
              aria-current={option.key === current ? 'true' : undefined}
              onClick={() => choose(option.key)}
            >
              {option.mark}
              <span dir="auto">{option.label}</span>
              {option.key === current ? <Icon name="check" small /> : null}
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
