/** What came of a vote: bars and numbers, ties as ties, and nothing that tells what one of a few answered. */

import type { Board } from '../../model/board.ts';
import type { Poll, PollKind, Result } from '../../model/gathering/deciding.ts';
import type { Gathering } from '../../model/gathering/gathering.ts';
import type { Room } from '../../net/room.ts';
import { Icon } from '../icons.tsx';
import type { PaperProps } from './ballots/paper.ts';
import { type Bar, barsOf, isRanked, OUTCOMES, rankOf } from './bars.ts';
import { WordHeat } from './laterParts.tsx';
import { Reasons } from './Reasons.tsx';
import { BalanceTold, FistsTold } from './Spread.tsx';
import { things } from './things.ts';

const CHANGED = 'Some words were changed during the vote. Part of it was cast on an earlier version.';
const CHANGED_MARKS = 'Some words were changed after they were marked. Marks on the earlier version do not count.';

/** Kinds that tell of each thing by itself what those answered who said something of it. */
const ANSWERED_EACH: readonly PollKind[] = ['rating', 'fists', 'balance'];
const LEFT_OUT = 'What fewer than five have answered is not shown.';

export function Results(props: PaperProps) {
  const { poll, editor, companion } = props;
  const { result } = poll;
  editor.board.version.value;
  if (result === null) return null;
  const rows = barsOf(poll, editor.board);
  const tied = tiedOf(rows);
  return (
    <section class="results" aria-label="Result">
      {result.suppressed ? (
        <p class="guarantee">
          <Icon name="lock" />
          <span>
            <b>{result.n === 1 ? 'One has voted.' : `${result.n} have voted.`}</b> With fewer than five, totals would
            tell what one person chose, so they are not shown.
          </span>
        </p>
      ) : null}
      <p class="question-rest">
        {result.suppressed ? '' : `${result.n} voted.`}
        {result.outcome === null ? '' : ` ${OUTCOMES[result.outcome]}`}
        {poll.kind === 'dots' && tied.length > 1 ? ` ${tied.length} are level.` : ''}
        {poll.kind === 'fist' && result.mean !== null ? ` On average ${result.mean.toFixed(1)}.` : ''}
      </p>
      {result.suppressed ? null : <Told poll={poll} result={result} rows={rows} room={editor.room} />}
      {leavesOut(poll, result, editor.board, companion.gathering.value) ? <p class="hint">{LEFT_OUT}</p> : null}
      {result.changed.length === 0 ? null : <p class="hint">{poll.kind === 'marks' ? CHANGED_MARKS : CHANGED}</p>}
      <Reasons {...props} />
    </section>
  );
}

/** Whether there is something that too few said something of, beside what is told. */
function leavesOut({ kind, region }: Poll, { totals }: Result, board: Board, gathering: Gathering): boolean {
  if (!ANSWERED_EACH.includes(kind) || totals.size === 0) return false;
  return things(board, gathering, region).some(({ id }) => !totals.has(id));
}

/** Those that are first together. */
function tiedOf(rows: readonly Bar[]): readonly Bar[] {
  const first = rows[0];
  return first === undefined ? [] : rows.filter(({ value }) => value === first.value && value > 0);
}

interface ToldProps {
  readonly poll: Poll;
  readonly result: Result;
  readonly rows: readonly Bar[];
  readonly room: Room;
}

function Told({ poll, result, rows, room }: ToldProps) {
  if (poll.kind === 'marks') return <WordHeat poll={poll} room={room} />;
  if (poll.kind === 'fists') return <FistsTold rows={rows} result={result} />;
  if (poll.kind === 'balance') return <BalanceTold board={room.board.value} result={result} />;
  const most = Math.max(1, ...rows.map(({ value }) => value));
  const tied = tiedOf(rows);
  return (
    <ol data-ranked={isRanked(poll)}>
      {rows.map((row) => (
        <li key={row.key}>
          {isRanked(poll) ? <span class="rank num">{rankOf(row, rows)}</span> : null}
          <span dir="auto">{row.words}</span>
          <b class="num">{row.shown}</b>
          <i class="track" aria-hidden="true">
            <i style={`inline-size:${(row.value / most) * 100}%`} data-tied={tied.length > 1 && tied.includes(row)} />
          </i>
        </li>
      ))}
    </ol>
  );
}
