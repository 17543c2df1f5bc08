/** Writing records by oneself: one field after the other, and below what is there, with one's own name to put to it. */

import '../styles/records.css';
import { useSignal } from '@preact/signals';
import { useEffect, useId, useRef } from 'preact/hooks';
import { type ElementId, elementId, LIMITS } from '../../model/element.ts';
import type { Region } from '../../model/gathering/region.ts';
import { type BoardRecord, headOf, recordOf } from '../../model/records.ts';
import type { Editor } from '../editor.ts';
import { attendanceOf } from '../gathering/attendance.ts';
import { Icon } from '../icons.tsx';
import { RecordFields, RecordSaid } from '../records/RecordFields.tsx';
import { RecordNames } from '../records/RecordNames.tsx';
import { endRecord, whyClosed } from '../records/writing.ts';
import type { Companion } from './companion.ts';
import type { FocusProps } from './FocusView.tsx';

interface Props extends FocusProps {
  readonly region: Region;
}

/** The records in a region, the newest first, where their author has just looked. */
function recordsIn(editor: Editor, companion: Companion, region: Region): readonly BoardRecord[] {
  const { board } = editor;
  board.version.value;
  const inside = region.element === null ? [] : board.children(elementId(region.element));
  return inside
    .flatMap((element) => recordOf(board, companion.gathering.value, companion.own.value, element) ?? [])
    .toReversed();
}

export function Records(props: Props) {
  const { companion, editor, services, region } = props;
  const attendance = attendanceOf(editor.room);
  /** What is written in just now, and from which field on. */
  const writing = useSignal<{ readonly id: ElementId; readonly first: number } | null>(null);
  const records = recordsIn(editor, companion, region);
  const current = records.find((record) => record.id === writing.value?.id);
  const stop = (): void => {
    if (writing.value !== null) endRecord(writing.value.id, attendance, editor);
    writing.value = null;
  };
  // Whoever goes elsewhere has finished.
  useEffect(() => stop, []);

  if (current !== undefined) {
    return (
      <RecordFields
        key={current.id}
        record={current}
        editor={editor}
        closed={whyClosed(current, attendance, editor)}
        oneByOne
        first={writing.value?.first ?? 0}
        done={() => {
          stop();
          services.announcer.say('Kept.');
        }}
      />
    );
  }
  return (
    <>
      <First
        {...props}
        begin={(made) => {
          writing.value = { id: made, first: 1 };
        }}
      />
      <RecordsHere
        {...props}
        change={(of) => {
          writing.value = { id: of, first: 0 };
        }}
      />
    </>
  );
}

interface HereProps extends FocusProps {
  readonly region: Region;
  /** Writes in one of them; null where they are only to be read and signed. */
  readonly change: ((id: ElementId) => void) | null;
}

/** The records of a region, each with the names that are on it, and one's own to put. */
export function RecordsHere({ companion, editor, services, region, change }: HereProps) {
  const id = useId();
  const attendance = attendanceOf(editor.room);
  const records = recordsIn(editor, companion, region);
  return (
    <section class="yours" aria-labelledby={`${id}-title`}>
      <div class="yours-head">
        <h4 id={`${id}-title`}>{region.title}</h4>
        <p class="num">{records.length === 1 ? '1 card' : `${records.length} cards`}</p>
      </div>
      {records.length === 0 ? (
        <p class="hint">{change === null ? 'Nothing here yet.' : 'Nothing here yet. Write the first.'}</p>
      ) : null}
      <ul class="record-list">
        {records.map((record) => (
          <li key={record.id} aria-label={headOf(record)}>
            <RecordSaid record={record} />
            {change !== null && whyClosed(record, attendance, editor) === null ? (
              <div class="row">
                <button type="button" class="btn" onClick={() => change(record.id)}>
                  <Icon name="pencil" small />
                  Change<span class="sr"> “{headOf(record)}”</span>
                </button>
              </div>
            ) : null}
            <RecordNames record={record} attendance={attendance} editor={editor} services={services} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The first field of a new record: with it the card comes into being. */
function First({ companion, editor, region, begin }: Props & { readonly begin: (id: ElementId) => void }) {
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const problem = useSignal('');
  const [field] = region.fields;
  if (field === undefined) return null;
  return (
    <form
      class="write"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const text = companion.draft(region.key).trim();
        if (text === '') {
          problem.value = 'Write something first.';
          area.current?.focus();
          return;
        }
        const parent = region.element === null ? null : elementId(region.element);
        const made = editor.addNote({ parent, text, edit: false });
        if (made === null) return;
        companion.type(region.key, '');
        begin(made);
      }}
    >
      <div class="field">
        <label for={id} dir="auto">
          <b>{field.label}</b>
        </label>
        {field.hint === '' ? null : (
          <p class="hint" id={`${id}-hint`}>
            {field.hint}
          </p>
        )}
        <textarea
          ref={area}
          id={id}
          class="input"
          dir="auto"
          rows={3}
          maxLength={LIMITS.text}
          value={companion.draft(region.key)}
          aria-describedby={`${id}-hint ${id}-problem`}
          aria-invalid={problem.value !== ''}
          onInput={({ currentTarget }) => {
            problem.value = '';
            companion.type(region.key, currentTarget.value);
          }}
        />
      </div>
      <p class="problem" id={`${id}-problem`} role="alert">
        {problem.value === '' ? null : (
          <>
            <Icon name="alert" small />
            {problem.value}
          </>
        )}
      </p>
      <button type="submit" class="btn main big">
        Next
        <Icon name="arrow" />
      </button>
    </form>
  );
}

/** What one is asked to lead, in whatever step. */
export function AskedOfMe({ companion, editor, services }: Pick<FocusProps, 'companion' | 'editor' | 'services'>) {
  const attendance = attendanceOf(editor.room);
  const { board } = editor;
  board.version.value;
  const own = companion.own.value;
  const ids = [...new Set(own.recording.offered.map(({ element }) => element))];
  const records = ids.flatMap((id) => recordOf(board, companion.gathering.value, own, board.get(elementId(id))) ?? []);
  if (records.length === 0) return null;
  return (
    <section class="yours" aria-label="Asked of you">
      <h3 class="names-title">Asked of you</h3>
      <ul class="record-list">
        {records.map((record) => (
          <li key={record.id} aria-label={headOf(record)}>
            <RecordSaid record={record} />
            <RecordNames record={record} attendance={attendance} editor={editor} services={services} />
          </li>
        ))}
      </ul>
    </section>
  );
}
