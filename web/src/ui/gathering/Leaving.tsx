/** What may leave the gathering: hosts set it, everybody is told when it becomes less. */

import { effect } from '@preact/signals-core';
import type { Sealing } from '../../model/gathering/sealing.ts';
import type { Capture } from '../../model/gathering/show.ts';
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
  role: 'Files say the role of who wrote a note, and never a name. Cards keep the names that people put on them.',
  chatham: 'Files never say who wrote a note. Cards keep the names that people put on them.',
  nothing: 'No file is made of this gathering.',
};

const COHOSTS = 'You can make it less; only a host, and no co-host, can make it more.';

export function Leaving({ attendance, services }: HostProps) {
  const { capture, stage } = attendance.gathering.value.show;
  const begun = stage !== 'none' && stage !== 'ready';
  const free = !begun && attendance.person.value.role === 'host';
  const now = LEVELS.indexOf(capture);
  const withdrawn = withdrawnWords(attendance.gathering.value.sealing);
  return (
    <details>
      <summary>
        <h3>
          What may leave
          <span class="r">{LABELS[capture]}</span>
        </h3>
      </summary>
      <p class="soft">
        {MEANS[capture]} {begun ? 'It can only become less: people wrote knowing what holds.' : free ? '' : COHOSTS}
      </p>
      {withdrawn === '' ? null : <p>{withdrawn}</p>}
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

/** What whoever has a file already must know; which notes these are is told to nobody. */
export function withdrawnWords({ withdrawn, withdrawnAt }: Sealing): string {
  if (withdrawn === 0) return '';
  const at = withdrawnAt === null ? '' : `, the last one at ${CLOCK.format(withdrawnAt)}`;
  const items = withdrawn === 1 ? '1 item was' : `${withdrawn} items were`;
  return `${items} withdrawn${at}. A file made before still holds what was withdrawn: drop it there, and make the file anew.`;
}

const CLOCK = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

/** Everybody is told once when the level changes, and hosts when something is withdrawn, wherever they are on the page. */
export function tellLeaving({ gathering, hosting }: Attendance, { announcer, toaster }: Services): () => void {
  let before: Capture | null = null;
  let withdrawn: number | null = null;
  return effect(() => {
    const { sealing } = gathering.value;
    if (withdrawn !== null && sealing.withdrawn > withdrawn && hosting.value) {
      const text = withdrawnWords(sealing);
      announcer.say(text);
      toaster.show({ text });
    }
    withdrawn = sealing.withdrawn;
    const { capture } = gathering.value.show;
    if (before !== null && before !== capture) {
      const text = `What may leave has changed. ${MEANS[capture]}`;
      announcer.say(text);
      toaster.show({ text });
    }
    before = capture;
  });
}
