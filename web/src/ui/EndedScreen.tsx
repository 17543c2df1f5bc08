/** A board that cannot be shown: why, what to do, and every word of yours that is not on it yet. */

import { useSignal } from '@preact/signals';
import { outline } from '../model/outline.ts';
import type { Room } from '../net/room.ts';
import { copyText } from './clipboard.ts';
import { type EndReason, endingOf } from './endings.ts';
import { Icon, Logo } from './icons.tsx';
import { PasteLink } from './PasteLink.tsx';

interface Props {
  readonly reason: EndReason;
  readonly room: Room | null;
  readonly openDisplay: () => void;
}

export function EndedScreen({ reason, room, openDisplay }: Props) {
  const ending = endingOf(reason);
  return (
    <main class="page">
      <div class="page-card">
        <Logo />
        <h1>{ending.title}</h1>
        <p class="lead">{ending.why}</p>
        <p>{ending.advice}</p>
        {ending.pasteLink ? <PasteLink label="Your link" /> : null}
        {ending.action === null ? null : ending.action.kind === 'again' ? (
          <button type="button" class="btn main" onClick={() => location.reload()}>
            {ending.action.label}
          </button>
        ) : (
          <a class="btn" href="/">
            {ending.action.label}
          </a>
        )}
        {room === null ? null : <KeptWords room={room} />}
        <p class="alternatives">
          <button type="button" class="link" onClick={openDisplay}>
            Text size and contrast
          </button>
        </p>
      </div>
    </main>
  );
}

/** The board as this device last had it, as indented text: it holds what was sent and what was not. */
export function boardText(room: Room): string {
  return outline(room.board.value)
    .map((row) => `${'  '.repeat(row.depth)}${row.label.replaceAll('\n', ' ')}`)
    .join('\n');
}

function KeptWords({ room }: { readonly room: Room }) {
  const copied = useSignal('');
  const kept = room.kept.value;
  const copy = async (what: string, text: string): Promise<void> => {
    copied.value = (await copyText(text))
      ? `${what} copied.`
      : 'Copying is not allowed here. Select the words and copy them.';
  };
  return (
    <section class="kept-words" aria-labelledby="kept-words">
      <h2 id="kept-words">Nothing you wrote is lost</h2>
      {kept.length === 0 ? null : (
        <ul>
          {kept.map((words) => (
            <li key={words.id} dir="auto">
              {words.text}
            </li>
          ))}
        </ul>
      )}
      <p class="row">
        {kept.length === 0 ? null : (
          <button
            type="button"
            class="btn"
            onClick={() => copy('Your words are', kept.map((words) => words.text).join('\n\n'))}
          >
            <Icon name="copy" small />
            Copy your words
          </button>
        )}
        <button type="button" class="btn" onClick={() => copy('The board is', boardText(room))}>
          <Icon name="copy" small />
          Copy the board as text
        </button>
      </p>
      <p role="status">{copied}</p>
    </section>
  );
}
