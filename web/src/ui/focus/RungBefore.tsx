/** The words that ring true and that jar, for those who go on with them in the step after they were marked. */

import type { FocusProps } from './FocusView.tsx';
import { WordHeat } from './laterParts.tsx';

export function RungBefore({ companion, editor }: Pick<FocusProps, 'companion' | 'editor'>) {
  const { show, deciding } = companion.gathering.value;
  const here = show.phases.findIndex(({ key }) => key === show.at);
  const before = show.phases.slice(0, Math.max(0, here)).findLast(({ opened }) => opened !== null);
  const poll = deciding.polls.findLast(({ kind, phase }) => kind === 'marks' && phase === before?.key);
  if (poll?.result == null || poll.result.suppressed) return null;
  return (
    <section class="results" aria-label={poll.question}>
      <h4 dir="auto">{poll.question}</h4>
      <WordHeat poll={poll} room={editor.room} />
    </section>
  );
}
