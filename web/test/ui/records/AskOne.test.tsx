import { signal } from '@preact/signals';
import { render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, expect, it, vi } from 'vitest';
import type { Attendance } from '../../../src/ui/gathering/attendance.ts';
import { AskOne } from '../../../src/ui/records/AskOne.tsx';

const person = (seat: string, name: string) => ({ seat, name, role: 'participant', hue: 1, self: false });
const AMARA = person('amara', 'Amara');
const BEN = person('ben', 'Ben');
const page = document.body.appendChild(document.createElement('div'));

afterEach(() => render(null, page));

it('goes to nobody but the one who was chosen, whoever leaves meanwhile', async () => {
  const people = signal([AMARA, BEN]);
  const ask = vi.fn(async () => true);
  const attendance = { room: { people } } as unknown as Attendance;
  render(<AskOne attendance={attendance} label="Somebody" verb="Ask" known={new Set()} ask={ask} />, page);
  const list = page.querySelector('select');
  const button = page.querySelector('button');
  const reason = () => page.querySelector('[role=tooltip]')?.textContent;
  if (list === null || button === null) throw new Error('there is nothing to choose with');

  expect([list.value, reason()]).toEqual(['', 'Choose somebody first.']);
  button.click();
  expect(ask).not.toHaveBeenCalled();

  await act(() => {
    list.value = 'amara';
    list.dispatchEvent(new Event('change', { bubbles: true }));
  });
  expect(reason()).toBeUndefined();
  await act(() => {
    people.value = [BEN];
  });
  expect([list.value, reason()]).toEqual(['amara', 'They are not here just now.']);
  button.click();
  expect(ask).not.toHaveBeenCalled();

  await act(() => {
    people.value = [AMARA, BEN];
  });
  await act(async () => button.click());
  expect(ask.mock.calls).toEqual([['amara']]);
  expect(list.value).toBe('');
});
