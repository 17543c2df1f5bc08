/** What is yours here: to read, to keep a copy of, and to take back. No account is needed: this seat and its keys are enough. */

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ApiError } from '../net/api.ts';
import { copyOf, keysHere, keysIn, type OwnWords, ownWords, takeBack, wordsOf } from '../net/ownWords.ts';
import type { Room } from '../net/room.ts';
import { Dialog } from './Dialog.tsx';
import { Icon } from './icons.tsx';
import { Sure } from './Sure.tsx';
import type { Services } from './services.ts';

interface Props {
  readonly board: string;
  readonly room: Room;
  readonly services: Services;
  readonly close: () => void;
}

export function Yours({ board, room, services, close }: Props) {
  const words = useSignal<readonly OwnWords[] | null>(null);
  const keys = useSignal<readonly string[]>([]);
  const problem = useSignal('');

  const attempt = async (work: () => Promise<void>): Promise<void> => {
    problem.value = '';
    try {
      await work();
    } catch (error) {
      problem.value = error instanceof ApiError && error.code !== 'network' ? error.message : NO_CONNECTION;
    }
  };
  const look = async (more: readonly string[]): Promise<void> => {
    keys.value = [...new Set([...keys.value, ...more])];
    words.value = await ownWords(room, keys.value);
  };
  useEffect(() => {
    void attempt(async () => look(await keysHere(board, room)));
  }, [board, room]);

  const save = (): void => {
    const copy = copyOf(room.title.peek(), room.me.peek()?.name ?? '', words.value ?? []);
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([copy], { type: 'text/plain;charset=utf-8' }));
    link.download = 'harvestry-my-words.txt';
    link.click();
    URL.revokeObjectURL(link.href);
    services.announcer.say('A copy is saved on this device.');
  };
  const remove = (): Promise<void> =>
    attempt(async () => {
      const stays = await takeBack(room, words.value ?? []);
      await look([]);
      services.announcer.say(stays === 0 ? 'All of it is taken back.' : THE_GROUPS);
      if (stays > 0) problem.value = THE_GROUPS;
    });

  const found = words.value;
  return (
    <Dialog title="What is yours here" lead="Only you see this list. Nobody needs an account for it." close={close}>
      {found === null ? (
        <p class="soft">{problem.value === '' ? 'One moment.' : null}</p>
      ) : (
        <>
          <ul aria-label="What you wrote">
            {found.map(({ text, where }, index) => (
              <li key={index}>
                <span dir="auto">{text}</span> <small class="soft">({wordsOf(where)})</small>
              </li>
            ))}
          </ul>
          {found.length === 0 ? <p class="soft">Nothing here is known to be yours.</p> : null}
          <div class="row">
            <button type="button" class="btn" onClick={save}>
              Save a copy
            </button>
            <Sure label="Take all of it back" back="Leave it there" yes="Yes, take it all back" run={remove} />
          </div>
          <p>
            What is taken back goes from the board at once, or within a minute where your name is not on it, and then
            from every file of the server. This cannot be undone.
          </p>
          <label class="field">
            <span>Open a copy that you saved, to find what you wrote without your name</span>
            <input
              type="file"
              accept=".txt,text/plain"
              onChange={(event) => {
                const [file] = event.currentTarget.files ?? [];
                if (file !== undefined) void attempt(async () => look(keysIn(await file.text())));
              }}
            />
          </label>
        </>
      )}
      <p class="problem" role="alert">
        {problem.value === '' ? null : (
          <>
            <Icon name="alert" small />
            {problem.value}
          </>
        )}
      </p>
    </Dialog>
  );
}

const NO_CONNECTION = 'There is no connection just now. Try again when it is back.';
const THE_GROUPS = 'What the group has agreed on stays, and what others have put their names to. Your name is off it.';
