/** Four digits, by touch or by keys. No field: nothing here is for a browser to remember, or to offer to the next person. */

import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from '../icons.tsx';

const LENGTH = 4;
const DIGITS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0'] as const;

interface Props {
  /** What the digits are, for those who hear it. */
  readonly label: string;
  readonly problem: string;
  readonly busy: boolean;
  /** Called with the fourth digit; the digits are forgotten. */
  readonly enter: (pin: string) => void;
}

export function Keypad({ label, problem, busy, enter }: Props) {
  const digits = useSignal('');
  const pad = useRef<HTMLDivElement>(null);
  const type = (digit: string): void => {
    if (busy) return;
    const typed = digits.peek() + digit;
    digits.value = typed.length < LENGTH ? typed : '';
    if (typed.length === LENGTH) enter(typed);
  };
  const back = (): void => {
    digits.value = digits.peek().slice(0, -1);
  };
  useEffect(() => {
    pad.current?.focus();
  }, []);
  const count = digits.value.length;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset takes no focus, and its keys are heard here.
    <div
      ref={pad}
      class="keypad"
      role="group"
      aria-label={label}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key === 'Backspace') back();
        else if (/^[0-9]$/.test(event.key)) type(event.key);
      }}
    >
      <p class="keypad-digits" role="status">
        <span class="sr">
          {count} of {LENGTH} digits
        </span>
        {Array.from({ length: LENGTH }, (_, index) => (
          <i key={index} aria-hidden="true" data-typed={index < count} />
        ))}
      </p>
      <p class="problem" role="alert">
        {problem === '' ? null : (
          <>
            <Icon name="alert" small />
            {problem}
          </>
        )}
      </p>
      <div class="keypad-keys">
        {DIGITS.map((digit) => (
          <button key={digit} type="button" class="btn" aria-disabled={busy} onClick={() => type(digit)}>
            {digit}
          </button>
        ))}
        <button type="button" class="btn ico bare" aria-label="Take the last digit back" onClick={back}>
          <Icon name="back" />
        </button>
      </div>
    </div>
  );
}
