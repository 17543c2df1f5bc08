/** Votes and rounds: those there are, and asking for another between steps. */

import { useSignal } from '@preact/signals';
import type { TargetedSubmitEvent } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Poll, PollKind } from '../../model/gathering/deciding.ts';
import { OUTCOMES } from '../focus/bars.ts';
import { things } from '../focus/things.ts';
import type { HostProps } from './Console.tsx';
import { newPollId } from './pollIds.ts';

const KINDS: readonly { readonly kind: PollKind; readonly label: string }[] = [
  { kind: 'consent', label: 'Consent round' },
  { kind: 'fist', label: 'Fist to five' },
  { kind: 'fists', label: 'Fist to five on each card' },
  { kind: 'balance', label: 'Everywhere the same, or local' },
];

/** Kinds that are about what lies in a region. */
const OF_THINGS: readonly PollKind[] = ['fists', 'balance'];

/** How it stands, in a few words. */
function standing({ open, turnout, of, round, result, objections }: Poll): string {
  const which = round > 1 ? `Round ${round}: ` : '';
  if (open) return `${which}${turnout} of ${of} have answered`;
  const toMeet = objections.filter((one) => one.round === round && !one.met).length;
  if (toMeet > 0) return `${which}${toMeet === 1 ? 'one objection' : `${toMeet} objections`} to meet`;
  return result?.outcome == null ? `${which}Closed` : `${which}${OUTCOMES[result.outcome]}`;
}

interface AgainProps {
  readonly poll: Poll;
  readonly ask: (question: string) => Promise<void>;
  readonly leave: () => void;
}

/** A new round about amended words; everybody answers afresh. */
function AskAgain({ poll, ask, leave }: AgainProps) {
  const words = useSignal(poll.question);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.focus(), []);
  return (
    <form
      class="console-form"
      onSubmit={(event) => {
        event.preventDefault();
        const question = words.value.trim();
        if (question !== '') void ask(question);
      }}
    >
      <label class="field" for="again-question">
        <span>The question, as it is amended</span>
        <textarea
          ref={field}
          id="again-question"
          class="input"
          dir="auto"
          rows={3}
          maxLength={600}
          value={words.value}
          onInput={(event) => {
            words.value = event.currentTarget.value;
          }}
        />
      </label>
      <p class="row">
        <button type="submit" class="btn">
          Open round {poll.round + 1}
        </button>
        <button type="button" class="btn bare" onClick={leave}>
          Not now
        </button>
      </p>
    </form>
  );
}

/** Which region's notes and cards a vote is about; those in which there are any. */
function AboutWhat({ attendance, editor }: Pick<HostProps, 'attendance' | 'editor'>) {
  editor.board.version.value;
  const gathering = attendance.gathering.value;
  const regions = gathering.show.regions.filter(({ key }) => things(editor.board, gathering, key).length > 0);
  return (
    <label class="console-row" for="round-region">
      <span>On what is in</span>
      <select id="round-region" class="input" name="region">
        {regions.map(({ key, title }) => (
          <option key={key} value={key}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}

export function Votes({ attendance, editor, services }: HostProps) {
  const { deciding, show } = attendance.gathering.value;
  const problem = useSignal('');
  const kind = useSignal<PollKind>('consent');
  /** The round that is about to be asked once more. */
  const again = useSignal<string | null>(null);
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
    const region = given.has('region') ? String(given.get('region')) : null;
    if (OF_THINGS.includes(kind.value) && region === null) {
      problem.value = 'Nothing has been written yet that could be voted on.';
      return;
    }
    problem.value = '';
    const args = { poll: newPollId(), asks: { kind: kind.value, question, ...(region === null ? {} : { region }) } };
    if (!(await attendance.ask(services, 'poll.open', args, 'The round is open.'))) return;
    form.reset();
    kind.value = 'consent';
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
        {deciding.polls.map((poll) => (
          <li key={poll.poll}>
            <div class="ask-item">
              <span dir="auto">
                {poll.question}
                <small>{standing(poll)}</small>
              </span>
              {poll.open ? (
                <button
                  type="button"
                  class="btn"
                  onClick={() =>
                    void attendance.ask(services, 'poll.close', { poll: poll.poll }, 'The vote is closed.')
                  }
                >
                  Close<span class="sr">: {poll.question}</span>
                </button>
              ) : poll.kind === 'consent' && running && !open && again.value !== poll.poll ? (
                <button
                  type="button"
                  class="btn"
                  onClick={() => {
                    again.value = poll.poll;
                  }}
                >
                  Ask again…<span class="sr"> {poll.question}</span>
                </button>
              ) : null}
            </div>
            {again.value === poll.poll && running && !open ? (
              <AskAgain
                poll={poll}
                ask={async (question) => {
                  const args = { poll: poll.poll, question };
                  const said = `Round ${poll.round + 1} is open.`;
                  if (await attendance.ask(services, 'poll.again', args, said)) again.value = null;
                }}
                leave={() => {
                  again.value = null;
                }}
              />
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
          <label class="console-row" for="round-kind">
            <span>How</span>
            <select
              id="round-kind"
              class="input"
              value={kind.value}
              onChange={(event) => {
                kind.value = KINDS.find((one) => one.kind === event.currentTarget.value)?.kind ?? 'consent';
              }}
            >
              {KINDS.map((one) => (
                <option key={one.kind} value={one.kind}>
                  {one.label}
                </option>
              ))}
            </select>
          </label>
          {OF_THINGS.includes(kind.value) ? <AboutWhat attendance={attendance} editor={editor} /> : null}
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
