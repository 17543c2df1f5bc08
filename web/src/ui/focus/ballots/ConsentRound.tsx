/** Whether one can live with it; with a concern or an objection goes what it is. */

import { isAskedWhy } from './given.ts';
import type { PaperProps } from './paper.ts';
import { NameWithIt, Why } from './Why.tsx';

const ANSWERS = [
  ['consent', 'I consent', 'Good enough for now, safe enough to try.'],
  ['concern', 'I consent, with a concern', 'It does not hold us up, and should be heard.'],
  ['objection', 'I object', 'It would harm what we are here for. We look for a way together.'],
] as const;

type Choice = (typeof ANSWERS)[number][0];

export function ConsentRound(props: PaperProps & { readonly chosen: Choice | null }) {
  const { companion, poll, chosen } = props;
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
      {isAskedWhy(chosen) ? (
        <>
          <Why {...props} ask="What is it?" />
          <NameWithIt {...props} />
        </>
      ) : null}
    </>
  );
}
