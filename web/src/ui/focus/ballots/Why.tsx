/** What is behind an answer, in words that the group reads once the vote has closed; without a name, unless its author puts it there. */

import { useId } from 'preact/hooks';
import type { PaperProps } from './paper.ts';

interface Props extends PaperProps {
  /** What stands above the field. */
  readonly ask: string;
  /** The card that it is about, if several are voted on. */
  readonly about?: string;
}

export function Why({ companion, poll, ask, about }: Props) {
  const id = useId();
  const { reason, reasons = {}, named } = companion.ballot(poll.poll);
  const keep = (words: string): void =>
    companion.choose(poll.poll, about === undefined ? { reason: words } : { reasons: { ...reasons, [about]: words } });
  return (
    <label class="field">
      <span>{ask}</span>
      <textarea
        autocomplete="off"
        class="input"
        dir="auto"
        rows={about === undefined ? 3 : 2}
        maxLength={600}
        value={about === undefined ? reason : (reasons[about] ?? '')}
        aria-describedby={`${id}-who`}
        onInput={(event) => keep(event.currentTarget.value)}
      />
      <small id={`${id}-who`}>
        The group reads it once the {poll.kind === 'consent' ? 'round' : 'vote'} closes.{' '}
        {named ? 'Your name is on it.' : 'Your name is not stored with it.'}
      </small>
    </label>
  );
}

export function NameWithIt({
  companion,
  poll,
  words = 'Put my name with it',
}: PaperProps & { readonly words?: string }) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={companion.ballot(poll.poll).named}
        onChange={(event) => companion.choose(poll.poll, { named: event.currentTarget.checked })}
      />
      {words}
    </label>
  );
}
