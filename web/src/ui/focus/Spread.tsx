/** What came of a vote on several cards: how the fingers fell for each, or where each stands and should stand. */

import '../styles/spread.css';
import type { Board } from '../../model/board.ts';
import type { Place, Result } from '../../model/gathering/deciding.ts';
import { BalanceEnds } from './ballots/BalanceMarks.tsx';
import { type Bar, nameOf } from './bars.ts';

const TOO_FEW = 'Fewer than five said something of each, so nothing is shown that would tell what one person chose.';

interface FistsProps {
  readonly rows: readonly Bar[];
  readonly result: Result;
}

export function FistsTold({ rows, result }: FistsProps) {
  if (rows.length === 0) return <p class="hint">{TOO_FEW}</p>;
  return (
    <ul class="spreads">
      {rows.map(({ key, words, shown }) => (
        <li key={key}>
          <p class="spread-head">
            <span dir="auto">{words}</span>
            <b class="num">{shown}</b>
          </p>
          <Fingers held={result.fingers.get(key) ?? []} />
          <p class="soft">{fistWords(result, key)}</p>
        </li>
      ))}
    </ul>
  );
}

function fistWords({ medians, spreads, totals }: Result, key: string): string {
  const [low, high] = spreads.get(key) ?? [0, 5];
  return `Median ${medians.get(key) ?? ''}, from ${low} to ${high}. ${totals.get(key) ?? 0} answered.`;
}

/** A column for each number of fingers, with how many held up as many. */
function Fingers({ held }: { readonly held: readonly number[] }) {
  const most = Math.max(1, ...held);
  return (
    <ul class="fingers" aria-label="How many held up how many fingers">
      {held.map((count, fingers) => (
        <li key={fingers}>
          <b class="num">
            {count}
            <span class="sr"> held up </span>
          </b>
          <i aria-hidden="true" style={`block-size:${(count / most) * 100}%`} />
          <span class="num">{fingers}</span>
        </li>
      ))}
    </ul>
  );
}

interface BalanceProps {
  readonly board: Board;
  readonly result: Result;
  /** How many of them are shown. */
  readonly atMost?: number;
}

export function BalanceTold({ board, result, atMost }: BalanceProps) {
  // What is to change most comes first.
  const all = [...result.balance].sort(([, a], [, b]) => distance(b) - distance(a));
  const rows = all.slice(0, atMost);
  if (rows.length === 0) return <p class="hint">{TOO_FEW}</p>;
  return (
    <>
      <ul class="spreads">
        {rows.map(([key, { today, wanted }]) => (
          <li key={key}>
            <p class="spread-head">
              <span dir="auto">{nameOf(board, key)}</span>
              <b class="num">
                <span aria-hidden="true">
                  {today.median} to {wanted.median}
                </span>
                <span class="sr">{`${today.median} today, should be ${wanted.median}`}</span>
              </b>
            </p>
            <div class="stands" aria-hidden="true">
              <Stretch place={today} of="today" />
              <Stretch place={wanted} of="wanted" />
            </div>
            <p class="soft">
              Today {spreadWords(today)}, should be {spreadWords(wanted)}. {result.totals.get(key) ?? 0} placed it.
            </p>
          </li>
        ))}
      </ul>
      {all.length > rows.length ? <p class="soft">And {all.length - rows.length} more.</p> : null}
      <BalanceEnds />
    </>
  );
}

function distance({ today, wanted }: { readonly today: Place; readonly wanted: Place }): number {
  return Math.abs(wanted.median - today.median);
}

function spreadWords({ median, spread: [low, high] }: Place): string {
  return low === high ? `${median}` : `${median} (${low} to ${high})`;
}

/** From the lowest to the highest mark, with a stroke at the median. */
function Stretch({ place, of }: { readonly place: Place; readonly of: 'today' | 'wanted' }) {
  const { median, spread } = place;
  const [low, high] = spread;
  return (
    <div class={`stretch ${of}`}>
      <i style={`inset-inline:${low}% ${100 - high}%`} />
      <b style={`inset-inline-start:${median}%`} />
    </div>
  );
}
