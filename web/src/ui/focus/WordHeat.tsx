/** What came of marking words: the drafts with their heat, and the words that ring true and that jar as lists. */

import '../styles/marks.css';
import type { Poll } from '../../model/gathering/deciding.ts';
import { type Heat, heatOf, phrasesIn, runsIn, wordingOf } from '../../model/marking.ts';
import type { Room } from '../../net/room.ts';
import { attendanceOf } from '../gathering/attendance.ts';
import { type Draft, draftsIn } from './drafts.ts';

interface Props {
  readonly poll: Poll;
  readonly room: Room;
}

/** Of each list, as many as are read aloud in one breath. */
const MOST_PHRASES = 8;

/**
 * On the wall, letters are as large as all drafts leave room for, in its units; smaller than the smallest nobody reads them from their
 * chair, and the lists stand there instead. A draft takes the room of some letters more than it has.
 */
const LARGEST = 36;
const SMALLEST = 28;
const LETTERS_AT_LARGEST = 330;
const LETTERS_OF_A_FRAME = 45;

interface HeatedDraft extends Draft {
  readonly heat: Heat;
  /** It reads as it did when it was marked. */
  readonly isSame: boolean;
}

export function WordHeat({ poll, room }: Props) {
  const board = room.board.value;
  board.version.value;
  const drafts = draftsIn(board, attendanceOf(room).gathering.value, poll.region).map(
    (draft): HeatedDraft => ({
      ...draft,
      heat: heatOf(poll.result?.heat, draft.thing.id),
      isSame: poll.words.get(draft.thing.id) === draft.digest,
    }),
  );
  const same = drafts.filter(({ isSame }) => isSame);
  const most = Math.max(1, ...same.flatMap(({ heat }) => [...heat.rings, ...heat.jars]));
  const told = drafts.filter(({ thing }) => poll.result?.totals.has(thing.id));
  const letters = told.reduce((sum, { thing }) => sum + LETTERS_OF_A_FRAME + wordingOf(thing).length, 0);
  const size = Math.min(LARGEST, LARGEST * Math.sqrt(LETTERS_AT_LARGEST / Math.max(1, letters)));
  return (
    <div class="heat" data-crowded={size < SMALLEST} style={`--size:${size.toFixed(1)}`}>
      {told.map((draft) => (
        <figure key={draft.thing.id} class="draft">
          <figcaption>{draft.name}</figcaption>
          {draft.isSame ? <Heated draft={draft} most={most} /> : <Changed draft={draft} />}
        </figure>
      ))}
      <p class="heat-key">
        <mark class="rings">Underlined</mark>: rings true. <mark class="jars">With a wave</mark>: jars. The number says
        for how many.
      </p>
      <Phrases title="Rings true, most first" feel="rings" drafts={same} most={most} />
      <Phrases title="Jars, most first" feel="jars" drafts={same} most={most} />
    </div>
  );
}

function Heated({ draft, most }: { readonly draft: HeatedDraft; readonly most: number }) {
  return (
    <p class="draft-words" dir="auto">
      {runsIn(draft.words, draft.heat).map(({ space, text, rings, jars }, index) => (
        <span key={index}>
          {space}
          {rings + jars === 0 ? text : <Hot text={text} rings={rings} jars={jars} most={most} />}
        </span>
      ))}
    </p>
  );
}

interface HotProps {
  readonly text: string;
  readonly rings: number;
  readonly jars: number;
  readonly most: number;
}

function Hot({ text, rings, jars, most }: HotProps) {
  const jarred = jars === 0 ? text : <mark class="jars">{text}</mark>;
  return (
    <>
      {rings === 0 ? (
        jarred
      ) : (
        <mark class="rings" style={`--share:${(rings / most).toFixed(2)}`}>
          {jarred}
        </mark>
      )}
      <span class="sr">
        {' '}
        (
        {[rings === 0 ? '' : `rings true for ${rings}`, jars === 0 ? '' : `jars for ${jars}`]
          .filter(Boolean)
          .join(', ')}
        ){' '}
      </span>
      <sup class="num" aria-hidden="true">
        {rings === 0 ? null : <b>{rings}</b>}
        {jars === 0 ? null : <i>{jars}</i>}
      </sup>
    </>
  );
}

function Changed({ draft }: { readonly draft: HeatedDraft }) {
  return (
    <>
      <p class="draft-words" dir="auto">
        {wordingOf(draft.thing)}
      </p>
      <p class="hint">Its words have been changed since they were marked.</p>
    </>
  );
}

interface PhrasesProps {
  readonly title: string;
  readonly feel: 'rings' | 'jars';
  readonly drafts: readonly HeatedDraft[];
  readonly most: number;
}

function Phrases({ title, feel, drafts, most }: PhrasesProps) {
  const all = drafts
    .flatMap(({ name, words, heat }) => phrasesIn(words, heat[feel]).map((phrase) => ({ ...phrase, name })))
    .sort((a, b) => b.many - a.many);
  const phrases = all.slice(0, MOST_PHRASES);
  if (phrases.length === 0) return null;
  return (
    <section class="heat-list" aria-label={title}>
      <h4>{title}</h4>
      <ol data-ranked="false">
        {phrases.map(({ words, many, name, last }) => (
          <li key={`${name}/${last}`}>
            <span dir="auto">
              {words} <small>{name}</small>
            </span>
            <b class="num">{many}</b>
            <i class="track" aria-hidden="true">
              <i class={feel} style={`inline-size:${(many / most) * 100}%`} />
            </i>
          </li>
        ))}
      </ol>
      {all.length > phrases.length ? <p>And {all.length - phrases.length} more.</p> : null}
    </section>
  );
}
