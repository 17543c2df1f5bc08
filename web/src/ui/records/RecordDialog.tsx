/** A record in a dialog: its fields, and whose names are on it. Closed without a word in it, a new one goes again. */

import '../styles/records.css';
import { useEffect } from 'preact/hooks';
import type { ElementId } from '../../model/element.ts';
import { recordOf } from '../../model/records.ts';
import { Dialog } from '../Dialog.tsx';
import type { Editor } from '../editor.ts';
import type { Attendance } from '../gathering/attendance.ts';
import { layout } from '../layout.ts';
import type { Services } from '../services.ts';
import { RecordFields } from './RecordFields.tsx';
import { RecordNames } from './RecordNames.tsx';
import { endRecord, whyClosed } from './writing.ts';

interface Props {
  readonly id: ElementId;
  readonly attendance: Attendance;
  readonly editor: Editor;
  readonly services: Services;
}

export function RecordDialog({ id, attendance, editor, services }: Props) {
  const { board } = editor;
  board.version.value;
  const record = recordOf(board, attendance.gathering.value, attendance.own.value, board.get(id));
  const close = (): void => {
    if (attendance.opened.peek() === id) attendance.opened.value = null;
  };

  // Somebody deleted it meanwhile, or moved it to where no records are.
  useEffect(() => {
    if (record === null) close();
  }, [record === null]);
  // Once, when it is closed in whatever way.
  useEffect(() => () => endRecord(id, attendance, editor), []);

  if (record === null) return null;
  const { region } = record;
  return (
    <Dialog title={region.title} {...(region.prompt === '' ? {} : { lead: region.prompt })} close={close}>
      <RecordFields
        record={record}
        editor={editor}
        closed={whyClosed(record, attendance, editor)}
        oneByOne={layout.value === 'phone'}
        done={close}
      />
      <RecordNames record={record} attendance={attendance} editor={editor} services={services} />
    </Dialog>
  );
}
