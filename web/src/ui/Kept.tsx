/** Kept for you: words the board did not take. They stay on this device until their author decides. */

import './styles/panels.css';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Kept as KeptWords, Room } from '../net/room.ts';
import { copyText } from './clipboard.ts';
import { Dialog } from './Dialog.tsx';
import type { Editor } from './editor.ts';
import { Icon } from './icons.tsx';
import type { Services } from './services.ts';

interface Props {
  readonly room: Room;
  readonly editor: Editor;
  readonly services: Services;
  readonly close: () => void;
}

export function Kept({ room, editor, services, close }: Props) {
  const list = room.kept.value;
  const items = useRef<HTMLUListElement>(null);
  const nothing = useRef<HTMLParagraphElement>(null);
  /** Which of the list was dealt with just now, and had the focus. */
  const dealtWith = useRef<number | null>(null);

  // What takes its place takes the focus.
  useLayoutEffect(() => {
    const index = dealtWith.current;
    if (index === null) return;
    dealtWith.current = null;
    const rows = [...(items.current?.children ?? [])];
    const row = rows[Math.min(index, rows.length - 1)];
    (row?.querySelector('button') ?? nothing.current)?.focus();
  }, [list]);

  const drop = (words: KeptWords): void => {
    dealtWith.current = list.indexOf(words);
    room.dropKept(words.id);
  };
  const copy = async (words: KeptWords): Promise<void> => {
    const copied = await copyText(words.text);
    services.announcer.say(copied ? 'Copied.' : 'Copying is not allowed here. Select the words and copy them.');
  };
  const put = (words: KeptWords): void => {
    if (editor.refuse()) return;
    if (editor.addNote({ text: words.text, edit: false }) === null) return;
    drop(words);
    services.announcer.say('Your words are on the board as a note.');
  };
  const discard = (words: KeptWords): void => {
    drop(words);
    services.announcer.say('Discarded.');
  };

  return (
    <Dialog title="Kept for you" lead="The board did not take these words. Only you can see them here." close={close}>
      {list.length === 0 ? (
        <p class="empty" ref={nothing} tabIndex={-1}>
          Nothing is kept for you right now. Everything you wrote is on the board.
        </p>
      ) : (
        <ul class="kept-list" ref={items}>
          {list.map((words) => (
            <li key={words.id}>
              <p class="kept-text" dir="auto" id={words.id}>
                {words.text}
              </p>
              <p class="hint">{words.reason}</p>
              <div class="row">
                <button type="button" class="btn" aria-describedby={words.id} onClick={() => put(words)}>
                  <Icon name="note" small />
                  Put on the board
                </button>
                <button type="button" class="btn" aria-describedby={words.id} onClick={() => copy(words)}>
                  <Icon name="copy" small />
                  Copy
                </button>
                <button type="button" class="btn bare stop" aria-describedby={words.id} onClick={() => discard(words)}>
                  <Icon name="trash" small />
                  Discard
                </button>
              </div>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}
