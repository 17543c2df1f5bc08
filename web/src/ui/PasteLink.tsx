/** A field that takes a link from an invitation and goes there. */

import { useSignal } from '@preact/signals';
import type { TargetedSubmitEvent } from 'preact';
import { useRef } from 'preact/hooks';
import { readPastedLink } from './address.ts';
import { Icon } from './icons.tsx';

export function PasteLink({ label }: { readonly label: string }) {
  const problem = useSignal('');
  const field = useRef<HTMLInputElement>(null);

  const submit = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const read = readPastedLink(field.current?.value ?? '', location.origin);
    if ('problem' in read) {
      problem.value = read.problem;
      field.current?.focus();
      return;
    }
    location.assign(read.path);
    // A link to the board of this very page changes the fragment alone, which `hashchange` then takes up.
  };

  return (
    <form class="paste" onSubmit={submit} noValidate>
      <label class="field" for="link">
        <span>{label}</span>
        <input
          ref={field}
          id="link"
          class="input"
          type="url"
          inputMode="url"
          autocomplete="off"
          spellcheck={false}
          aria-describedby="link-problem"
          aria-invalid={problem.value !== ''}
          onInput={() => {
            problem.value = '';
          }}
        />
      </label>
      <button type="submit" class="btn main">
        Open the board
        <Icon name="arrow" />
      </button>
      <p id="link-problem" class="problem" role="alert">
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
