/** Words among the host team and table hosts. Nobody else is sent them. */

import '../styles/console.css';
import { useSignal } from '@preact/signals';
import { Dialog } from '../Dialog.tsx';
import type { Services } from '../services.ts';
import type { Attendance } from './attendance.ts';
import { timeWords } from './words.ts';

interface Props {
  readonly attendance: Attendance;
  readonly services: Services;
}

export function TeamTalk({ attendance, services }: Props) {
  const { team } = attendance.gathering.value.moderating;
  const words = useSignal('');
  const say = async (): Promise<void> => {
    const text = words.value.trim();
    if (text !== '' && (await attendance.ask(services, 'mod.say', { text }, 'Sent to the host team.')))
      words.value = '';
  };
  return (
    <>
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
        class="console-row team-say"
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
    </>
  );
}

/** For those of the team who have no console. */
export function TeamDialog({ attendance, services, close }: Props & { readonly close: () => void }) {
  return (
    <Dialog title="Host team" lead="Hosts, harvesters and table hosts read this. Nobody else is sent it." close={close}>
      <TeamTalk attendance={attendance} services={services} />
    </Dialog>
  );
}
