/** What is done for a record: the cards that name it, and making another. */

import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import type { Region } from '../../model/gathering/region.ts';
import { type BoardRecord, byRegion, headOf, type Serving, STATUS_WORDS } from '../../model/records.ts';
import type { Editor } from '../editor.ts';
import type { Attendance } from '../gathering/attendance.ts';
import { Icon } from '../icons.tsx';
import { servingOn, spawn, spawningRegion, spawnWords } from './served.ts';

interface Props {
  readonly record: BoardRecord;
  readonly attendance: Attendance;
  readonly editor: Editor;
}

export function RecordServed({ record, attendance, editor }: Props) {
  const { board } = editor;
  board.version.value;
  const groups = byRegion(servingOn(board, attendance.gathering.value).get(record.id) ?? []);
  const open = spawningRegion(record.id, attendance, editor);
  const regions = open === null || groups.has(open) ? [...groups.keys()] : [...groups.keys(), open];
  return (
    <>
      {regions.map((region) => (
        <Group key={region.key} region={region} by={groups.get(region) ?? []} editor={editor}>
          {region !== open ? null : (
            <div class="row">
              <button type="button" class="btn" onClick={() => spawn(record.id, region, editor)}>
                <Icon name="plus" small />
                {spawnWords(region)}
                <span class="sr">: “{headOf(record)}”</span>
              </button>
            </div>
          )}
        </Group>
      ))}
    </>
  );
}

interface GroupProps {
  readonly region: Region;
  readonly by: readonly Serving[];
  readonly editor: Editor;
  readonly children: ComponentChildren;
}

function Group({ region, by, editor, children }: GroupProps) {
  const id = useId();
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is of fields
    <div class="record-names" role="group" aria-labelledby={id}>
      <p class="names-title" id={id}>
        {region.title} for this
      </p>
      {by.length === 0 ? null : (
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
      {children}
    </div>
  );
}
