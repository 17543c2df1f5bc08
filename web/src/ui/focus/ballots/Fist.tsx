/** As many fingers as one agrees, to one question. */

import type { PaperProps } from './paper.ts';
import { Scale } from './Scale.tsx';

export function Fist({ companion, poll, chosen }: PaperProps & { readonly chosen: number | null }) {
  return (
    <fieldset class="vote rate fist">
      <legend class="sr">Fingers</legend>
      <Scale
        name={poll.poll}
        from={0}
        chosen={chosen}
        choose={(value) => companion.choose(poll.poll, { ballot: value })}
      />
      <p class="ends">
        <span>0: I cannot</span>
        <span>5: wholly</span>
      </p>
    </fieldset>
  );
}
