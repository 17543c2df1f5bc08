/** Moderating: the note that is selected, and what was set aside. Everything done here is told to everybody. */

import { useSignal } from '@preact/signals';
import { elementId } from '../../model/element.ts';
import { label } from '../../model/outline.ts';
import { Dialog } from '../Dialog.tsx';
import type { HostProps } from './Console.tsx';
import { Reasoned } from './Reasoned.tsx';

const REASONS = ['It names a person.', 'It attacks somebody.', 'It belongs elsewhere.', 'It is there twice.'] as const;

export function Moderating(props: HostProps) {
  const { attendance, editor, services } = props;
  const { moderating, sealing, show } = attendance.gathering.value;
  const asides = useSignal(false);
  const board = attendance.room.board.value;
  board.version.value;
  const [id, ...more] = editor.selection.value;
  const element = id === undefined || more.length > 0 ? undefined : board.get(id);
  const isNote = element !== undefined && element.kind !== 'frame' && element.kind !== 'conn';
  const none = isNote ? null : 'Select one note on the board or in the outline first.';
  const asked = element !== undefined && moderating.rewording.includes(element.id);

  return (
    <details>
      <summary>
        <h3>
          Moderating
          {sealing.pleas.length > 0 ? (
            <span class="r num">{sealing.pleas.length} to withdraw</span>
          ) : moderating.aside.length === 0 ? null : (
            <span class="r num">{moderating.aside.length} set aside</span>
          )}
        </h3>
      </summary>
      <p class={isNote ? 'chosen' : 'soft'} dir="auto">
        {isNote ? label(element) : 'No note is selected.'}
      </p>
      <div class="step-actions">
        <Reasoned
          label="Set it aside…"
          reason={none}
          run={() => {
            asides.value = true;
          }}
        />
        <Reasoned
          label="Ask for other words"
          reason={none ?? (asked ? 'Its author has been asked already.' : null)}
          run={() => {
            if (element !== undefined)
              void attendance.ask(services, 'mod.ask', { element: element.id }, 'Its author is asked for other words.');
          }}
        />
        {moderating.spotlight === null ? (
          <Reasoned
            label="Put a light on it"
            reason={none}
            run={() => {
              if (element !== undefined)
                void attendance.ask(
                  services,
                  'mod.spotlight',
                  { element: element.id },
                  'Everybody sees which note you mean.',
                );
            }}
          />
        ) : (
          <Reasoned
            label="Take the light away"
            reason={null}
            run={() => void attendance.ask(services, 'mod.spotlight', {}, 'The light is gone.')}
          />
        )}
      </div>
      {sealing.pleas.length === 0 ? null : (
        <ul aria-label="To be withdrawn">
          {sealing.pleas.map((plea) => {
            const heed = (withdraw: boolean, said: string) =>
              attendance.ask(services, 'seal.heed', { element: plea, withdraw }, said);
            const note = board.get(elementId(plea));
            return (
              <li key={plea} class="ask-item">
                <span>
                  Somebody says that this is theirs, and asks to have it withdrawn:{' '}
                  <q dir="auto">{note === undefined ? 'a note' : label(note)}</q>
                </span>
                <button type="button" class="btn" onClick={() => void heed(true, 'It is withdrawn.')}>
                  Withdraw it
                </button>
                <button type="button" class="btn" onClick={() => void heed(false, 'It stays.')}>
                  Leave it
                </button>
              </li>
            );
          })}
        </ul>
      )}
      {moderating.aside.length === 0 ? null : (
        <ul>
          {moderating.aside.map((aside) => (
            <li key={aside.element} class="ask-item">
              <span>
                From {show.regions.find(({ key }) => key === aside.region)?.title ?? 'the board'}: {aside.reason}
              </span>
              <button
                type="button"
                class="btn"
                onClick={() =>
                  void attendance.ask(services, 'mod.restore', { element: aside.element }, 'It is on the board again.')
                }
              >
                Bring back
              </button>
            </li>
          ))}
        </ul>
      )}
      {asides.value && element !== undefined ? (
        <AsideDialog
          {...props}
          element={element.id}
          words={label(element)}
          close={() => {
            asides.value = false;
          }}
        />
      ) : null}
    </details>
  );
}

interface AsideProps extends HostProps {
  readonly element: string;
  readonly words: string;
  readonly close: () => void;
}

function AsideDialog({ attendance, services, element, words, close }: AsideProps) {
  const reason = useSignal<string>(REASONS[0]);
  return (
    <Dialog
      title="Set a note aside"
      lead="It leaves the board. Everybody sees that it was set aside, and why; its author can reword it."
      close={close}
    >
      <blockquote class="chosen" dir="auto">
        {words}
      </blockquote>
      <label class="field" for="aside-reason">
        <span>Why, for everybody to read</span>
        <input
          id="aside-reason"
          class="input"
          list="aside-reasons"
          maxLength={200}
          value={reason.value}
          onInput={(event) => {
            reason.value = event.currentTarget.value;
          }}
        />
        <datalist id="aside-reasons">
          {REASONS.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      </label>
      <p class="row">
        <button
          type="button"
          class="btn main"
          onClick={() => {
            const given = reason.value.trim();
            if (given === '') return;
            close();
            void attendance.ask(services, 'mod.aside', { element, reason: given }, 'The note is set aside.');
          }}
        >
          Set it aside
        </button>
      </p>
    </Dialog>
  );
}
