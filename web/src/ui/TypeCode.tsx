/** A field that takes the short code from a screen in the room, and goes where it leads. */

import { useSignal } from '@preact/signals';
import type { TargetedSubmitEvent } from 'preact';
import { useRef } from 'preact/hooks';
import { ApiError } from '../net/api.ts';
import { linkOfCode } from '../net/links.ts';
import { Icon } from './icons.tsx';

/** Said of whatever the server does not take, in words of ours where it could not say any. */
function problemOf(error: unknown): string {
  if (!(error instanceof ApiError) || error.status === 0) return 'We cannot reach the server. Try again.';
  return error.message;
}

export function TypeCode() {
  const problem = useSignal('');
  const field = useRef<HTMLInputElement>(null);

  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const code = field.current?.value.trim() ?? '';
    try {
      if (code === '') problem.value = 'Type the six characters of the code first.';
      else location.assign(new URL(await linkOfCode(code)));
    } catch (error) {
      problem.value = problemOf(error);
    }
    if (problem.value !== '') field.current?.focus();
  };

  return (
    <form class="paste" onSubmit={submit} noValidate>
      <label class="field" for="code">
        <span>Or type the code from the room</span>
        <input
          ref={field}
          id="code"
          class="input"
          type="text"
          autocapitalize="characters"
          autocomplete="off"
          spellcheck={false}
          maxLength={12}
          aria-describedby="code-problem"
          aria-invalid={problem.value !== ''}
          onInput={() => {
            problem.value = '';
          }}
        />
      </label>
      <button type="submit" class="btn">
        Join with the code
      </button>
      <p id="code-problem" class="problem" role="alert">
        {problem.value === '' ? null : (
          <>
            <Icon name="alert" small />
            {problem}
          </>
        )}
      </p>
    </form>
  );
}
