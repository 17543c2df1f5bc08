/** Writing: who can see it, the field, one button, and one's own notes below. */

import { useSignal } from '@preact/signals';
import { Fragment, type TargetedSubmitEvent } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { guarantee, isHeld, progressWords, regionOf, takesPart } from '../../model/agenda.ts';
import { type BoardElement, elementId, LIMITS } from '../../model/element.ts';
import type { Opening, Phase } from '../../model/gathering/phase.ts';
import type { Region } from '../../model/gathering/region.ts';
import type { SealedNote } from '../../model/gathering/sealing.ts';
import { ApiError } from '../../net/api.ts';
import { attendanceOf } from '../gathering/attendance.ts';
import { Reasoned } from '../gathering/Reasoned.tsx';
import { Icon } from '../icons.tsx';
import { closedBecause } from '../observing.ts';
import { type HeldNote, regionTitle } from './companion.ts';
import type { FocusProps } from './FocusView.tsx';
import { Records } from './Records.tsx';
import { counted } from './words.ts';

interface Props extends FocusProps {
  readonly phase: Phase;
  readonly openings: readonly Opening[];
  /** Whether the field takes the focus when it comes. */
  readonly takesFocus?: boolean;
  /** Whether writing is what one has come for, or stands beside that. */
  readonly main?: boolean;
}

/** Writing beside something else: it takes no focus, and leads to no other view. */
export function WriteBeside(props: Omit<Props, 'takesFocus' | 'toBoard' | 'toOutline' | 'showOnBoard'>) {
  return <Write {...props} takesFocus={false} toBoard={nowhere} toOutline={nowhere} showOnBoard={nowhere} />;
}

const nowhere = (): void => undefined;

export function Write(props: Props) {
  const { companion, phase, openings } = props;
  const chosen = useSignal<string | null>(null);
  const opening = openings.find(({ region }) => region === chosen.value) ?? openings[0];
  if (opening === undefined) return null;
  const gathering = companion.gathering.value;
  const region = regionOf(gathering, opening.region);
  const question = region?.prompt || phase.instruction || region?.title || phase.title;
  const held = isHeld(opening);
  const shows = companion.person.value.role === 'table' && phase.tablesReveal && opening.visibility === 'sealed-table';
  const progress = held ? progressWords(gathering.sealing.progress) : null;
  const table = gathering.people.tables.get(companion.person.value.table ?? '');
  const handed = companion.own.value.sealing.handed.includes(opening.region);
  return (
    <>
      {openings.length < 2 ? null : (
        <fieldset class="where">
          <legend class="sr">Region</legend>
          {openings.map(({ region: key }) => (
            <label key={key}>
              <input
                type="radio"
                name="where"
                checked={key === opening.region}
                onChange={() => {
                  chosen.value = key;
                }}
              />
              <span>{regionTitle(gathering, key)}</span>
            </label>
          ))}
        </fieldset>
      )}
      <h3 class="question" dir="auto">
        {question}
      </h3>
      {table === undefined || opening.visibility === 'sealed-open' ? null : (
        <p class="question-rest" dir="auto">
          You sit at {table}.
        </p>
      )}
      {handed ? (
        <Handed companion={companion} opening={opening} />
      ) : region !== null && region.fields.length > 0 && !held && takesPart(companion.person.value) ? (
        <>
          <RecordPromise opening={opening} region={region} />
          <Records key={opening.region} {...props} region={region} />
        </>
      ) : takesPart(companion.person.value) ? (
        <Field key={opening.region} {...props} opening={opening} />
      ) : (
        <p class="guarantee">
          <Icon name="eye" />
          <span>
            <b>The group is writing{held ? ', sealed until the reveal' : ''}.</b> You observe this gathering, so adding
            notes is closed to you.
          </span>
        </p>
      )}
      {progress === null || handed ? null : (
        <p class="progress">
          <Icon name="people" small />
          {progress}
        </p>
      )}
      {shows ? <ShowTable {...props} opening={opening} /> : null}
    </>
  );
}

/** Who can see what is written in a record; that it is written names nobody to do it. */
function RecordPromise({ opening, region }: { readonly opening: Opening; readonly region: Region }) {
  const { promise, rest } = guarantee(opening);
  return (
    <p class="guarantee">
      <Icon name="eye" />
      <span>
        <b>{promise}</b> {region.names === 'none' ? rest : 'Nobody is named to do it before they say so themselves.'}
      </span>
    </p>
  );
}

/** Where a note may be as long as the board allows, its length is told only towards the end. */
const COUNTED_FROM = 0.9;

const NO_CONNECTION = 'There is no connection just now. Your words stay here; try again when it is back.';

/** The held note that is being changed, what it says, and what it is to say. */
type Editing = { readonly id: string; readonly was: string; readonly text: string } | null;

function Field(props: Props & { readonly opening: Opening }) {
  const { companion, editor, services, opening, toBoard } = props;
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const editing = useSignal<Editing>(null);
  const problem = useSignal('');
  const held = isHeld(opening);
  const longest = held ? opening.longest : LIMITS.text;
  const { promise, rest } = guarantee(opening);
  const notes = held ? companion.held(opening.region) : [];
  const paper = useSignal('');
  const papers = companion.papers;
  const forTable = papers.find(([key]) => key === paper.value) ?? null;
  const isFull =
    held && forTable === null && opening.limit > 0 && notes.length >= opening.limit && editing.value === null;
  const text = editing.value?.text ?? companion.draft(opening.region);
  const closed = held ? null : closedBecause(editor.room);

  const write = (next: string): void => {
    problem.value = '';
    if (editing.value === null) companion.type(opening.region, next);
    else editing.value = { ...editing.value, text: next };
  };
  const submit = (event?: TargetedSubmitEvent<HTMLFormElement>): void => {
    event?.preventDefault();
    const words = text.trim();
    field.current?.focus();
    if (words === '') {
      problem.value = 'Write something first.';
      return;
    }
    if (words.length > longest) {
      problem.value = `This is ${words.length - longest} characters too long.`;
      return;
    }
    if (isFull || closed !== null) return;
    if (forTable !== null && editing.value === null) {
      enter(forTable, words, text);
      return;
    }
    if (held) {
      companion.writeSealed(opening.region, words, editing.value?.id ?? null);
      services.announcer.say(editing.value === null ? 'Kept. Only you can see it.' : 'Changed.');
    } else {
      const region = regionOf(companion.gathering.value, opening.region);
      const parent = region?.element == null ? null : elementId(region.element);
      if (editor.addNote({ parent, text: words, edit: false }) === null) return;
    }
    if (editing.value === null) companion.type(opening.region, '');
    editing.value = null;
  };
  const enter = ([key, title]: readonly [string, string], words: string, sent: string): void => {
    companion.writeForTable(key, opening.region, words).then(
      () => {
        companion.sent(opening.region, sent);
        services.announcer.say(`Put in for ${title}.`);
      },
      (error: unknown) => {
        problem.value = error instanceof ApiError && error.code !== 'network' ? error.message : NO_CONNECTION;
      },
    );
  };
  const edit = (note: HeldNote): void => {
    editing.value = { id: note.note, was: note.text, text: note.text };
    problem.value = '';
    field.current?.focus();
  };
  const remove = (note: HeldNote): void => {
    companion.dropSealed(note, opening.region);
    if (editing.value?.id === note.note) editing.value = null;
    services.announcer.say('Removed.');
    field.current?.focus();
  };

  // The field is what this screen is for; on a phone its keyboard would cover the prompt before it was read.
  useEffect(() => {
    if (props.takesFocus !== false && matchMedia('(pointer: fine)').matches)
      field.current?.focus({ preventScroll: true });
  }, []);
  // The reveal, or another view, takes the field away with what is half changed in it.
  useEffect(
    () => () => {
      const begun = editing.peek();
      if (begun === null || !companion.keepChange(begun.id, begun.was, begun.text)) return;
      services.announcer.say('What you were changing is in Kept for you.');
    },
    [],
  );

  return (
    <>
      <p class="guarantee" id={`${id}-promise`}>
        <Icon name={opening.visibility === 'open' ? 'eye' : 'lock'} />
        {forTable !== null ? (
          <span>
            <b>From paper.</b>{' '}
            {opening.attribution === 'none'
              ? 'It stands without a name, as all that is written here.'
              : `It stands as a note of ${forTable[1]}, and of nobody by name.`}
          </span>
        ) : (
          <span>
            <b>{promise}</b> {rest}
          </span>
        )}
      </p>
      {papers.length === 0 ? null : (
        <label class="field whose" for={`${id}-whose`}>
          <span>Whose note is it?</span>
          <select
            id={`${id}-whose`}
            class="input"
            value={paper.value}
            onChange={(event) => {
              paper.value = event.currentTarget.value;
            }}
          >
            <option value="">Mine</option>
            {papers.map(([key, title]) => (
              <option key={key} value={key}>
                {title}, from paper
              </option>
            ))}
          </select>
        </label>
      )}
      <form class="write" onSubmit={submit} noValidate>
        <div class="write-field">
          <textarea
            ref={field}
            autocomplete="off"
            id={`${id}-text`}
            class="input"
            dir="auto"
            rows={3}
            value={text}
            aria-label={editing.value === null ? 'Your note' : 'Other words for your note'}
            aria-describedby={`${id}-promise ${id}-count ${id}-problem`}
            aria-invalid={problem.value !== ''}
            enterkeyhint="done"
            onInput={(event) => write(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === 'Escape' && editing.value !== null) {
                event.stopPropagation();
                editing.value = null;
              }
              if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
              event.preventDefault();
              submit();
            }}
          />
          <span
            class="count num"
            id={`${id}-count`}
            data-over={text.length > longest}
            hidden={!held && text.length < COUNTED_FROM * longest}
          >
            {text.length} of {longest}
          </span>
        </div>
        <p class="problem" id={`${id}-problem`} role="alert">
          {problem.value === '' ? null : (
            <>
              <Icon name="alert" small />
              {problem.value}
            </>
          )}
        </p>
        <button
          type="submit"
          class={props.main === false ? 'btn big' : 'btn main big'}
          aria-disabled={isFull || closed !== null ? true : undefined}
          aria-describedby={isFull || closed !== null ? `${id}-closed` : undefined}
        >
          <Icon name={isFull || closed !== null ? 'lock' : editing.value === null ? 'plus' : 'check'} />
          {editing.value === null ? 'Add this note' : 'Keep these words'}
        </button>
        {editing.value === null ? null : (
          <button
            type="button"
            class="btn bare"
            onClick={() => {
              editing.value = null;
              field.current?.focus();
            }}
          >
            Leave it as it was
          </button>
        )}
        {isFull || closed !== null ? (
          <p class="closed-line" id={`${id}-closed`}>
            <Icon name="lock" small />
            {closed ??
              `You have written ${counted(opening.limit)} notes, which is as many as there may be. You can change them.`}
          </p>
        ) : null}
      </form>
      {held ? (
        <Held {...props} notes={notes} edit={edit} remove={remove} editing={editing.value?.id ?? null} />
      ) : (
        <Here {...props} toBoard={toBoard} />
      )}
    </>
  );
}

/** What one's table reads by now, and nobody else yet. */
function Handed({ companion, opening }: Pick<Props, 'companion'> & { readonly opening: Opening }) {
  const { table } = companion.person.value;
  const notes = companion.ofTable(opening.region);
  const here = notes.filter((note) => note.table === table);
  // With names on them, one's own are known as such.
  const own = companion.held(opening.region);
  const mine = table !== null;
  return (
    <>
      <p class="guarantee">
        <Icon name="lock" />
        <span>
          <b>{mine ? 'Your table reads these now.' : 'Each table reads its own notes now.'}</b> Writing is closed, and
          everybody sees all of them at the next reveal.
        </span>
      </p>
      {mine ? (
        <section class="yours" aria-label="Notes of your table">
          {here.length + own.length === 0 ? <p class="hint">Nobody at your table has written here.</p> : null}
          <ul>
            {own.map((note) => (
              <li key={note.note} class="own-note">
                <p dir="auto">
                  {note.text}
                  <small> You</small>
                </p>
              </li>
            ))}
            {here.map((note) => (
              <TableNote key={note.note} note={note} companion={companion} />
            ))}
          </ul>
        </section>
      ) : null}
      {notes.length === here.length ? null : (
        <section class="yours" aria-label="Where you sit in">
          <TableNotes companion={companion} notes={notes.filter((note) => note.table !== table)} />
        </section>
      )}
    </>
  );
}

/** What tables have written, each under its name: one's own, and one that somebody of the host team sits in with. */
function TableNotes({ companion, notes }: Pick<Props, 'companion'> & { readonly notes: readonly SealedNote[] }) {
  const { tables } = companion.gathering.value.people;
  const own = companion.person.value.table;
  const known = new Set(notes.map(({ table }) => table));
  return (
    <>
      {[...known].map((table) => (
        <Fragment key={table}>
          <h4 dir="auto">{table === own ? 'Your table' : (tables.get(table ?? '') ?? 'Another table')}</h4>
          <ul>
            {notes
              .filter((note) => note.table === table)
              .map((note) => (
                <TableNote key={note.note} note={note} companion={companion} />
              ))}
          </ul>
        </Fragment>
      ))}
    </>
  );
}

function TableNote({ note, companion }: Pick<Props, 'companion'> & { readonly note: SealedNote }) {
  const author = note.by === null ? null : companion.room.nameOf(note.by);
  return (
    <li class="own-note">
      <p dir="auto">
        {note.text}
        {author === null ? null : <small> {author}</small>}
      </p>
    </li>
  );
}

interface HeldProps extends Props {
  readonly opening: Opening;
  readonly notes: readonly HeldNote[];
  readonly editing: string | null;
  readonly edit: (note: HeldNote) => void;
  readonly remove: (note: HeldNote) => void;
}

/** One's own notes, until they are revealed; and those of one's table where it reads them. */
function Held({ companion, opening, notes, editing, edit, remove }: HeldProps) {
  const id = useId();
  const saved = notes.every((note) => note.saved);
  const limit = opening.limit > 0 ? ` of up to ${opening.limit}` : '';
  const whose = opening.visibility === 'sealed-open' ? 'Only you' : 'Your table';
  return (
    <section class="yours" aria-labelledby={`${id}-title`}>
      <div class="yours-head">
        <h4 id={`${id}-title`}>Your notes</h4>
        <p class="num">
          {notes.length}
          {limit}
          {notes.length === 0 ? '' : saved ? ', saved' : ', kept on this device'}
        </p>
      </div>
      {notes.length === 0 ? (
        <p class="hint">Start with one thing. You can add more, and change them until the reveal.</p>
      ) : null}
      <ul>
        {notes.map((note) => (
          <li key={note.note} class="own-note" data-editing={note.note === editing}>
            <p dir="auto" id={`${id}-${note.note}`}>
              {note.text}
            </p>
            <span class="only">
              <Icon name="lock" small />
              {whose}
            </span>
            <button
              type="button"
              class="btn ico bare"
              aria-label="Change"
              aria-describedby={`${id}-${note.note}`}
              onClick={() => edit(note)}
            >
              <Icon name="pencil" />
            </button>
            <button
              type="button"
              class="btn ico bare"
              aria-label="Remove"
              aria-describedby={`${id}-${note.note}`}
              onClick={() => remove(note)}
            >
              <Icon name="trash" />
            </button>
          </li>
        ))}
      </ul>
      <TableNotes companion={companion} notes={companion.ofTable(opening.region)} />
    </section>
  );
}

/** Whoever hosts a table shows it what it wrote, all at once, before hosts show it to everybody. */
function ShowTable({ companion, services, opening }: Props & { readonly opening: Opening }) {
  const attendance = attendanceOf(companion.room);
  const seated = companion.person.value.table !== null;
  const why = companion.isHanded(opening.region)
    ? 'Your table reads them already.'
    : seated
      ? null
      : 'You sit at no table yet. A host can seat you at yours.';
  return (
    <p class="show-table">
      <Reasoned
        label="Show my table its notes"
        reason={why}
        run={() => void attendance.ask(services, 'table.reveal', {}, 'Your table reads its notes now.')}
      />
    </p>
  );
}

/** What is written in the region already, for everybody to read. */
function Here({ companion, editor, opening, toBoard }: Props & { readonly opening: Opening }) {
  const id = useId();
  const { board } = editor;
  board.version.value;
  const region = regionOf(companion.gathering.value, opening.region);
  const inside = region?.element == null ? [] : board.children(elementId(region.element));
  // The newest first, where its author has just looked.
  const notes = inside.filter(({ kind, text }: BoardElement) => kind === 'note' && text.trim() !== '').toReversed();
  const title = region?.title ?? '';
  return (
    <section class="yours" aria-labelledby={`${id}-title`}>
      <div class="yours-head">
        <h4 id={`${id}-title`}>{title}</h4>
        <p class="num">{notes.length === 1 ? '1 note' : `${notes.length} notes`}</p>
      </div>
      {notes.length === 0 ? <p class="hint">Nothing here yet. Write the first.</p> : null}
      <ul>
        {notes.map((note) => (
          <li key={note.id} class="own-note open">
            <p dir="auto">{note.text}</p>
          </li>
        ))}
      </ul>
      <button type="button" class="btn" onClick={toBoard}>
        <Icon name="board" small />
        See it on the board
      </button>
    </section>
  );
}
