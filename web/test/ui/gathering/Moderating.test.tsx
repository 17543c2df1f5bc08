import { signal } from '@preact/signals';
import { render } from 'preact';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Moderating } from '../../../src/ui/gathering/Moderating.tsx';
import { gathering } from '../../model/gatherings.ts';

const ID = 'aaaaaaaaaaaa';
const ask = vi.fn();
let page: HTMLElement;

function show(pleas: readonly string[]): void {
  const now = gathering();
  const board = { version: signal(0), get: () => ({ id: ID, kind: 'note', text: 'His', payload: null }) };
  const attendance = {
    gathering: signal({ ...now, sealing: { ...now.sealing, pleas } }),
    room: { board: signal(board) },
    ask,
  };
  const props = { attendance, editor: { selection: signal([]) }, services: {}, board: 'board', room: attendance.room };
  render(<Moderating {...(props as unknown as Parameters<typeof Moderating>[0])} />, page);
}

const button = (name: string): HTMLButtonElement | undefined =>
  [...page.querySelectorAll('button')].find(({ textContent }) => textContent === name);

beforeEach(() => {
  page = document.body.appendChild(document.createElement('div'));
  ask.mockReset();
});
afterEach(() => {
  render(null, page);
  page.remove();
});

describe('a note that somebody asks to have withdrawn [PS-27]', () => {
  it.each([
    ['Withdraw it', true],
    ['Leave it', false],
  ] as const)('is there with its words, and nobody’s name: %s', (name, withdraw) => {
    show([ID]);
    expect(page.textContent).toContain('1 to withdraw');
    expect(page.textContent).toContain('His');
    button(name)?.click();
    expect(ask.mock.calls[0]?.slice(1, 3)).toEqual(['seal.heed', { element: ID, withdraw }]);
  });

  it('is not there when nobody asks', () => {
    show([]);
    expect(button('Withdraw it')).toBeUndefined();
  });
});
