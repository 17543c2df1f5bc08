/**
 * Notes of one's own that the server holds until they are revealed: the client's side of it.
 *
 * A note is sent until the server has it; its words are stored on this device only until then. Its key, which proves to the server
 * alone whose the note is, stays: with it the author may take the note back or give it other words after the reveal.
 */

import type { SealedNote } from '../model/gathering/sealing.ts';
import { unreachable } from '../model/unreachable.ts';

/**
 * `waiting`: the server has not said that it has it. `there`: it has. `missed`: the notes were revealed without it, and its author
 * is asked. `adding`: they want it added now. `dropping`: it is to go. `shown`: it was revealed, and only its key is left.
 */
export type Status = 'waiting' | 'there' | 'missed' | 'adding' | 'dropping' | 'shown';

export interface OwnNote {
  /** 16 characters, chosen by this client. */
  readonly note: string;
  readonly region: string;
  readonly phase: string;
  readonly text: string;
  /** The author's key for this note alone: 32 random bytes, base64url. */
  readonly key: string;
  /** When it was written first; ms since 1970. */
  readonly at: number;
  readonly status: Status;
  /** A command about it is on its way. */
  readonly asked: boolean;
}

export type OwnNotes = ReadonlyMap<string, OwnNote>;
export const NO_NOTES: OwnNotes = new Map();

/** What came of a command: done, no connection, too late for the reveal, or refused for good with these words. */
export type Answer =
  | { readonly kind: 'done' }
  | { readonly kind: 'network' }
  | { readonly kind: 'revealed' }
  | { readonly kind: 'refused'; readonly message: string };

export type SealedEvent =
  | { readonly type: 'restored'; readonly notes: readonly OwnNote[] }
  /** New, or other words for one that is there. */
  | { readonly type: 'written'; readonly note: Omit<OwnNote, 'status' | 'asked'> }
  | { readonly type: 'dropped'; readonly note: string }
  /** What the server has of ours; comes after each connection and each change. */
  | { readonly type: 'told'; readonly notes: readonly SealedNote[] }
  | { readonly type: 'answered'; readonly note: string; readonly text: string; readonly answer: Answer }
  /** One that missed its reveal is to be added now, or kept by its author. */
  | { readonly type: 'addLate'; readonly note: string }
  | { readonly type: 'keepForMe'; readonly note: string }
  /** Its author has taken a revealed note back: the key opens nothing any more. */
  | { readonly type: 'withdrawn'; readonly note: string };

export type SealedEffect =
  | { readonly type: 'store'; readonly note: OwnNote }
  | { readonly type: 'forget'; readonly note: string }
  | { readonly type: 'send'; readonly command: 'seal.write' | 'seal.late' | 'seal.drop'; readonly note: OwnNote }
  /** Its words go to what is kept for their author. */
  | { readonly type: 'keep'; readonly note: OwnNote; readonly reason: string };

type Step = readonly [OwnNotes, readonly SealedEffect[]];

export const MISSED = 'The notes were revealed while you were offline.';

export function stepSealed(notes: OwnNotes, event: SealedEvent): Step {
  switch (event.type) {
    case 'restored':
      return [new Map(event.notes.map((note) => [note.note, { ...note, asked: false }])), []];
    case 'written':
      return send(notes, { ...event.note, status: 'waiting', asked: false }, true);
    case 'dropped':
      return dropped(notes, event.note);
    case 'told':
      return told(notes, new Map(event.notes.map((note) => [note.note, note])));
    case 'answered':
      return answered(notes, event.note, event.text, event.answer);
    case 'addLate': {
      const note = notes.get(event.note);
      return note?.status === 'missed' ? send(notes, { ...note, status: 'adding' }, true) : [notes, []];
    }
    case 'keepForMe': {
      const note = notes.get(event.note);
      return note === undefined ? [notes, []] : gone(notes, note.note, [{ type: 'keep', note, reason: MISSED }]);
    }
    case 'withdrawn':
      return gone(notes, event.note);
    default:
      return unreachable(event);
  }
}

function dropped(notes: OwnNotes, id: string): Step {
  const note = notes.get(id);
  if (note === undefined) return [notes, []];
  return send(notes, { ...note, text: '', status: 'dropping', asked: false }, true);
}

/** What waits is sent; what was there and is no more has been revealed. */
function told(notes: OwnNotes, held: ReadonlyMap<string, SealedNote>): Step {
  let next = notes;
  const effects: SealedEffect[] = [];
  const take = ([after, more]: Step): void => {
    next = after;
    effects.push(...more);
  };
  for (const note of notes.values()) {
    const there = held.get(note.note);
    switch (note.status) {
      case 'waiting':
        if (there?.text === note.text) take(keep(next, { ...note, status: 'there', asked: false }));
        else if (!note.asked) take(send(next, note, false));
        break;
      case 'there':
        if (there === undefined) take(keep(next, { ...note, text: '', status: 'shown' }));
        break;
      case 'adding':
        if (!note.asked) take(send(next, note, false));
        break;
      case 'dropping':
        if (there === undefined && !note.asked) take(gone(next, note.note));
        else if (!note.asked) take(send(next, note, false));
        break;
      default:
    }
  }
  return [next, effects];
}

function answered(notes: OwnNotes, id: string, text: string, answer: Answer): Step {
  const note = notes.get(id);
  // Other words have been written meanwhile, and are on their way themselves.
  if (note === undefined || (note.status !== 'dropping' && note.text !== text)) return [notes, []];
  const quiet = { ...note, asked: false };
  if (answer.kind === 'network') return [put(notes, quiet), []];
  switch (note.status) {
    case 'waiting':
      if (answer.kind === 'done') return keep(notes, { ...quiet, status: 'there' });
      if (answer.kind === 'revealed') return keep(notes, { ...quiet, status: 'missed' });
      return gone(notes, id, [{ type: 'keep', note, reason: answer.message }]);
    case 'adding':
      if (answer.kind === 'done') return keep(notes, { ...quiet, text: '', status: 'shown' });
      return gone(notes, id, [{ type: 'keep', note, reason: answer.kind === 'refused' ? answer.message : MISSED }]);
    case 'dropping':
      return gone(notes, id);
    default:
      return [notes, []];
  }
}

function send(notes: OwnNotes, note: OwnNote, store: boolean): Step {
  const command = note.status === 'dropping' ? 'seal.drop' : note.status === 'adding' ? 'seal.late' : 'seal.write';
  const sent = { ...note, asked: true };
  const effects: SealedEffect[] = [{ type: 'send', command, note: sent }];
  if (store) effects.unshift({ type: 'store', note: sent });
  return [put(notes, sent), effects];
}

function keep(notes: OwnNotes, note: OwnNote): Step {
  return [put(notes, note), [{ type: 'store', note }]];
}

function gone(notes: OwnNotes, id: string, before: readonly SealedEffect[] = []): Step {
  const next = new Map(notes);
  next.delete(id);
  return [next, [...before, { type: 'forget', note: id }]];
}

function put(notes: OwnNotes, note: OwnNote): OwnNotes {
  return new Map(notes).set(note.note, note);
}

/** As it is stored: words only while the server does not have them. */
export function asStored(note: OwnNote): OwnNote {
  const text = note.status === 'waiting' || note.status === 'missed' || note.status === 'adding' ? note.text : '';
  return { ...note, text, asked: false };
}
