/** The title of the gathering. A host renames it where it stands. */

import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Room } from '../net/room.ts';
import { isHosting } from '../sync/state.ts';
import { Icon } from './icons.tsx';
import type { Services } from './services.ts';

const LONGEST_TITLE = 200;

export function TitleField({ room, services }: { readonly room: Room; readonly services: Services }) {
  const editing = useSignal(false);
  const field = useRef<HTMLInputElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const title = room.title.value || 'A gathering';
  const open = editing.value;

  useLayoutEffect(() => {
    if (open) field.current?.select();
  }, [open]);

  if (!isHosting(room.me.value?.role)) {
    return (
      <h1 class="title" dir="auto" title={title}>
        {title}
      </h1>
    );
  }

  const finish = (keep: boolean): void => {
    if (!editing.value) return;
    const next = field.current?.value.trim() ?? '';
    editing.value = false;
    requestAnimationFrame(() => button.current?.focus());
    if (!keep || next === '' || next === title) return;
    room.command('title', { title: next }).then(
      () => services.announcer.say(`The gathering is now called ${next}.`),
      () => {
        services.announcer.say('The title could not be changed. Try again in a moment.', 'assertive');
        services.toaster.show({ text: 'The title could not be changed. Try again in a moment.', tone: 'warn' });
      },
    );
  };

  return (
    <h1 class="title">
      {open ? (
        <input
          ref={field}
          class="title-input"
          dir="auto"
          maxLength={LONGEST_TITLE}
          defaultValue={title}
          aria-label="Title of the gathering"
          onBlur={() => finish(true)}
          onKeyDown={(event) => {
            if (event.isComposing) return;
            if (event.key === 'Enter') finish(true);
            if (event.key === 'Escape') finish(false);
          }}
        />
      ) : (
        <button
          ref={button}
          type="button"
          class="title-button"
          title={title}
          onClick={() => {
            editing.value = true;
          }}
        >
          <span dir="auto">{title}</span>
          <Icon name="pencil" small />
          <span class="sr">Change the title</span>
        </button>
      )}
    </h1>
  );
}
