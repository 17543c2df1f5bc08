/** A link for the screen of the room: it shows the ask, the time and the notes, and takes no seat. */

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { newLink } from '../../net/links.ts';
import { copyText } from '../clipboard.ts';
import { Dialog } from '../Dialog.tsx';
import type { HostProps } from './Console.tsx';

export function RoomDisplayDialog({ board, attendance, services, close }: HostProps & { readonly close: () => void }) {
  const link = useSignal<string | null>(null);
  const missed = useSignal(false);
  const { door } = attendance.gathering.value.moderating;
  useEffect(() => {
    newLink(board, attendance.room.token, 'display').then(
      (made) => {
        link.value = made.link;
      },
      () => {
        missed.value = true;
      },
    );
  }, [board, attendance, link, missed]);
  return (
    <Dialog
      title="Show the gathering in the room"
      lead="Open this link on the screen everybody sees. It shows what is asked and how much time there is, and has no controls."
      close={close}
    >
      <label class="switch">
        <span>
          Show how to join
          <small>A code to point a phone at and one to type: large between steps, small beside one.</small>
        </span>
        <input
          type="checkbox"
          role="switch"
          aria-checked={door}
          checked={door}
          onChange={() =>
            void attendance.ask(
              services,
              'mod.display',
              { door: !door },
              door ? 'Displays no longer show how to join.' : 'Displays show how to join.',
            )
          }
        />
      </label>
      {missed.value ? (
        <p class="problem" role="alert">
          The link could not be made. Try again in a moment.
        </p>
      ) : (
        <>
          <label class="field" for="display-link">
            <span>Link for the room display</span>
            <input id="display-link" class="input" readOnly value={link.value ?? 'One moment'} />
          </label>
          <p class="row">
            <button
              type="button"
              class="btn main"
              onClick={() => {
                if (link.value === null) return;
                void copyText(link.value).then((copied) => {
                  const text = copied
                    ? 'The link is copied.'
                    : 'Copying is not allowed here. Select the link and copy it.';
                  services.announcer.say(text);
                  services.toaster.show({ text });
                });
              }}
            >
              Copy the link
            </button>
            {link.value === null ? null : (
              <a class="btn" href={link.value} target="_blank" rel="noreferrer">
                Open it in a new window
              </a>
            )}
          </p>
        </>
      )}
    </Dialog>
  );
}
