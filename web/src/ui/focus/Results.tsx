/** What came of a vote: bars and numbers, ties as ties, and nothing that tells what one of a few answered. */

import type { Board } from '../../model/board.ts';
import { elementId } from '../../model/element.ts';
import type { Poll, Result } from '../../model/gathering/deciding.ts';
import { label } from '../../model/outline.ts';
import { Icon } from '../icons.tsx';
import type { FocusProps } from './FocusView.tsx';

interface Props extends FocusProps {
  readonly poll: Poll;
}

export interface Bar {
  readonly key: string;
  readonly words: string;
  readonly value: number;
  readonly shown: string;
}

const ANSWERS: Readonly<Record<string, string>> = {
  consent: 'Consent',
  concern: 'Consent, with a concern',
  objection: 'Objection',
};
export const OUTCOMES = {
  consented: 'We consent.',
  concerns: 'We consent, and keep the concerns.',
  objections: 'There are objections to meet.',
} as const;

export function Results(props: Props) {
  const { poll, editor } = props;
  const { result } = poll;
  editor.board.version.value;
  if (result === null) return null;
  const rows = barsOf(poll, editor.board);
  const most = Math.max(1, ...rows.map(({ value }) => value));
  const first = rows[0];
  const tied = first === undefined ? [] : rows.filter(({ value }) => value === first.value && value > 0);
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
      <ol hidden={result.suppressed} data-ranked={isRanked(poll)}>
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
      {result.changed.length === 0 ? null : (
        <p class="hint">Some words were changed during the vote. Part of it was cast on an earlier version.</p>
      )}
      <Objections {...props} />
    </section>
  );
}

/** The bars of a result that is told, the highest first. */
export function barsOf(poll: Poll, board: Board): readonly Bar[] {
  const name = (id: string): string => {
    const thing = board.get(elementId(id));
    return thing === undefined ? 'No longer on the board' : label(thing);
  };
  return poll.result === null ? [] : ranked(poll, poll.result, name);
}

/** Things have a rank, answers have none. */
function isRanked({ kind }: Poll): boolean {
  return kind === 'dots' || kind === 'rating';
}

/** "1", and "2=" where several are level. */
function rankOf(row: Bar, rows: readonly Bar[]): string {
  const above = rows.filter(({ value }) => value > row.value).length;
  return `${above + 1}${rows.filter(({ value }) => value === row.value).length > 1 ? '=' : ''}`;
}

function ranked(poll: Poll, result: Result, name: (id: string) => string): readonly Bar[] {
  const { totals, means } = result;
  switch (poll.kind) {
    case 'rating':
      return [...means]
        .map(([key, value]) => ({ key, words: name(key), value, shown: `${value.toFixed(1)} of 5` }))
        .sort((a, b) => b.value - a.value);
    case 'dots':
      return [...totals]
        .map(([key, value]) => ({ key, words: name(key), value, shown: String(value) }))
        .sort((a, b) => b.value - a.value);
    case 'fist':
      return [...totals]
        .map(([key, value]) => ({
          key,
          words: key === '1' ? '1 finger' : `${key} fingers`,
          value,
          shown: String(value),
        }))
        .sort((a, b) => b.key.localeCompare(a.key));
    case 'consent':
      return Object.keys(ANSWERS).map((key) => {
        const value = totals.get(key) ?? 0;
        return { key, words: ANSWERS[key] ?? key, value, shown: String(value) };
      });
  }
}

function Objections({ companion, editor, services, poll }: Props) {
  const mine = companion.ballot(poll.poll);
  if (poll.objections.length + poll.concerns.length === 0) return null;
  const open = poll.objections.some(({ met }) => !met);
  const say = async (): Promise<void> => {
    try {
      await companion.met(poll.poll);
      services.announcer.say('Your objection is met.');
    } catch {
      services.announcer.say('This could not be saved. Try again when the connection is back.', 'assertive');
    }
  };
  return (
    <div class="objections">
      {poll.objections.length === 0 ? null : <h4>Objections</h4>}
      <ul>
        {poll.objections.map(({ id, reason, met, by }) => (
          <li key={id} class="own-note open">
            <p dir="auto">
              {reason === '' ? 'Its words were taken back.' : reason}
              {by === null ? null : <small dir="auto"> {editor.room.nameOf(by) ?? ''}</small>}
            </p>
            <span class="only">
              <Icon name={met ? 'check' : 'alert'} small />
              {met ? 'Met' : 'To meet'}
            </span>
          </li>
        ))}
      </ul>
      {poll.concerns.length === 0 ? null : <h4>Concerns we keep</h4>}
      <ul>
        {poll.concerns.map(({ id, reason, by }) => (
          <li key={id} class="own-note open">
            <p dir="auto">
              {reason}
              {by === null ? null : <small dir="auto"> {editor.room.nameOf(by) ?? ''}</small>}
            </p>
          </li>
        ))}
      </ul>
      {mine.ballot === 'objection' && mine.cast !== null && open ? (
        <button type="button" class="btn" onClick={() => void say()}>
          <Icon name="check" small />
          My objection is met
        </button>
      ) : null}
    </div>
  );
}
