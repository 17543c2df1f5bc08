/** Parts of the focus view that few steps need: fetched when the run of show has such a step, and until they have come when one wants them. */

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Gathering } from '../../model/gathering/gathering.ts';
import { fetchWhenIdle, type Later, later } from '../later.tsx';

/** Nobody stands at the wall to try again. */
const AGAIN_MS = 5_000;

/** Says when a part has not come, and goes on asking for it. */
export function persistent<P extends object>({ Part, fetch }: Later<P>): (props: P) => preact.JSX.Element {
  return (props) => {
    const missed = useSignal(false);
    const ask = (): void => {
      fetch().catch(() => {
        missed.value = true;
      });
    };
    const isMissed = missed.value;
    useEffect(() => {
      if (!isMissed) return;
      const asking = setInterval(ask, AGAIN_MS);
      addEventListener('online', ask);
      return () => {
        clearInterval(asking);
        removeEventListener('online', ask);
      };
    }, [isMissed]);
    const sorry = (
      <div class="hint" role="status">
        <p>This part could not be fetched. It is asked for again when the connection is back.</p>
        <button type="button" class="btn" onClick={ask}>
          Try again
        </button>
      </div>
    );
    const waiting = {
      missed: () => {
        missed.value = true;
      },
      ...(isMissed ? { meanwhile: sorry } : {}),
    };
    return <Part {...props} {...waiting} />;
  };
}

const marking = later(async () => (await import('./ballots/MarkWords.tsx')).MarkWords);
const heat = later(async () => (await import('./WordHeat.tsx')).WordHeat);

export const MarkWords = persistent(marking);
export const WordHeat = persistent(heat);

/** Fetches what the steps to come need, while there is a connection. */
export function usePartsOf({ show }: Gathering): void {
  const marks = show.phases.some(({ poll }) => poll?.kind === 'marks');
  useEffect(() => {
    if (marks) fetchWhenIdle([marking, heat]);
  }, [marks]);
}
