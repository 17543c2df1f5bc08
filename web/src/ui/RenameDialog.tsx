/** Your name, as it stands in the list of people and beside what you wrote. */

import { useSignal } from '@preact/signals';
import type { TargetedSubmitEvent } from 'preact';
import { useRef } from 'preact/hooks';
import { device, remember } from '../net/device.ts';
import type { Room } from '../net/room.ts';
import { Dialog } from './Dialog.tsx';
import { Consent } from './focus/Consent.tsx';
import { HandOn } from './HandOn.tsx';
import { Icon } from './icons.tsx';
import type { Services } from './services.ts';
import { Yours } from './Yours.tsx';

const LONGEST_NAME = 60;

interface Props {
  readonly board: string;
  readonly room: Room;
  readonly services: Services;
  readonly close: () => void;
}

export function RenameDialog({ board, room, services, close }: Props) {
  const field = useRef<HTMLInputElement>(null);
  const problem = useSignal('');
  const below = useSignal<'yours' | 'hand on' | null>(null);
  const closeBelow = (): void => {
    below.value = null;
  };

  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const name = field.current?.value.trim() ?? '';
    if (name === '') {
      problem.value = 'Write a name first, so that people know who is here.';
      return;
    }
    try {
      if (name !== room.me.value?.name) await room.command('rename', { name });
      remember(board, room.token, name, room.role.peek());
      services.announcer.say(`People now see you as ${name}.`);
      close();
    } catch {
      problem.value = 'The name could not be changed. Try again in a moment.';
    }
  };

  return (
    <Dialog title="Change your name" lead="It changes everywhere, also beside what you wrote before." close={close}>
      <form class="dialog-form" onSubmit={submit} noValidate>
        <label class="field">
          <span>What should people call you?</span>
          <input
            ref={field}
            class="input"
            dir="auto"
            maxLength={LONGEST_NAME}
            spellcheck={false}
            defaultValue={room.me.value?.name ?? ''}
            aria-describedby="rename-problem"
          />
        </label>
        <p id="rename-problem" class="problem" role="alert">
          {problem.value === '' ? null : (
            <>
              <Icon name="alert" small />
              {problem}
            </>
          )}
        </p>
        <button type="submit" class="btn main">
          Keep this name
        </button>
      </form>
      {room.gathering.value === null ? null : <Consent room={room} services={services} />}
      <div class="row">
        {room.gathering.value === null ? null : (
          <button
            type="button"
            class="btn"
            aria-haspopup="dialog"
            onClick={() => {
              below.value = 'yours';
            }}
          >
            What is yours here
          </button>
        )}
        {/* A turn at a shared device has its own end. */}
        {device.lent ? null : (
          <button
            type="button"
            class="btn"
            aria-haspopup="dialog"
            onClick={() => {
              below.value = 'hand on';
            }}
          >
            Hand this device on
          </button>
        )}
      </div>
      {below.value === 'yours' ? <Yours board={board} room={room} services={services} close={closeBelow} /> : null}
      {below.value === 'hand on' ? <HandOn board={board} room={room} close={closeBelow} /> : null}
    </Dialog>
  );
}
