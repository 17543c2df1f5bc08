/** What one was writing when the group went on, and what missed its reveal: offered back, to its author alone. */

import { useId } from 'preact/hooks';
import { guarantee, regionOf } from '../../model/agenda.ts';
import { elementId } from '../../model/element.ts';
import type { Opening } from '../../model/gathering/phase.ts';
import type { StoredDraft } from '../../net/gatheringStorage.ts';
import type { OwnNote } from '../../sync/sealed.ts';
import type { Editor } from '../editor.ts';
import { Icon } from '../icons.tsx';
import type { Services } from '../services.ts';
import type { Companion } from './companion.ts';

interface Props {
  readonly companion: Companion;
  readonly editor: Editor;
  readonly services: Services;
}

export function Left({ companion, editor, services }: Props) {
  const { left, missed } = companion;
  return (
    <>
      {missed.map((note) => (
        <Missed key={note.note} note={note} companion={companion} services={services} />
      ))}
      {left.map((draft) => (
        <Unfinished key={draft.region} draft={draft} companion={companion} editor={editor} services={services} />
      ))}
    </>
  );
}

function Missed({ note, companion, services }: { readonly note: OwnNote } & Omit<Props, 'editor'>) {
  const id = useId();
  return (
    <section class="offer" aria-labelledby={`${id}-what`}>
      <p id={`${id}-what`}>
        <b>The notes were revealed while you were offline.</b> Add yours now?
      </p>
      <p class="offer-text" dir="auto" id={`${id}-text`}>
        {note.text}
      </p>
      <div class="row">
        <button
          type="button"
          class="btn soft-fill"
          aria-describedby={`${id}-text`}
          onClick={() => {
            companion.addLate(note.note);
            services.announcer.say('Your note is being added.');
          }}
        >
          Add now
        </button>
        <button
          type="button"
          class="btn"
          aria-describedby={`${id}-text`}
          onClick={() => {
            companion.keepForMe(note.note);
            services.announcer.say('It is in Kept for you.');
          }}
        >
          Keep for me
        </button>
      </div>
    </section>
  );
}

/** The group has moved on to a step in which others see what is written here, or another name is with it. */
function OnOtherTerms({
  draft,
  terms,
  companion,
  services,
}: { readonly draft: StoredDraft; readonly terms: Opening } & Omit<Props, 'editor'>) {
  const id = useId();
  const { promise, rest } = guarantee(terms);
  return (
    <section class="offer" aria-labelledby={`${id}-what`}>
      <p id={`${id}-what`}>
        <b>We moved on.</b> Your unfinished note is kept for you alone. In this step something else holds: {promise}{' '}
        {rest}
      </p>
      <p class="offer-text" dir="auto" id={`${id}-text`}>
        {draft.text}
      </p>
      <div class="row">
        <button
          type="button"
          class="btn soft-fill"
          aria-describedby={`${id}-what ${id}-text`}
          onClick={() => {
            companion.goOn(draft);
            services.announcer.say('You can go on writing it.');
          }}
        >
          Go on with it
        </button>
        <button
          type="button"
          class="btn bare stop"
          aria-describedby={`${id}-text`}
          onClick={() => {
            companion.type(draft.region, '');
            services.announcer.say('Discarded.');
          }}
        >
          Discard
        </button>
      </div>
    </section>
  );
}

function Unfinished({ draft, companion, editor, services }: { readonly draft: StoredDraft } & Props) {
  const id = useId();
  const { region: key, text } = draft;
  const terms = companion.otherTerms(draft);
  if (terms !== null) return <OnOtherTerms draft={draft} terms={terms} companion={companion} services={services} />;
  const late = companion.wasRevealed(key);
  // What is sealed can be added once it was revealed; until then the step it belongs to would have to be opened again.
  const sealed = companion.gathering.value.show.phases.some(({ opens }) =>
    opens.some(({ region, visibility }) => region === key && visibility !== 'open'),
  );
  const waits = sealed && !late;
  const add = (): void => {
    if (waits) return;
    if (late) {
      companion.addLeft(draft);
      services.announcer.say('Your note is being added.');
      return;
    }
    const region = regionOf(companion.gathering.value, key);
    const parent = region?.element == null ? null : elementId(region.element);
    if (editor.refuse() || editor.addNote({ parent, text: text.trim(), edit: false }) === null) return;
    companion.type(key, '');
    services.announcer.say('Your words are on the board as a note.');
  };
  return (
    <section class="offer" aria-labelledby={`${id}-what`}>
      <p id={`${id}-what`}>
        <b>We moved on.</b> Your unfinished note is kept for you alone.
      </p>
      <p class="offer-text" dir="auto" id={`${id}-text`}>
        {text}
      </p>
      <div class="row">
        <button
          type="button"
          class="btn soft-fill"
          aria-disabled={waits ? true : undefined}
          aria-describedby={waits ? `${id}-text ${id}-why` : `${id}-text`}
          onClick={add}
        >
          {waits ? <Icon name="lock" small /> : null}
          Add it
        </button>
        <button
          type="button"
          class="btn bare stop"
          aria-describedby={`${id}-text`}
          onClick={() => {
            companion.type(key, '');
            services.announcer.say('Discarded.');
          }}
        >
          Discard
        </button>
      </div>
      {waits ? (
        <p class="closed-line" id={`${id}-why`}>
          <Icon name="lock" small />
          Writing here is closed until the notes are revealed. You can add it then.
        </p>
      ) : null}
    </section>
  );
}
