import { signal } from '@preact/signals';
import { render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Board } from '../../../src/model/board.ts';
import { type ElementId, elementId } from '../../../src/model/element.ts';
import { digestOf, type Marks } from '../../../src/model/marking.ts';
import { MarkWords } from '../../../src/ui/focus/ballots/MarkWords.tsx';
import { addFrame, addNote, bench, rect } from '../../model/boards.ts';

const page = document.body.appendChild(document.createElement('div'));
const FIRST = 'We join our people.';

let board: Board;
let draft: ElementId;
let said: string[];
const chosen = signal<Marks | null>(null);

beforeEach(() => {
  ({ board } = bench(7));
  const region = addFrame(board, 'Drafts');
  draft = addNote(board, FIRST, rect(0, 0), region);
  said = [];
  chosen.value = null;
  const companion = {
    gathering: signal({ show: { regions: [{ key: 'drafts', element: region }] } }),
    ballot: () => ({ ballot: chosen.value }),
    choose: (_: string, { ballot }: { ballot: Marks }) => {
      chosen.value = ballot;
    },
  };
  const props = {
    companion,
    editor: { board, room: { authorOf: () => null } },
    services: { announcer: { say: (words: string) => said.push(words) } },
    poll: { poll: 'p', region: 'drafts', budget: 2 },
  };
  act(() => render(<MarkWords {...(props as unknown as Parameters<typeof MarkWords>[0])} />, page));
});

afterEach(() => render(null, page));

function word(text: string): HTMLButtonElement {
  const found = [...page.querySelectorAll('button')].find(({ textContent }) => textContent === text);
  if (found === undefined) throw new Error(`${text} is not there`);
  return found;
}

function press(text: string, key: string, shiftKey = false): void {
  word(text).focus();
  act(() => {
    word(text).dispatchEvent(new KeyboardEvent('keydown', { key, shiftKey, bubbles: true }));
  });
}

it('marks a word, and takes the mark off again', () => {
  act(() => word('join').click());
  expect(chosen.value).toEqual({ [draft]: { words: digestOf(FIRST), rings: [[1, 1]], jars: [] } });
  expect(word('join').getAttribute('aria-label')).toBe('join, rings true');
  expect(said).toEqual(['join: rings true. 1 of 2 marks.']);
  act(() => word('join').click());
  expect(chosen.value).toEqual({});
});

it('marks from the word before to the one that is chosen with shift', () => {
  act(() => word('We').click());
  act(() => {
    word('our').dispatchEvent(new MouseEvent('click', { shiftKey: true, bubbles: true }));
  });
  expect(chosen.value?.[draft]?.rings).toEqual([[0, 2]]);
});

it('places no more marks than there are', () => {
  act(() => word('We').click());
  act(() => word('our').click());
  press('people.', 'j');
  expect(said.at(-1)).toBe('All your 2 marks are placed. Take one back first.');
  expect(chosen.value?.[draft]).toMatchObject({ jars: [] });
  // A word between two marks makes one of them, and leaves one.
  press('join', 'r');
  press('people.', 'j');
  expect(chosen.value?.[draft]).toMatchObject({ rings: [[0, 2]], jars: [[3, 3]] });
});

it('is one stop for the tab key, and arrow keys go from word to word', () => {
  const stops = () => [...page.querySelectorAll('button')].filter(({ tabIndex }) => tabIndex === 0);
  expect(stops().map(({ textContent }) => textContent)).toEqual(['We']);
  press('We', 'ArrowRight');
  expect(document.activeElement).toBe(word('join'));
  expect(stops()).toEqual([word('join')]);
  press('join', 'End');
  press('people.', 'ArrowRight');
  expect(document.activeElement).toBe(word('people.'));
  press('people.', 'ArrowLeft', true);
  expect(chosen.value?.[draft]?.rings).toEqual([[2, 3]]);
  press('our', 'Delete');
  expect(chosen.value?.[draft]?.rings).toEqual([[3, 3]]);
});

it('drops marks on words that are changed, and says so', () => {
  const other = addNote(board, 'Every child is heard.', rect(0, 200), board.get(draft)?.parent ?? null);
  act(() => word('join').click());
  act(() => word('child').click());
  act(() => {
    board.editText(draft, 'We are others.');
  });
  expect(Object.keys(chosen.value ?? {})).toEqual([other]);
  expect(page.textContent).toContain('your marks on it are gone');
  expect(said.at(-1)).toBe('A draft was changed, and your marks on it are gone.');
  act(() => word('others.').click());
  expect(page.textContent).not.toContain('your marks on it are gone');
  expect(chosen.value?.[elementId(draft)]).toMatchObject({ words: digestOf('We are others.'), rings: [[2, 2]] });
});

it('leaves a ballot alone when a draft goes: nobody has changed their mind', () => {
  addNote(board, 'Every child is heard.', rect(0, 200), board.get(draft)?.parent ?? null);
  act(() => word('join').click());
  const before = chosen.value;
  act(() => {
    board.run({ type: 'delete', ids: [draft] });
  });
  expect(chosen.value).toBe(before);
  expect(page.textContent).not.toContain('are gone');
});
