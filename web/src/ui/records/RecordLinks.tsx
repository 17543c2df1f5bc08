/** Choosing what a record is for, from what the group has made: a list, a button to add, and one to take away. */

import { useSignal } from '@preact/signals';
import { useEffect, useId, useLayoutEffect, useRef } from 'preact/hooks';
import { LINKS } from '../../model/cardFields.ts';
import type { ElementId } from '../../model/element.ts';
import { type BoardRecord, choicesFor, MOST_LINKS, recordOf } from '../../model/records.ts';
import type { Editor } from '../editor.ts';
import { attendanceOf } from '../gathering/attendance.ts';
import { Reasoned } from '../gathering/Reasoned.tsx';
import { Icon } from '../icons.tsx';
import { shortened } from './served.ts';
import { whyClosed } from './writing.ts';

/** What a form does before it goes on to the next field, or is done. */
export interface GoingOn {
  current: (() => void) | null;
}

interface Props {
  readonly record: BoardRecord;
  readonly label: string;
  readonly editor: Editor;
  readonly takesFocus: boolean;
  /** Whoever has chosen something and presses Next or Done means it. */
  readonly goingOn: GoingOn;
}

export function RecordLinks({ record, label, editor, takesFocus, goingOn }: Props) {
  const name = useId();
  const list = useRef<HTMLSelectElement>(null);
  const chosen = useSignal('');
  const { board } = editor;
  board.version.value;
  const { id, region, serves } = record;
  const attendance = attendanceOf(editor.room);
  const taken = new Set<string>(serves.map((to) => to.id));
  const choices = choicesFor(board, attendance.gathering.value, region);
  const left = choices
    .map(({ title, things }) => ({ title, things: things.filter((thing) => !taken.has(thing.id)) }))
    .filter(({ things }) => things.length > 0);
  const known = left.flatMap(({ things }) => things).find((thing) => thing.id === chosen.value);

  useEffect(() => {
    if (takesFocus) list.current?.focus();
  }, []);

  const link = (to: readonly ElementId[]): void => {
    board.editText(id, to.join('\n'), undefined, LINKS);
    board.endText(id);
  };
  const add = (): void => {
    // As it is by now: it may have been agreed, or linked by somebody else, since this was drawn.
    const now = recordOf(board, attendance.gathering.peek(), attendance.own.peek(), board.get(id));
    if (known === undefined || now === null || whyClosed(now, attendance, editor) !== null) return;
    const there = now.serves.map((to) => to.id);
    if (there.length < MOST_LINKS && !there.includes(known.id)) link([...there, known.id]);
  };
  useLayoutEffect(() => {
    goingOn.current = add;
    return () => {
      goingOn.current = null;
    };
  });
  return (
    <div class="field">
      {left.length === 0 ? (
        <p>
          <b>{label}</b>
        </p>
      ) : (
        <label for={name}>
          {label}
          <small class="soft"> (can be left open)</small>
        </label>
      )}
      {serves.length === 0 ? null : (
        <ul class="record-links" aria-label={label}>
          {serves.map((to) => (
            <li key={to.id}>
              <span dir="auto">{to.head === null ? <em>Not on the board any more</em> : to.head}</span>
              <button
                type="button"
                class="btn bare ico"
                aria-label={`Take away “${to.head ?? 'what is not on the board any more'}”`}
                onClick={() => {
                  link(serves.flatMap((other) => (other === to ? [] : other.id)));
                  // There may have been no list as long as everything was chosen.
                  requestAnimationFrame(() => list.current?.focus());
                }}
              >
                <Icon name="close" small />
              </button>
            </li>
          ))}
        </ul>
      )}
      {left.length === 0 ? null : (
        <div class="ask-one">
          <select
            ref={list}
            id={name}
            class="input"
            value={known === undefined ? '' : chosen.value}
            onChange={({ currentTarget: { value } }) => {
              chosen.value = value;
            }}
          >
            <option value="">Choose</option>
            {left.map(({ title, things }) => (
              <optgroup key={title} label={title}>
                {things.map((thing) => (
                  <option key={thing.id} value={thing.id}>
                    {shortened(thing.head)}
                  </option>
                ))}
              </optgroup>
            ))}
          </select>
          <Reasoned
            label="Add"
            reason={
              serves.length >= MOST_LINKS
                ? `It is for ${MOST_LINKS} things already.`
                : known === undefined
                  ? 'Choose something first.'
                  : null
            }
            run={() => {
              add();
              chosen.value = '';
            }}
          />
        </div>
      )}
    </div>
  );
}
