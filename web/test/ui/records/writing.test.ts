import { signal } from '@preact/signals';
import { expect, it } from 'vitest';
import { elementId } from '../../../src/model/element.ts';
import { readGathering } from '../../../src/model/gathering/gathering.ts';
import { readOwn } from '../../../src/model/gathering/own.ts';
import type { Editor } from '../../../src/ui/editor.ts';
import type { Attendance } from '../../../src/ui/gathering/attendance.ts';
import { endRecord } from '../../../src/ui/records/writing.ts';
import { addFrame, bench, rect } from '../../model/boards.ts';
import { ruler } from '../../render/ruler.ts';

const FIELDS = [{ key: 'who', label: 'Who', hint: '', needed: true }];

it.each([
  ['what another region asked for stays', { ht: 'step', what: 'Call the school' }, true],
  ['without a word it goes', { ht: 'step', what: '', who: ' ' }, false],
])('a card that is closed: %s', (_, payload, stays) => {
  const { board } = bench(1);
  const parent = addFrame(board, 'People');
  const [id = elementId('')] = board.run({
    type: 'create',
    elements: [{ kind: 'card', rect: rect(20, 90), parent, payload }],
  });
  const region = { key: 'people', title: 'People', kind: 'record', element: parent, fields: FIELDS, names: 'none' };
  const attendance = {
    gathering: signal(readGathering({ show: { stage: 'ready', regions: [region] } })),
    own: signal(readOwn({})),
    person: signal({ role: 'host', table: null }),
    hosting: signal(true),
    minute: 0,
  } as unknown as Attendance;
  const room = { canWrite: signal(true), role: signal('host'), ready: signal(true), mode: signal('open') };
  endRecord(id, attendance, { board, room, text: { measurer: ruler } } as unknown as Editor);
  expect(board.get(id) !== undefined).toBe(stays);
});
