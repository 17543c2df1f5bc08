/** The page at the root: what this is, and the way in for somebody who holds a link. */

import './styles/join.css';
import { Logo } from './icons.tsx';
import { PasteLink } from './PasteLink.tsx';
import { Ring } from './Ring.tsx';
import { TypeCode } from './TypeCode.tsx';

export function StartScreen({ openDisplay }: { readonly openDisplay: () => void }) {
  return (
    <div class="join">
      <main class="join-main">
        <div class="join-form">
          <Logo />
          <h1>A board for conversations that matter</h1>
          <p class="lead">
            A group writes and sorts on one board, together, while a host leads them through it: in a room, remotely, or
            both at once. What people write stays theirs and is kept from the first minute.
          </p>
          <PasteLink label="Paste the link from your invitation" />
          <TypeCode />
          <p class="hint">
            You do not need an account. A link is all it takes, and it says whether you host, take part or observe.
          </p>
          <p class="alternatives">
            <button type="button" class="link" onClick={openDisplay}>
              Text size and contrast
            </button>
            <a href="/licences.txt">Licences</a>
          </p>
        </div>
      </main>
      <aside class="join-ring" aria-hidden="true">
        <Ring taken={11} yours />
      </aside>
    </div>
  );
}
