/** Writing alone and voting, beside the tree: whoever reads by ear or works by keyboard needs no other view for it. */

import '../styles/focus.css';
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { focusHome } from '../../a11y/homeFocus.ts';
import { keepFocus } from '../../a11y/keepFocus.ts';
import { regionAt } from '../../model/agenda.ts';
import type { BoardElement } from '../../model/element.ts';
import { label } from '../../model/outline.ts';
import type { Room } from '../../net/room.ts';
import type { Editor } from '../editor.ts';
import type { Services } from '../services.ts';
import { type Companion, companionOf } from './companion.ts';
import { Left } from './Left.tsx';
import { Mine } from './Mine.tsx';
import { Vote } from './Vote.tsx';
import { WriteBeside } from './Write.tsx';

interface Props {
  readonly room: Room;
  readonly editor: Editor;
  readonly services: Services;
}

export function OutlineNow({ room, editor, services }: Props) {
  const companion = companionOf(room).value;
  if (companion === null) return null;
  const given = { companion, editor, services };
  return (
    <>
      <Writing {...given} />
      <Voting {...given} />
    </>
  );
}

type PartProps = Omit<Props, 'room'> & { readonly companion: Companion };

function Writing({ companion, editor, services }: PartProps) {
  const ask = companion.ask.value;
  const given = { companion, editor, services };
  const hasLeft = companion.left.length + companion.missed.length > 0;
  const mine = ownable(companion, editor);
  if (ask.kind !== 'sealed' && !hasLeft && mine === null) return null;
  return (
    <Beside label="Writing alone" isRead={false}>
      <Left {...given} />
      {ask.kind === 'sealed' ? <WriteBeside {...given} phase={ask.phase} openings={ask.openings} /> : null}
      {mine === null ? null : <Yours key={mine.note.id} {...mine} companion={companion} services={services} />}
    </Beside>
  );
}

/** The same papers as in *Now*, and what came of the vote once it is closed. */
function Voting(props: PartProps) {
  const ask = props.companion.ask.value;
  if (ask.kind !== 'vote') return null;
  return (
    <Beside label="Voting" isRead={ask.poll?.open !== true}>
      <Vote {...props} phase={ask.phase} poll={ask.poll} />
    </Beside>
  );
}

interface BesideProps {
  readonly label: string;
  /** There may be nothing in it that takes the focus, and more than fits: then it is scrolled by keys itself. */
  readonly isRead: boolean;
  readonly children: ComponentChildren;
}

/** When it goes, as at the reveal, whoever is in it goes on in the tree. */
function Beside({ label, isRead, children }: BesideProps) {
  const section = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const { current } = section;
    // Where a paper turns into a result, whoever was in it goes on at the question.
    const stop = current === null ? null : keepFocus(current);
    return () => {
      stop?.();
      if (current?.contains(document.activeElement) === true) focusHome();
    };
  }, []);
  return (
    <section ref={section} class="outline-writing" aria-label={label} tabIndex={isRead ? 0 : undefined}>
      {children}
    </section>
  );
}

interface Ownable {
  readonly note: BoardElement;
  readonly region: string;
}

/** The note in focus, if it may be one that this person wrote without a name. Nobody can tell but the server, and only by the key. */
function ownable(companion: Companion, { focused, board, room }: Editor): Ownable | null {
  board.version.value;
  room.authorship.value;
  const note = focused.value === null ? undefined : board.get(focused.value);
  const named = note !== undefined && room.authorOf(note.id) !== null && note.style.table === undefined;
  if (note === undefined || note.kind !== 'note' || named) return null;
  let above = note.parent;
  while (above !== null) {
    const region = regionAt(companion.gathering.value, above);
    if (region !== null) return companion.keysIn(region.key).length > 0 ? { note, region: region.key } : null;
    above = board.get(above)?.parent ?? null;
  }
  return null;
}

type YoursProps = Ownable & { readonly companion: Companion; readonly services: Services };

function Yours({ note, region, companion, services }: YoursProps) {
  const open = useSignal(false);
  return (
    <>
      <button
        type="button"
        class="link"
        aria-haspopup="dialog"
        onClick={() => {
          open.value = true;
        }}
      >
        Change or withdraw, if it is yours: {label(note)}
      </button>
      {open.value ? (
        <Mine
          note={note}
          region={region}
          companion={companion}
          services={services}
          close={() => {
            open.value = false;
          }}
        />
      ) : null}
    </>
  );
}
