/** Where each thing is today, between one answer for everybody and each place by itself, and where it should be. */

import { label } from '../../../model/outline.ts';
import type { Pair } from '../../../net/gatheringStorage.ts';
import { things, topFirst } from '../things.ts';
import { isWhole, pairsOf } from './given.ts';
import { LeaveOut } from './LeaveOut.tsx';
import type { PaperProps } from './paper.ts';

const STOPS = [
  [0, 'one answer for everybody'],
  [25, 'mostly one answer'],
  [50, 'half and half'],
  [75, 'mostly each place'],
  [100, 'each place by itself'],
] as const;

export function BalanceMarks(props: PaperProps) {
  const { companion, editor, poll } = props;
  const { board } = editor;
  board.version.value;
  const gathering = companion.gathering.value;
  const list = topFirst(things(board, gathering, poll.region), gathering, poll.region);
  const pairs = pairsOf(companion.ballot(poll.poll).ballot);
  const place = (id: string, pair: Pair): void => companion.choose(poll.poll, { ballot: { ...pairs, [id]: pair } });
  if (list.length === 0) return <p class="hint">There is nothing to place yet.</p>;
  return (
    <>
      <BalanceEnds />
      <div class="votes">
        {list.map((thing) => {
          const { id } = thing;
          const [today, wanted] = pairs[id] ?? [null, null];
          return (
            <fieldset key={id} class="vote rate">
              <legend dir="auto">{label(thing)}</legend>
              <Row
                name={`${poll.poll}-${id}-today`}
                title="Today"
                chosen={today}
                choose={(value) => place(id, [value, wanted])}
              />
              <Row
                name={`${poll.poll}-${id}-wanted`}
                title="Should be"
                chosen={wanted}
                choose={(value) => place(id, [today, value])}
              />
              {id in pairs && !isWhole([today, wanted]) ? <p class="hint">Its other mark is missing.</p> : null}
              <LeaveOut {...props} thing={thing} />
            </fieldset>
          );
        })}
      </div>
    </>
  );
}

export function BalanceEnds() {
  return (
    <p class="ends">
      <span>0: one answer for everybody</span>
      <span>100: each place by itself</span>
    </p>
  );
}

interface RowProps {
  readonly name: string;
  readonly title: string;
  readonly chosen: number | null;
  readonly choose: (value: number) => void;
}

function Row({ name, title, chosen, choose }: RowProps) {
  return (
    <div class="stand" role="radiogroup" aria-label={title}>
      <span aria-hidden="true">{title}</span>
      <div class="scale">
        {STOPS.map(([value, words]) => (
          <label key={value}>
            <input
              type="radio"
              name={name}
              aria-label={`${value}, ${words}`}
              checked={value === chosen}
              onChange={() => choose(value)}
            />
            <span class="num">{value}</span>
          </label>
        ))}
      </div>
    </div>
  );
}
