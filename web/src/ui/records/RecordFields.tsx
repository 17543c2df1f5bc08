/** The fields of a record, all at once or one after the other. What is typed goes to the board as it is typed. */

import { useSignal } from '@preact/signals';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { LINKS } from '../../model/cardFields.ts';
import { type ElementId, LIMITS } from '../../model/element.ts';
import type { RecordField } from '../../model/gathering/region.ts';
import { type BoardRecord, choicesFor } from '../../model/records.ts';
import { textDiff } from '../../model/textDiff.ts';
import { caretAfter, mergeText } from '../../model/textMerge.ts';
import type { Editor } from '../editor.ts';
import { attendanceOf } from '../gathering/attendance.ts';
import { Icon } from '../icons.tsx';
import { type GoingOn, RecordLinks } from './RecordLinks.tsx';

interface Props {
  readonly record: BoardRecord;
  readonly editor: Editor;
  /** Why nothing can be written; null where it can. */
  readonly closed: string | null;
  readonly oneByOne: boolean;
  /** Where one begins, one by one. */
  readonly first?: number;
  readonly done: () => void;
}

export function RecordFields({ record, editor, closed, oneByOne, first = 0, done }: Props) {
  const at = useSignal(first);
  const goingOn = useRef<GoingOn['current']>(null);
  if (closed !== null) {
    return (
      <>
        <RecordSaid record={record} />
        <p class="closed-line">
          <Icon name="lock" small />
          {closed}
        </p>
      </>
    );
  }
  const said = record.said.filter(({ field }) => field.key !== LINKS || hasLinks(record, editor));
  const index = Math.min(at.value, said.length - 1);
  const shown = oneByOne ? said.slice(index, index + 1) : said;
  const isLast = index === said.length - 1;
  return (
    <form
      class="record-form"
      onSubmit={(event) => {
        event.preventDefault();
        goingOn.current?.();
        if (!oneByOne || isLast) done();
        else at.value = index + 1;
      }}
    >
      {oneByOne ? (
        <p class="soft num">
          {index + 1} of {said.length}
        </p>
      ) : null}
      {shown.map(({ field }, number) => (
        <Place
          key={field.key}
          record={record}
          field={field}
          editor={editor}
          goingOn={goingOn}
          takesFocus={oneByOne ? index > first : number === 0}
        />
      ))}
      <div class="row">
        {oneByOne && index > 0 ? (
          <button
            type="button"
            class="btn"
            onClick={() => {
              at.value = index - 1;
            }}
          >
            <Icon name="back" small />
            Back
          </button>
        ) : null}
        <button type="submit" class={oneByOne ? 'btn main big' : 'btn main'}>
          <Icon name={oneByOne && !isLast ? 'arrow' : 'check'} small />
          {oneByOne && !isLast ? 'Next' : 'Done'}
        </button>
      </div>
    </form>
  );
}

/** Where nothing has been made that it could be for, nobody is asked what it is for. */
function hasLinks({ serves, region }: BoardRecord, { board, room }: Editor): boolean {
  board.version.value;
  return serves.length > 0 || choicesFor(board, attendanceOf(room).gathering.value, region).length > 0;
}

/** What a record says, to read. */
export function RecordSaid({ record }: { readonly record: BoardRecord }) {
  return (
    <dl class="record-said">
      {record.said
        .filter(({ field, text }) => field.needed || text !== '')
        .map(({ field, text }) => (
          <div key={field.key}>
            <dt dir="auto">{field.label}</dt>
            <dd dir="auto">{text === '' ? <em>Not written yet</em> : text}</dd>
          </div>
        ))}
    </dl>
  );
}

interface FieldProps {
  readonly record: BoardRecord;
  readonly field: RecordField;
  readonly editor: Editor;
  readonly takesFocus: boolean;
}

/** A card that was moved here from elsewhere has the fields of where it came from. */
function Place(props: FieldProps & { readonly goingOn: GoingOn }) {
  const { record, field, editor } = props;
  const { board } = editor;
  board.version.value;
  if (board.get(record.id) === undefined || board.hasField(record.id, field.key)) {
    return field.key === LINKS ? <RecordLinks {...props} label={field.label} /> : <Field {...props} />;
  }
  return (
    <div class="field">
      <p dir="auto">
        <b>{field.label}</b>
      </p>
      <p class="closed-line">
        <Icon name="lock" small />
        This card was made elsewhere and has no place for this. Write it on a new card here.
      </p>
    </div>
  );
}

function Field({ record: { id }, field, editor, takesFocus }: FieldProps) {
  const name = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const { board } = editor;
  board.version.value;
  const words = fieldOf(editor, id, field.key);
  /** What the field and the board last agreed on, so that what is typed next is known as a change to it. */
  const agreed = useRef(words);
  const composing = useRef(false);

  const catchUp = (): void => {
    const box = area.current;
    const next = fieldOf(editor, id, field.key);
    const change = box === null ? null : textDiff(box.value, next);
    agreed.current = next;
    if (box === null || change === null) return;
    const { selectionStart, selectionEnd } = box;
    box.value = next;
    if (document.activeElement !== box) return;
    box.setSelectionRange(caretAfter(change, selectionStart), caretAfter(change, selectionEnd));
  };
  const type = (typed: string, caret: number): void => {
    const now = fieldOf(editor, id, field.key);
    const isMine = now === agreed.current;
    board.editText(id, isMine ? typed : mergeText(agreed.current, typed, now), isMine ? caret : undefined, field.key);
    agreed.current = typed;
  };

  // A colleague's words come into the field as they arrive, unless an input method is in the middle of one.
  useLayoutEffect(() => {
    if (!composing.current) catchUp();
  }, [words]);
  useLayoutEffect(() => {
    if (takesFocus) area.current?.focus();
  }, []);

  return (
    <div class="field">
      <label for={name} dir="auto">
        {field.label}
        {field.needed ? null : <small class="soft"> (can be left open)</small>}
      </label>
      {field.hint === '' ? null : (
        <p class="hint" id={`${name}-hint`}>
          {field.hint}
        </p>
      )}
      <textarea
        ref={area}
        id={name}
        class="input"
        dir="auto"
        rows={2}
        maxLength={LIMITS.text}
        defaultValue={agreed.current}
        aria-describedby={field.hint === '' ? undefined : `${name}-hint`}
        aria-required={field.needed}
        onInput={({ currentTarget }) => {
          if (!composing.current) type(currentTarget.value, currentTarget.selectionEnd);
        }}
        onCompositionStart={() => {
          composing.current = true;
        }}
        onCompositionEnd={({ currentTarget }) => {
          composing.current = false;
          type(currentTarget.value, currentTarget.selectionEnd);
          catchUp();
        }}
      />
    </div>
  );
}

function fieldOf(editor: Editor, id: ElementId, key: string): string {
  const payload = editor.board.get(id)?.payload;
  if (typeof payload !== 'object' || payload === null) return '';
  const value = (payload as Readonly<Record<string, unknown>>)[key];
  return typeof value === 'string' ? value : '';
}
