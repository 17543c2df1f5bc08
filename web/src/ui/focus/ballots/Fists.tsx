/** As many fingers as one agrees, to each card by itself; what one does not know about is left out. */

import { label } from '../../../model/outline.ts';
import { things } from '../things.ts';
import { FistEnds, ONE_UP } from './Fist.tsx';
import { isAskedWhy, MOST_REASONS, reasonsOf } from './given.ts';
import { LeaveOut } from './LeaveOut.tsx';
import type { CountsProps } from './paper.ts';
import { Scale } from './Scale.tsx';
import { NameWithIt, Why } from './Why.tsx';

export function Fists(props: CountsProps) {
  const { companion, editor, poll, counts } = props;
  const { board } = editor;
  board.version.value;
  const list = things(board, companion.gathering.value, poll.region);
  const ballot = companion.ballot(poll.poll);
  const said = reasonsOf(ballot);
  const isFull = Object.keys(said).length >= MOST_REASONS;
  if (list.length === 0) return <p class="hint">There is nothing to vote on yet.</p>;
  return (
    <>
      <FistEnds />
      <div class="votes">
        {list.map((thing) => (
          <fieldset key={thing.id} class="vote rate">
            <legend dir="auto">{label(thing)}</legend>
            <Scale
              name={`${poll.poll}-${thing.id}`}
              from={0}
              chosen={counts[thing.id] ?? null}
              choose={(value) => companion.choose(poll.poll, { ballot: { ...counts, [thing.id]: value } })}
            />
            <LeaveOut {...props} thing={thing} />
            {isAskedWhy(counts[thing.id]) && (!isFull || thing.id in said) ? (
              <Why {...props} ask={ONE_UP} about={thing.id} />
            ) : null}
          </fieldset>
        ))}
      </div>
      {Object.values(counts).some(isAskedWhy) ? <NameWithIt {...props} words="Put my name with my reasons" /> : null}
    </>
  );
}
