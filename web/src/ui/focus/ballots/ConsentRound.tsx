/** Whether one can live with it; with a concern or an objection goes what it is. */

import { useId } from 'preact/hooks';
import type { PaperProps } from './paper.ts';

const ANSWERS = [
  ['consent', 'I consent', 'Good enough for now, safe enough to try.'],
  ['concern', 'I consent, with a concern', 'It does not hold us up, and should be heard.'],
  ['objection', 'I object', 'It would harm what we are here for. We look for a way together.'],
] as const;

export function ConsentRound({ companion, poll, chosen }: PaperProps & { readonly chosen: string | null }) {
  const id = useId();
  const { reason, named } = companion.ballot(poll.poll);
  return (
    <>
      <fieldset class="answers">
        <legend class="sr">Your answer</legend>
        {ANSWERS.map(([value, words, meaning]) => (
          <label key={value}>
            <input
              type="radio"
              name={poll.poll}
              checked={value === chosen}
              onChange={() => companion.choose(poll.poll, { ballot: value })}
            />
            <span>
              <b>{words}</b>
              <small>{meaning}</small>
            </span>
          </label>
        ))}
      </fieldset>
      {chosen === 'concern' || chosen === 'objection' ? (
        <label class="field">
          <span>What is it?</span>
          <textarea
            autocomplete="off"
            class="input"
            dir="auto"
            rows={3}
            maxLength={600}
            value={reason}
            aria-describedby={`${id}-who`}
            onInput={(event) => companion.choose(poll.poll, { reason: event.currentTarget.value })}
          />
          <small id={`${id}-who`}>
            The group reads it once the round closes.{' '}
            {named ? 'Your name is on it.' : 'Your name is not stored with it.'}
          </small>
        </label>
      ) : null}
      {chosen === 'concern' || chosen === 'objection' ? (
        <label class="check">
          <input
            type="checkbox"
            checked={named}
            onChange={(event) => companion.choose(poll.poll, { named: event.currentTarget.checked })}
          />
          Put my name with it
        </label>
      ) : null}
    </>
  );
}
