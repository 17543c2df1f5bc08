import { signal } from '@preact/signals-core';
import { expect, it } from 'vitest';
import type { Attendance } from '../../../src/ui/gathering/attendance.ts';
import { tellVisits } from '../../../src/ui/gathering/visitors.ts';
import type { Services } from '../../../src/ui/services.ts';
import { gathering } from '../../model/gatherings.ts';

it('tells a table who comes and leaves, and whoever sits elsewhere now that nobody has left', () => {
  const said: string[] = [];
  const visit = { seat: 'rosa', table: 't1', from: 0, here: true };
  const told = signal({ ...gathering(), visits: [visit] });
  const own = signal({ people: { table: 't1' } });
  const room = { me: signal({ seat: 'ann' }) };
  const attendance = { gathering: told, own, room, nameOf: () => 'Rosa' } as unknown as Attendance;
  const services = {
    announcer: { say: (text: string) => said.push(text) },
    toaster: { show: () => undefined },
  } as unknown as Services;
  const heard = (): readonly string[] => said.splice(0);
  const stop = tellVisits(attendance, services);
  const comes = 'Rosa sits in and reads what your table shares.';
  expect(heard()).toEqual([comes]);
  own.value = { people: { table: 't2' } };
  expect(heard()).toEqual([]);
  own.value = { people: { table: 't1' } };
  expect(heard()).toEqual([comes]);
  told.value = { ...told.value, visits: [] };
  expect(heard()).toEqual(['Rosa has left your table.']);
  stop();
});
