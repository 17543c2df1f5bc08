/** Votes and rounds: those there are, and asking for another between steps. */

import { useSignal } from '@preact/signals';
import type { TargetedSubmitEvent } from 'preact';
import type { PollKind } from '../../model/gathering.ts';
import type { HostProps } from './Console.tsx';
import { newPollId } from './pollIds.ts';

const KINDS: readonly { readonly kind: PollKind; readonly label: string }[] = [
  { kind: 'consent', label: 'Consent round' },
  { kind: 'fist', label: 'Fist to five' },
];

export function Votes({ attendance, services }: HostProps) {
  const { deciding, show } = attendance.gathering.value;
  const problem = useSignal('');
  const running = show.stage === 'live' && show.at !== null;
  const open = deciding.polls.some((poll) => poll.open);

  const ask = async (event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    const given = new FormData(form);
    const question = String(given.get('question') ?? '').trim();
    if (question === '') {
      problem.value = 'Write what you ask first.';
      return;
    }
    problem.value = '';
    const args = { poll: newPollId(), asks: { kind: String(given.get('kind')), question } };
    if (await attendance.ask(services, 'poll.open', args, 'The round is open.')) form.reset();
  };

  return (
    <details>
      <summary>
        <h3>
          Votes
          {open ? <span class="r">one is open</span> : null}
        </h3>
      </summary>
      <ul>
        {deciding.polls.map(({ poll, question, open: isOpen, turnout, of }) => (
          <li key={poll} class="ask-item">
            <span dir="auto">
              {question}
              <small>{isOpen ? `${turnout} of ${of} have answered` : 'Closed'}</small>
            </span>
            {isOpen ? (
              <button
                type="button"
                class="btn"
                onClick={() => void attendance.ask(services, 'poll.close', { poll }, 'The vote is closed.')}
              >
                Close<span class="sr">: {question}</span>
              </button>
            ) : null}
          </li>
        ))}
      </ul>
      {running && !open ? (
        <form class="console-form" onSubmit={(event) => void ask(event)} noValidate>
          <label class="field" for="round-question">
            <span>Ask the group</span>
            <input id="round-question" class="input" name="question" dir="auto" maxLength={600} />
          </label>
          <label class="console-row">
            <span>How</span>
            <select class="input" name="kind">
              {KINDS.map(({ kind, label }) => (
                <option key={kind} value={kind}>
                  {label}
                </option>
              ))}
            </select>
          </label>
          <button type="submit" class="btn">
            Open the round
          </button>
          <p class="console-problem" role="alert">
            {problem}
          </p>
        </form>
      ) : (
        <p class="soft">
          {open ? 'Close the one that is open before you ask for another.' : 'Votes open while a step goes on.'}
        </p>
      )}
    </details>
  );
}
