/** While the board is on its way: what is happening, how far it is. */

import { Logo } from './icons.tsx';
import type { Progress } from './journey.ts';

const KILOBYTE = 1_000;

export function progressWords({ received, total }: Progress): string {
  if (received === 0) return 'Asking for the board';
  const here = Math.ceil(received / KILOBYTE);
  if (total === null) return `Bringing the board: ${here} kB so far`;
  return received >= total
    ? 'Setting up the board'
    : `Bringing the board: ${here} of ${Math.ceil(total / KILOBYTE)} kB`;
}

export function OpeningScreen({ words, progress }: { readonly words: string; readonly progress: Progress | null }) {
  const known = progress !== null && progress.total !== null && progress.total > 0;
  return (
    <main class="page" aria-busy="true">
      <div class="page-card">
        <Logo />
        <h1>{words}</h1>
        <div class="progress">
          <span id="progress">{progress === null ? 'Finding your gathering' : progressWords(progress)}</span>
          {known ? (
            <progress
              aria-labelledby="progress"
              max={progress.total ?? 1}
              value={Math.min(progress.received, progress.total ?? 1)}
            />
          ) : (
            <progress aria-labelledby="progress" />
          )}
        </div>
      </div>
    </main>
  );
}

/** Before a host lets somebody in. */
export function LobbyScreen() {
  return (
    <main class="page">
      <div class="page-card">
        <Logo />
        <h1>A host will let you in</h1>
        <p class="lead">You have a seat. Keep this page open: the board comes as soon as a host lets you in.</p>
      </div>
    </main>
  );
}
