/** As many fingers as one agrees, to one question. */

import { isAskedWhy } from './given.ts';
import type { PaperProps } from './paper.ts';
import { Scale } from './Scale.tsx';
import { NameWithIt, Why } from './Why.tsx';

/** Asked of whoever holds up two fingers or fewer; nobody has to answer. */
export const ONE_UP = 'If you like: what would move you one up?';

export function Fist(props: PaperProps & { readonly chosen: number | null }) {
  const { companion, poll, chosen } = props;
  return (
    <>
      <fieldset class="vote rate fist">
        <legend class="sr">Fingers</legend>
        <Scale
          name={poll.poll}
          from={0}
          chosen={chosen}
          choose={(value) => companion.choose(poll.poll, { ballot: value })}
        />
        <FistEnds />
      </fieldset>
      {isAskedWhy(chosen) ? (
        <>
          <Why {...props} ask={ONE_UP} />
          <NameWithIt {...props} />
        </>
      ) : null}
    </>
  );
}

export function FistEnds() {
  return (
    <p class="ends">
      <span>0: I cannot</span>
      <span>5: wholly</span>
    </p>
  );
}
