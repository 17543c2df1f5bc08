/** What may leave the gathering: hosts set it, everybody is told when it becomes less. */

import { effect } from '@preact/signals-core';
import type { Capture } from '../../model/gathering.ts';
import type { Services } from '../services.ts';
import type { Attendance } from './attendance.ts';
import type { HostProps } from './Console.tsx';

/** From most to least. */
const LEVELS: readonly Capture[] = ['named', 'role', 'chatham', 'nothing'];

const LABELS: Readonly<Record<Capture, string>> = {
  named: 'Words with names',
  role: 'Words with roles',
  chatham: 'Words alone',
  nothing: 'Nothing',
};

const MEANS: Readonly<Record<Capture, string>> = {
  named: 'Files say who wrote a note, where a name stands with it.',
  role: 'Files say the role of who wrote a note, and never a name.',
  chatham: 'Files never say who wrote a note.',
  nothing: 'No file is made of this gathering.',
};

export function Leaving({ attendance, services }: HostProps) {
  const { capture, stage } = attendance.gathering.value.show;
  const free = stage === 'none' || stage === 'ready';
  const now = LEVELS.indexOf(capture);
  return (
    <details>
      <summary>
        <h3>
          What may leave
          <span class="r">{LABELS[capture]}</span>
        </h3>
      </summary>
      <p class="soft">
        {MEANS[capture]} {free ? '' : 'It can only become less: people wrote knowing what holds.'}
      </p>
      {/* biome-ignore lint/a11y/useSemanticElements: buttons of which one is pressed are no form. */}
      <div class="console-levels" role="group" aria-label="What may leave">
        {LEVELS.map((level, index) => (
          <button
            key={level}
            type="button"
            class="btn"
            aria-pressed={level === capture}
            disabled={!free && index < now}
            onClick={() => {
              if (level !== capture) void attendance.ask(services, 'show.capture', { level });
            }}
          >
            {LABELS[level]}
          </button>
        ))}
      </div>
    </details>
  );
}

/** Everybody is told once when the level changes, wherever they are on the page. */
export function tellLeaving({ gathering }: Attendance, { announcer, toaster }: Services): () => void {
  let before: Capture | null = null;
  return effect(() => {
    const { capture } = gathering.value.show;
    if (before !== null && before !== capture) {
      const text = `What may leave has changed. ${MEANS[capture]}`;
      announcer.say(text);
      toaster.show({ text });
    }
    before = capture;
  });
}
