/**
 * Marking words of drafts: those that ring true, and those that jar.
 *
 * Each word is a button; a draft is one stop of the tab key, and arrow keys go from word to word. What is marked stays on this device
 * until it is handed in.
 */

import '../../styles/marks.css';
import { useSignal } from '@preact/signals';
import { Fragment, type TargetedKeyboardEvent, type TargetedMouseEvent } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import {
  type Feel,
  type Feels,
  feelsOf,
  type Marks,
  MOST_WORDS,
  markedFrom,
  painted,
  withMarked,
} from '../../../model/marking.ts';
import { Icon } from '../../icons.tsx';
import { type Draft, draftsIn } from '../drafts.ts';
import { markedIn, marksOn } from './given.ts';
import type { PaperProps } from './paper.ts';

const PENS = [
  ['rings', 'Rings true'],
  ['jars', 'Jars'],
] as const;

export function MarkWords(props: PaperProps) {
  const { companion, editor, services, poll } = props;
  const { board } = editor;
  board.version.value;
  const pen = useSignal<Feel>('rings');
  /** Drafts whose words were changed under the marks that were on them. */
  const changed = useSignal<ReadonlySet<string>>(new Set());
  const { ballot } = companion.ballot(poll.poll);
  const marks = marksOn(ballot);
  const drafts = draftsIn(board, companion.gathering.value, poll.region);
  const stale = staleIn(marks, drafts);

  // Marks are on the words that were read, and on no others.
  useEffect(() => {
    if (stale.length === 0) return;
    const kept = Object.entries(marks).filter(([draft]) => !stale.includes(draft));
    companion.choose(poll.poll, { ballot: Object.fromEntries(kept) });
    changed.value = new Set([...changed.value, ...stale]);
    services.announcer.say('A draft was changed, and your marks on it are gone.');
  }, [stale.join()]);

  if (drafts.length === 0) return <p class="hint">There is no draft to mark yet.</p>;

  const paint = (draft: Draft, feels: Feels, from: number, to: number, feel: Feel | null): void => {
    const next = withMarked(marks, draft.thing.id, markedFrom(painted(feels, from, to, feel), draft.digest));
    const count = markedIn(next);
    if (count > poll.budget && count > markedIn(marks)) {
      services.announcer.say(`All your ${poll.budget} marks are placed. Take one back first.`);
      return;
    }
    companion.choose(poll.poll, { ballot: next });
    changed.value = new Set([...changed.value].filter((id) => id !== draft.thing.id));
    const words = draft.words.slice(Math.min(from, to), Math.max(from, to) + 1).map(({ text }) => text);
    const how = feel === null ? 'not marked' : SAID[feel];
    services.announcer.say(`${words.join(' ')}: ${how}. ${count} of ${poll.budget} marks.`);
  };

  return (
    <>
      <fieldset class="where pens">
        <legend class="sr">A word that I choose</legend>
        {PENS.map(([feel, words]) => (
          <label key={feel}>
            <input
              type="radio"
              name={`${poll.poll}-pen`}
              checked={feel === pen.value}
              onChange={() => {
                pen.value = feel;
              }}
            />
            <span>
              <i data-feel={feel}>{words}</i>
            </span>
          </label>
        ))}
      </fieldset>
      <p class="hint mark-keys" id={KEYS_HINT}>
        With a keyboard: arrows go from word to word, and with Shift they mark a run. R is for rings true, J for jars,
        and Delete takes a mark away.
      </p>
      {drafts.map((draft) => (
        <DraftWords
          key={draft.thing.id}
          draft={draft}
          by={draft.thing.style.table === undefined ? null : editor.room.authorOf(draft.thing.id)}
          feels={feelsOf(stale.includes(draft.thing.id) ? undefined : marks[draft.thing.id], draft.words.length)}
          pen={pen.value}
          wasChanged={changed.value.has(draft.thing.id)}
          paint={(feels, from, to, feel) => paint(draft, feels, from, to, feel)}
        />
      ))}
    </>
  );
}

/** Drafts that read otherwise than when they were marked. One that is gone is none: it may come back as it was. */
function staleIn(marks: Marks, drafts: readonly Draft[]): readonly string[] {
  const digests = new Map(drafts.map(({ thing, digest }) => [thing.id as string, digest]));
  return Object.entries(marks)
    .filter(([draft, { words }]) => digests.has(draft) && digests.get(draft) !== words)
    .map(([draft]) => draft);
}

interface DraftProps {
  readonly draft: Draft;
  readonly by: string | null;
  readonly feels: Feels;
  readonly pen: Feel;
  readonly wasChanged: boolean;
  readonly paint: (feels: Feels, from: number, to: number, feel: Feel | null) => void;
}

const SAID = { rings: 'rings true', jars: 'jars' } as const;

function DraftWords({ draft, by, feels, pen, wasChanged, paint }: DraftProps) {
  const { words, name } = draft;
  /** The word that the tab key comes to, and from which a run is extended. */
  const at = useSignal(0);
  const text = useRef<HTMLDivElement>(null);
  const buttons = (): readonly HTMLButtonElement[] => [...(text.current?.querySelectorAll('button') ?? [])];

  const choose = (word: number, extends_: boolean): void => {
    if (extends_) paint(feels, at.value, word, feels[at.value] ?? pen);
    else paint(feels, word, word, feels[word] === pen ? null : pen);
    at.value = word;
  };
  const click = (event: TargetedMouseEvent<HTMLDivElement>): void => {
    const button = event.target instanceof Element ? event.target.closest('button') : null;
    const word = button === null ? -1 : buttons().indexOf(button);
    if (word >= 0) choose(word, event.shiftKey);
  };
  const press = (event: TargetedKeyboardEvent<HTMLDivElement>): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const all = buttons();
    const focused = document.activeElement;
    const here = focused instanceof HTMLButtonElement ? all.indexOf(focused) : -1;
    if (here < 0) return;
    const to = wordTowards(event.key, here, all);
    const feel = KEYS[event.key.toLowerCase()];
    if (to !== null) {
      if (event.shiftKey && to !== here) paint(feels, here, to, feels[here] ?? pen);
      at.value = to;
      all[to]?.focus();
    } else if (feel !== undefined) paint(feels, here, here, feel);
    else return;
    event.preventDefault();
  };

  return (
    <fieldset class="draft" aria-describedby={KEYS_HINT}>
      <legend>
        {name}
        {by === null ? null : <span dir="auto">, {by}</span>}
      </legend>
      {wasChanged ? (
        <p class="hint">
          <Icon name="alert" small />
          Its words were changed after you had marked some, and your marks on it are gone. Read it again.
        </p>
      ) : null}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the buttons are what one acts on */}
      <div ref={text} class="draft-words" dir="auto" onClick={click} onKeyDown={press}>
        {words.map(({ text: word, space }, index) => {
          const feel = feels[index] ?? null;
          if (index >= MOST_WORDS) return space + word;
          return (
            <Fragment key={index}>
              {space}
              <button
                type="button"
                data-feel={feel}
                data-joined={feel !== null && feel === feels[index - 1]}
                aria-pressed={feel !== null}
                aria-label={feel === null ? undefined : `${word}, ${SAID[feel]}`}
                tabIndex={index === Math.min(at.value, words.length - 1) ? 0 : -1}
              >
                {word}
              </button>
            </Fragment>
          );
        })}
      </div>
    </fieldset>
  );
}

const KEYS_HINT = 'mark-keys';

/** Keys that mark the word they are pressed on, whichever pen is taken. */
const KEYS: Readonly<Record<string, Feel | null>> = { r: 'rings', j: 'jars', delete: null, backspace: null };

/** The word that an arrow key leads to from another; `null` for other keys. */
function wordTowards(key: string, here: number, words: readonly HTMLElement[]): number | null {
  const last = words.length - 1;
  const first = words[here];
  if (first === undefined) return null;
  const isBack = getComputedStyle(first).direction === 'rtl' ? 'ArrowRight' : 'ArrowLeft';
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowRight':
      return Math.min(last, Math.max(0, here + (key === isBack ? -1 : 1)));
    case 'ArrowUp':
    case 'ArrowDown':
      return wordBeyond(key === 'ArrowDown' ? 1 : -1, here, words);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return null;
  }
}

/** The nearest word on the next line, or on the one before; the same word if there is no such line. */
function wordBeyond(step: 1 | -1, here: number, words: readonly HTMLElement[]): number {
  const middle = (word: HTMLElement): number => word.offsetLeft + word.offsetWidth / 2;
  const from = words[here];
  let found = here;
  let line: number | null = null;
  for (let index = here + step; from !== undefined && index >= 0 && index < words.length; index += step) {
    const word = words[index];
    if (word === undefined || word.offsetTop === from.offsetTop) continue;
    if (line !== null && word.offsetTop !== line) break;
    const isNearer = Math.abs(middle(word) - middle(from)) < Math.abs(middle(words[found] ?? word) - middle(from));
    if (line === null || isNearer) found = index;
    line = word.offsetTop;
  }
  return found;
}
