/** A line of words in a small form beside a record, with what is wrong with it. */

import type { Signal } from '@preact/signals';
import type { Ref } from 'preact';

interface Props {
  readonly id: string;
  readonly field: Ref<HTMLInputElement>;
  readonly label: string;
  readonly hint?: string;
  /** How many letters it holds. */
  readonly longest: number;
  readonly text: Signal<string>;
  readonly problem: Signal<string>;
}

export function LineField({ id, field, label, hint, longest, text, problem }: Props) {
  const about = hint === undefined ? `${id}-problem` : `${id}-hint ${id}-problem`;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {hint === undefined ? null : (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <input
        ref={field}
        id={id}
        class="input"
        dir="auto"
        maxLength={longest}
        value={text.value}
        aria-invalid={problem.value !== ''}
        aria-describedby={about}
        onInput={({ currentTarget }) => {
          text.value = currentTarget.value;
          problem.value = '';
        }}
      />
      <p class="problem" id={`${id}-problem`} role="alert">
        {problem.value}
      </p>
    </div>
  );
}
