/** Other words for a revealed note of one's own, or taking it back. Only the server can tell whose it is, by a key on this device. */

import '../styles/panels.css';
import { useSignal } from '@preact/signals';
import { useId, useRef } from 'preact/hooks';
import { type BoardElement, LIMITS } from '../../model/element.ts';
import { ApiError } from '../../net/api.ts';
import { Dialog } from '../Dialog.tsx';
import { Icon } from '../icons.tsx';
import type { Services } from '../services.ts';
import type { Companion } from './companion.ts';

interface Props {
  readonly note: BoardElement;
  readonly region: string;
  readonly companion: Companion;
  readonly services: Services;
  readonly close: () => void;
}

export function Mine({ note, region, companion, services, close }: Props) {
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const problem = useSignal('');
  const busy = useSignal(false);
  const isLost = useSignal(false);

  const change = async (text: string | null, done: string): Promise<void> => {
    if (busy.value) return;
    busy.value = true;
    try {
      if (await companion.change(region, note.id, text)) {
        services.announcer.say(done);
        close();
        return;
      }
      problem.value = 'This note was not written on this device, so it cannot be changed from here.';
      isLost.value = true;
    } catch (error) {
      problem.value = error instanceof ApiError && error.code !== 'network' ? error.message : NO_CONNECTION;
    } finally {
      busy.value = false;
    }
  };

  const plead = async (): Promise<void> => {
    try {
      await companion.room.command('seal.plead', { element: note.id });
      services.announcer.say('Hosts are asked. They learn that somebody asked, and not who.');
      close();
    } catch (error) {
      problem.value = error instanceof ApiError && error.code !== 'network' ? error.message : NO_CONNECTION;
    }
  };

  return (
    <Dialog
      title="Is this note yours?"
      lead="Its name is not stored. Only this device can prove that you wrote it, and only to the server."
      close={close}
    >
      <form
        class="dialog-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          const text = field.current?.value.trim() ?? '';
          if (text === '') problem.value = 'A note needs words. To take it off, withdraw it.';
          else void change(text, 'Your note gets its new words in a few seconds.');
        }}
      >
        <label class="field">
          <span>Other words</span>
          <textarea
            ref={field}
            autocomplete="off"
            class="input"
            dir="auto"
            rows={3}
            maxLength={LIMITS.text}
            defaultValue={note.text}
            aria-describedby={`${id}-problem`}
          />
        </label>
        <p id={`${id}-problem`} class="problem" role="alert">
          {problem.value === '' ? null : (
            <>
              <Icon name="alert" small />
              {problem.value}
            </>
          )}
        </p>
        <div class="row">
          <button type="submit" class="btn main">
            Reword my note
          </button>
          <button type="button" class="btn bare stop" onClick={() => void change(null, 'Your note is withdrawn.')}>
            <Icon name="trash" small />
            Withdraw it
          </button>
        </div>
        {isLost.value ? (
          <>
            <p class="soft">
              Is it yours all the same? A host can withdraw it. Hosts learn that somebody asked, and not who. If you
              saved a copy of your words, open it under your name instead.
            </p>
            <button type="button" class="btn" onClick={() => void plead()}>
              Ask hosts to withdraw it
            </button>
          </>
        ) : null}
      </form>
    </Dialog>
  );
}

const NO_CONNECTION = 'There is no connection just now. Try again when it is back.';
