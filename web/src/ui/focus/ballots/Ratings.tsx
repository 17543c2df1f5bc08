/** One to five for each thing. */

import { label } from '../../../model/outline.ts';
import { things } from '../things.ts';
import { LeaveOut } from './LeaveOut.tsx';
import type { CountsProps } from './paper.ts';
import { Scale } from './Scale.tsx';

export function Ratings(props: CountsProps) {
  const { companion, editor, poll, counts } = props;
  const { board } = editor;
  board.version.value;
  const list = things(board, companion.gathering.value, poll.region);
  if (list.length === 0) return <p class="hint">There is nothing to rate yet.</p>;
  return (
    <div class="votes">
      {list.map((thing) => (
        <fieldset key={thing.id} class="vote rate">
          <legend dir="auto">{label(thing)}</legend>
          <Scale
            name={thing.id}
            from={1}
            chosen={counts[thing.id] ?? null}
            choose={(value) => companion.choose(poll.poll, { ballot: { ...counts, [thing.id]: value } })}
          />
          <LeaveOut {...props} thing={thing} />
        </fieldset>
      ))}
    </div>
  );
}
