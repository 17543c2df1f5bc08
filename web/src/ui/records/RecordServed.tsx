/** What is done for a record: the cards that name it, and making another. */

import { useId } from 'preact/hooks';
import { type BoardRecord, STATUS_WORDS, serving } from '../../model/records.ts';
import type { Editor } from '../editor.ts';
import type { Attendance } from '../gathering/attendance.ts';
import { Icon } from '../icons.tsx';
import { spawn, spawningRegion, spawnWords } from './served.ts';

interface Props {
  readonly record: BoardRecord;
  readonly attendance: Attendance;
  readonly editor: Editor;
}

export function RecordServed({ record, attendance, editor }: Props) {
  const id = useId();
  const { board } = editor;
  board.version.value;
  const by = serving(board, attendance.gathering.value).get(record.id) ?? [];
  const region = spawningRegion(record.id, attendance, editor);
  const [first] = by;
  if (first === undefined && region === null) return null;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is of fields
    <div class="record-names" role="group" aria-labelledby={id}>
      <p class="names-title" id={id}>
        {(first?.region ?? region)?.title} for this
      </p>
      {first === undefined ? null : (
        <ul class="record-links">
          {by.map((one) => (
            <li key={one.id}>
              <button type="button" class="link" onClick={() => editor.edit(one.id)}>
                <span dir="auto">{one.head}</span>
              </button>
              {one.status === null ? null : <small class="soft">{STATUS_WORDS[one.status]}</small>}
            </li>
          ))}
        </ul>
      )}
      {region === null ? null : (
        <div class="row">
          <button type="button" class="btn" onClick={() => spawn(record.id, region, editor)}>
            <Icon name="plus" small />
            {spawnWords(region)}
          </button>
        </div>
      )}
    </div>
  );
}
