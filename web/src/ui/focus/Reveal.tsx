/** The reveal: all notes at once, shuffled and plain. Silence first: nothing here asks for anything. */

import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { phaseNow, regionOf } from '../../model/agenda.ts';
import { type BoardElement, elementId } from '../../model/element.ts';
import { Icon, SeedMark } from '../icons.tsx';
import type { FocusProps } from './FocusView.tsx';
import { Mine } from './Mine.tsx';
import { things } from './things.ts';

interface Props extends FocusProps {
  readonly regions: readonly string[];
}

export function Reveal(props: Props) {
  const { companion } = props;
  const phase = phaseNow(companion.gathering.value);
  return (
    <>
      <h3 class="question">Read in silence</h3>
      <p class="question-rest">Here is what the group sees. Look for what surprises you.</p>
      {props.regions.map((region) => (
        <Plot key={region} {...props} region={region} named={isNamed(phase?.opens ?? [], region)} />
      ))}
    </>
  );
}

function isNamed(opens: readonly { readonly region: string; readonly attribution: string }[], region: string): boolean {
  return opens.find((opening) => opening.region === region)?.attribution === 'named';
}

function Plot({ companion, editor, services, region: key, named }: Props & { region: string; named: boolean }) {
  const id = useId();
  const choosing = useSignal(false);
  const changing = useSignal<BoardElement | null>(null);
  const { board } = editor;
  board.version.value;
  editor.room.authorship.value;
  const gathering = companion.gathering.value;
  const region = regionOf(gathering, key);
  const notes = things(board, gathering, key).filter(({ text }) => text.trim() !== '');
  const number = region?.element == null ? undefined : board.get(elementId(region.element))?.style.no;
  // The page shows nobody which note is whose, not even its author: somebody may look over their shoulder.
  const hasKeys = companion.keysIn(key).length > 0;
  return (
    <>
      <section class="reveal-plot" aria-labelledby={`${id}-title`}>
        <header>
          <div>
            <h4 id={`${id}-title`}>
              {typeof number === 'number' ? <span class="no num">{number}</span> : null}
              {region?.title ?? ''}
            </h4>
            {region?.prompt ? <p dir="auto">{region.prompt}</p> : null}
          </div>
          <span class="now-pill">
            <Icon name="sprout" small />
            Just revealed
          </span>
        </header>
        <ul class="reveal-grid">
          {notes.map((note) => (
            <li key={note.id} class={`reveal-note ${note.colour ?? 'oat'}`}>
              <p dir="auto">{note.text}</p>
              {named || note.style.table !== undefined ? (
                <small dir="auto">{editor.room.authorOf(note.id)}</small>
              ) : null}
              {hasKeys && choosing.value ? (
                <button
                  type="button"
                  class="btn ico bare"
                  aria-label={`Change or withdraw, if it is yours: ${note.text}`}
                  title="Yours? Change or withdraw it"
                  onClick={() => {
                    changing.value = note;
                  }}
                >
                  <Icon name="more" />
                </button>
              ) : null}
              <SeedMark colour={note.colour ?? 'oat'} />
            </li>
          ))}
        </ul>
      </section>
      <p class="reveal-line">
        <Icon name="sprout" />
        <span>
          <b>{notes.length === 1 ? 'One note.' : `${notes.length} notes, all at once.`}</b> The order is shuffled.{' '}
          {named ? 'Each has its author’s name.' : 'No names are stored with them.'}
        </span>
      </p>
      {hasKeys ? (
        <button
          type="button"
          class="link reveal-mine"
          aria-pressed={choosing.value}
          onClick={() => {
            choosing.value = !choosing.value;
          }}
        >
          Reword or withdraw a note of mine
        </button>
      ) : null}
      {changing.value === null ? null : (
        <Mine
          note={changing.value}
          region={key}
          companion={companion}
          services={services}
          close={() => {
            changing.value = null;
          }}
        />
      )}
    </>
  );
}
