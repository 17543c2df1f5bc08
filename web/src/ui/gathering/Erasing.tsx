/** Erasing the whole gathering: what everybody reads until then, and how a host asks for it and takes it back. */

import { useSignal } from '@preact/signals';
import { effect } from '@preact/signals-core';
import { useId } from 'preact/hooks';
import { Dialog } from '../Dialog.tsx';
import { Icon } from '../icons.tsx';
import type { Services } from '../services.ts';
import type { Attendance } from './attendance.ts';
import type { HostProps } from './Console.tsx';
import { Reasoned } from './Reasoned.tsx';

const WHEN = new Intl.DateTimeFormat(undefined, { weekday: 'long', hour: 'numeric', minute: '2-digit' });

function erasingWords({ gathering, room }: Attendance): string | null {
  const { erasing } = gathering.value;
  if (erasing === null) return null;
  const who = room.nameOf(erasing.by) ?? 'A host';
  return `${who} asked for all of this to be erased. It is gone on ${WHEN.format(erasing.due)}.`;
}

/** Over everything that is asked, for everybody. */
export function ErasingLine({ attendance, services }: Pick<HostProps, 'attendance' | 'services'>) {
  const words = erasingWords(attendance);
  if (words === null) return null;
  return (
    <p class="erasing">
      <Icon name="alert" small />
      <span dir="auto">
        {words} {attendance.hosting.value ? '' : 'Hosts can take it back until then.'}
      </span>
      {attendance.hosting.value ? (
        <button
          type="button"
          class="btn"
          onClick={() => void attendance.ask(services, 'erase.keep', {}, 'Nothing is erased.')}
        >
          Keep it all
        </button>
      ) : null}
    </p>
  );
}

export function tellErasing(attendance: Attendance, { announcer }: Services): () => void {
  let before: string | null = null;
  let known = false;
  return effect(() => {
    const words = erasingWords(attendance);
    if (known && words !== before) announcer.say(words ?? 'The gathering is not erased after all.');
    before = words;
    known = true;
  });
}

/** At the end of the console. */
export function EraseAll(props: HostProps) {
  const { attendance } = props;
  const asks = useSignal(false);
  const reason =
    attendance.gathering.value.erasing !== null
      ? 'It is to be erased already.'
      : attendance.person.value.role === 'host'
        ? null
        : 'Only a host can do this, and you are a co-host.';
  return (
    <details>
      <summary>
        <h3>Erasing</h3>
      </summary>
      <p class="soft">
        Takes the whole gathering out of every file. Everybody is told, and hosts can take it back first.
      </p>
      <Reasoned
        label="Erase this gathering…"
        reason={reason}
        run={() => {
          asks.value = true;
        }}
      />
      {asks.value ? (
        <EraseDialog
          {...props}
          close={() => {
            asks.value = false;
          }}
        />
      ) : null}
    </details>
  );
}

function EraseDialog({ attendance, services, close }: HostProps & { readonly close: () => void }) {
  const id = useId();
  const title = useSignal('');
  const wanted = attendance.gathering.value.show.title;
  const why = title.value.trim() === wanted.trim() ? null : 'Write the title first, as it stands above.';
  return (
    <Dialog
      title="Erase the whole gathering"
      lead="The board, every note, who was here and all links go, for everybody and for good. It happens in a day, or in ten minutes while nobody but hosts has come. Everybody is told, and hosts can take it back until then."
      close={close}
    >
      <label class="field" for={id}>
        <span>
          To be sure, write its title: <bdi>{wanted}</bdi>
        </span>
        <input
          id={id}
          class="input"
          dir="auto"
          autocomplete="off"
          maxLength={200}
          value={title.value}
          onInput={(event) => {
            title.value = event.currentTarget.value;
          }}
        />
      </label>
      <p class="row">
        <Reasoned
          label="Erase it all"
          reason={why}
          run={() => {
            close();
            void attendance.ask(services, 'erase.ask', { title: title.value });
          }}
        />
        <button type="button" class="btn" onClick={close}>
          Keep it
        </button>
      </p>
    </Dialog>
  );
}
