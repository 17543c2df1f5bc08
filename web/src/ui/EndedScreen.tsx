/** A board that cannot be shown: why, what to do, and every word of yours that is not on it yet. */

import { useSignal } from '@preact/signals';
import { outline } from '../model/outline.ts';
import { resumeToken } from '../net/device.ts';
import type { Room } from '../net/room.ts';
import { keysOf, takeAllBack } from '../net/takeBack.ts';
import { readAddress } from './address.ts';
import { copyText } from './clipboard.ts';
import { type EndReason, TITLES } from './endings.ts';
import { endingOf } from './endingWords.ts';
import { Icon, Logo } from './icons.tsx';
import { PasteLink } from './PasteLink.tsx';
import { Sure } from './Sure.tsx';

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
        <h1>{TITLES[reason]}</h1>
        <p class="lead">{ending.why}</p>
        {reason === 'removed' ? <AfterRemoval /> : null}
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

/** What is still in the hands of somebody whose seat a host has ended. */
function AfterRemoval() {
  const address = readAddress(location);
  const board = address.kind === 'board' ? address.board : '';
  const token = resumeToken(board);
  const said = useSignal('');
  const withdraw = async (): Promise<void> => {
    if (token === null) return;
    try {
      const { gone, stays } = await takeAllBack(board, token, await keysOf(board, token));
      said.value = `${goneWords(gone)}${stays === 0 ? '' : ' What the group has agreed on stays, without your name.'}`;
    } catch {
      said.value = 'It could not be withdrawn just now. Try again in a moment.';
    }
  };
  return (
    <>
      {token === null ? null : (
        <section class="kept-words" aria-labelledby="withdraw">
          <h2 id="withdraw">What you wrote</h2>
          <p>
            You can take back everything with your name, what is still sealed, and what this device can prove is yours.
            It goes from the board at once and from every file of the server soon.
          </p>
          <p class="row">
            <Sure label="Withdraw my notes" back="Leave it there" yes="Yes, withdraw all of it" run={withdraw} />
          </p>
          <p role="status">{said}</p>
        </section>
      )}
      <section class="kept-words" aria-labelledby="organiser">
        <h2 id="organiser">Contact the organiser</h2>
        <p>
          If this was a mistake, or you would like to talk about it, speak to a host or write to whoever invited you.
        </p>
      </section>
    </>
  );
}

function goneWords(gone: number): string {
  if (gone === 0) return 'There is nothing of yours on the board any more.';
  return gone === 1 ? 'One note is withdrawn.' : `${gone} notes are withdrawn.`;
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
