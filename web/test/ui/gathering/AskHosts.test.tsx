import { signal } from '@preact/signals';
import { render } from 'preact';
import { afterEach, expect, it } from 'vitest';
import { AskHosts } from '../../../src/ui/gathering/AskHosts.tsx';
import { gathering } from '../../model/gatherings.ts';

const page = document.body.appendChild(document.createElement('div'));

afterEach(() => render(null, page));

it('lets whoever hosts a table ask for anybody who takes part to be moved', () => {
  const now = gathering();
  const people = {
    ...now.people,
    roles: new Map([
      ['tove', 'table'],
      ['rosa', 'host'],
      ['olle', 'observer'],
    ]),
    tables: new Map([
      ['t1', 'Table A'],
      ['t2', 'Table B'],
    ]),
    at: new Map([
      ['tove', 't1'],
      ['away', 't2'],
    ]),
  };
  const here = ['tove', 'rosa', 'olle', 'ann'].map((seat) => ({ seat, role: 'participant' }));
  const board = { version: signal(0), get: () => undefined };
  const attendance = {
    gathering: signal({ ...now, people }),
    own: signal({ requests: [] }),
    person: signal({ role: 'table', table: 't1' }),
    phase: signal(null),
    room: {
      people: signal([...here, { seat: 'wall', role: 'display' }]),
      me: signal({ seat: 'tove' }),
      board: signal(board),
    },
    nameOf: (seat: string) => seat,
  };
  const props = { attendance, editor: { selection: signal([]) }, services: {} };
  render(<AskHosts {...(props as unknown as Parameters<typeof AskHosts>[0])} />, page);
  const [who] = page.querySelectorAll('select');
  expect([...(who?.options ?? [])].map(({ value }) => value)).toEqual(['', 'rosa', 'ann', 'away']);
});
