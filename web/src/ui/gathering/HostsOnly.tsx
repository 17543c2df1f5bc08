/** Words among the host team. Nobody else is sent them. */

import { useSignal } from '@preact/signals';
import type { HostProps } from './Console.tsx';
import { Sign } from './gatheringIcons.tsx';
import { timeWords } from './words.ts';

export function HostsOnly({ attendance, services }: HostProps) {
  const { team } = attendance.gathering.value.moderating;
  const words = useSignal('');
  const say = async (): Promise<void> => {
    const text = words.value.trim();
    if (text !== '' && (await attendance.ask(services, 'mod.say', { text }, 'Sent to the host team.')))
      words.value = '';
  };
  return (
    <section aria-labelledby="hosts-only">
      <h3 id="hosts-only">
        <Sign name="shield" small />
        Hosts only
      </h3>
      <ul class="team">
        {team.slice(-6).map(({ at, by, text }) => (
          <li key={`${at} ${by}`}>
            <b>
              <bdi>{attendance.nameOf(by)}</bdi>
            </b>{' '}
            <span dir="auto">{text}</span> <small class="num">{timeWords(at)}</small>
          </li>
        ))}
      </ul>
      <form
        class="console-row"
        onSubmit={(event) => {
          event.preventDefault();
          void say();
        }}
      >
        <input
          class="input"
          aria-label="A word to the host team"
          placeholder="A word to the host team"
          dir="auto"
          maxLength={600}
          value={words.value}
          onInput={(event) => {
            words.value = event.currentTarget.value;
          }}
        />
        <button type="submit" class="btn">
          Send
        </button>
      </form>
    </section>
  );
}
