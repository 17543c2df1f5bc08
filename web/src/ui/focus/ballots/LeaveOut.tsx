/** Takes back what was said of one thing, so that the ballot says nothing of it. */

import type { BoardElement } from '../../../model/element.ts';
import { label } from '../../../model/outline.ts';
import { without } from './given.ts';
import type { PaperProps } from './paper.ts';

export function LeaveOut({ companion, services, poll, thing }: PaperProps & { readonly thing: BoardElement }) {
  const { ballot } = companion.ballot(poll.poll);
  if (ballot === null || typeof ballot !== 'object' || !(thing.id in ballot)) return null;
  return (
    <button
      type="button"
      class="btn bare leave-out"
      onClick={(event) => {
        // The button goes with what it takes back.
        event.currentTarget.closest('fieldset')?.querySelector('input')?.focus();
        companion.choose(poll.poll, { ballot: without(ballot, thing.id) });
        services.announcer.say(`${label(thing)}: left out.`);
      }}
    >
      Leave this out<span class="sr">: {label(thing)}</span>
    </button>
  );
}
