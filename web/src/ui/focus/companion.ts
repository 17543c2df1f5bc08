/**
 * What goes with a person through a gathering: what is asked of them now, and their own words and ballots on the way to the server.
 *
 * It is there as long as their room is, whatever screen they look at: what was written without a connection is sent when there is
 * one again.
 */

import { computed, effect, type ReadonlySignal, type Signal, signal, untracked } from '@preact/signals-core';
import { type Ask, askNow, isHeld, openingFor, type Person, phaseNow, regionOf } from '../../model/agenda.ts';
import { elementId } from '../../model/element.ts';
import type { Poll } from '../../model/gathering/deciding.ts';
import type { Gathering } from '../../model/gathering/gathering.ts';
import type { Own } from '../../model/gathering/own.ts';
import type { Opening } from '../../model/gathering/phase.ts';
import type { SealedNote } from '../../model/gathering/sealing.ts';
import { cryptoBytes } from '../../model/ids.ts';
import { base64url, sha256 } from '../../model/sha256.ts';
import { ApiError } from '../../net/api.ts';
import { GatheringStorage, type StoredBallot, type StoredDraft } from '../../net/gatheringStorage.ts';
import type { Room } from '../../net/room.ts';
import { scopeOf } from '../../net/storage.ts';
import {
  type Answer,
  asStored,
  NO_NOTES,
  type OwnNote,
  type OwnNotes,
  type SealedEffect,
  type SealedEvent,
  stepSealed,
} from '../../sync/sealed.ts';
import type { Announce } from '../editor.ts';
import { attendanceOf } from '../gathering/attendance.ts';
import { aboutThese, givenOf, whyOf } from './ballots/given.ts';
import { things } from './things.ts';

/** 16 characters, and a key of 32 bytes, as the server wants them. */
const NOTE_ID_BYTES = 12;
const KEY_BYTES = 32;
const TOKEN_BYTES = 16;

const MOVED_ON = 'You began this in another step.';
const HALF_CHANGED = 'You were changing this note when its field went.';

/** A note of one's own, as its author sees it while it is held. */
export interface HeldNote {
  readonly note: string;
  readonly text: string;
  /** Whether the server has these words. */
  readonly saved: boolean;
}

export class Companion {
  readonly room: Room;
  readonly gathering: ReadonlySignal<Gathering>;
  readonly own: ReadonlySignal<Own>;
  readonly person: ReadonlySignal<Person>;
  readonly ask: ReadonlySignal<Ask>;
  readonly #announce: Announce;
  readonly #storage: GatheringStorage;
  readonly #notes = signal<OwnNotes>(NO_NOTES);
  readonly #drafts = signal<ReadonlyMap<string, StoredDraft>>(new Map());
  readonly #ballots = signal<ReadonlyMap<string, StoredBallot>>(new Map());
  readonly #casting = new Set<string>();
  /** The note that is being put in for a table, and its key. */
  #entering: { readonly key: string; readonly text: string } | null = null;
  /** Which step was told last, and whether it was revealed then. */
  #told = '';
  readonly #stops: (() => void)[] = [];

  private constructor(room: Room, storage: GatheringStorage, announce: Announce) {
    this.room = room;
    this.#storage = storage;
    this.#announce = announce;
    const { gathering, own, person } = attendanceOf(room);
    this.gathering = gathering;
    this.own = own;
    this.person = person;
    this.ask = computed(() => askNow(this.gathering.value, this.person.value));
  }

  /** All that is in hand, on this device or in this page alone. */
  get written(): { notes: Iterable<OwnNote>; drafts: Iterable<StoredDraft>; ballots: Iterable<StoredBallot> } {
    return {
      notes: this.#notes.peek().values(),
      drafts: this.#drafts.peek().values(),
      ballots: this.#ballots.peek().values(),
    };
  }

  /** Begins with what this device has of the person's own. */
  static async attend(board: string, room: Room, announce: Announce): Promise<Companion> {
    const storage = await GatheringStorage.open(scopeOf(board, room.token));
    const companion = new Companion(room, storage, announce);
    const [notes, drafts, ballots] = await Promise.all([
      storage.all('notes'),
      storage.all('drafts'),
      storage.all('ballots'),
    ]);
    companion.#tell({ type: 'restored', notes });
    companion.#drafts.value = new Map(drafts.map((draft) => [draft.region, draft]));
    companion.#ballots.value = new Map(ballots.map((ballot) => [ballot.poll, ballot]));
    companion.#stops.push(
      effect(() => companion.#heed()),
      effect(() => companion.#tellOfReveal()),
      effect(() => companion.#forgetBallots()),
    );
    return companion;
  }

  dispose(): void {
    for (const stop of this.#stops) stop();
    this.#storage.close();
  }

  // ── Sealed notes ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** One's own notes that are held in a region, in the order they were written. */
  held(region: string): readonly HeldNote[] {
    const local = this.#notes.value;
    const told = this.own.value.sealing.notes.filter((note) => note.region === region && note.table === null);
    const known = new Set(told.map(({ note }) => note));
    const there = told
      .filter(({ note }) => local.get(note)?.status !== 'dropping')
      .map((note) => asHeld(note, local.get(note.note)));
    const waiting = [...local.values()]
      .filter((note) => note.region === region && note.text !== '' && !known.has(note.note))
      .filter(({ status }) => status === 'waiting' || status === 'there')
      .sort((a, b) => a.at - b.at)
      .map(({ note, text, status }) => ({ note, text, saved: status === 'there' }));
    return [...there, ...waiting];
  }

  /** Notes of one's table in a region, which one reads and did not write. */
  ofTable(region: string): readonly SealedNote[] {
    return this.own.value.sealing.notes.filter((note) => note.region === region && note.table !== null);
  }

  /** Those that missed their reveal, and wait for a decision. */
  get missed(): readonly OwnNote[] {
    return [...this.#notes.value.values()].filter(({ status }) => status === 'missed');
  }

  /** Keys to notes of one's own that have been revealed in a region. */
  keysIn(region: string): readonly OwnNote[] {
    return [...this.#notes.value.values()].filter((note) => note.region === region && note.status === 'shown');
  }

  /** Keeps a note until the reveal, or gives one that is there other words. */
  writeSealed(region: string, text: string, note: string | null = null): void {
    const phase = phaseNow(this.gathering.value);
    if (phase === null) return;
    const before = note === null ? undefined : this.#notes.value.get(note);
    this.#tell({
      type: 'written',
      note: {
        note: note ?? base64url(cryptoBytes(NOTE_ID_BYTES)),
        region,
        phase: phase.key,
        text,
        key: before?.key ?? base64url(cryptoBytes(KEY_BYTES)),
        at: before?.at ?? Date.now(),
      },
    });
  }

  dropSealed({ note }: HeldNote, region: string): void {
    // Written at another device of this seat: dropped by its name alone.
    if (!this.#notes.value.has(note)) {
      const phase = phaseNow(this.gathering.value)?.key ?? '';
      const known: OwnNote = { note, region, phase, text: '', key: '', at: 0, status: 'there', asked: false };
      this.#notes.value = new Map(this.#notes.value).set(note, known);
    }
    this.#tell({ type: 'dropped', note });
  }

  addLate(note: string): void {
    this.#tell({ type: 'addLate', note });
  }

  keepForMe(note: string): void {
    this.#tell({ type: 'keepForMe', note });
  }

  /**
   * Takes a revealed note back, or gives it other words (`text`), if it is one of this person's on this device.
   *
   * Returns:
   *   Whether it was. Only the server can tell, so that nothing on this device says which note is whose.
   *
   * Raises:
   *   ApiError: If it is, and the server refuses.
   */
  async change(region: string, element: string, text: string | null): Promise<boolean> {
    for (const { note, key } of this.keysIn(region)) {
      const secret = { element, key };
      try {
        if (text === null) await this.room.command('seal.withdraw', secret);
        else await this.room.command('seal.reword', { ...secret, text });
      } catch (error) {
        if (error instanceof ApiError && error.code === 'unknown') continue;
        throw error;
      }
      if (text === null) this.#tell({ type: 'withdrawn', note });
      return true;
    }
    return false;
  }

  // ── What a table wrote on paper ──────────────────────────────────────────────────────────────────────────────────────────────

  /** Tables that one may put notes in for: one's own, or all of them, by key and title. */
  get papers(): readonly (readonly [string, string])[] {
    const { role, table } = this.person.value;
    const tables = [...this.gathering.value.people.tables];
    if (role === 'harvester') return tables;
    return role === 'table' ? tables.filter(([key]) => key === table) : [];
  }

  /** Whether one's own table reads what is held in a region, and nobody else yet. */
  isHanded(region: string): boolean {
    return this.own.value.sealing.handed.includes(region);
  }

  /**
   * Puts in what a table wrote: the table's, and nobody's. The key to it stays here.
   *
   * Raises:
   *   ApiError: If there is no connection, or the server refuses.
   */
  async writeForTable(table: string, region: string, text: string): Promise<void> {
    // Asked once more after a lost answer, it is the same note.
    const key = this.#entering?.text === text ? this.#entering.key : base64url(cryptoBytes(KEY_BYTES));
    this.#entering = { key, text };
    await this.room.command('table.note', { table, region, text, key: base64url(sha256(bytesOf(key))) });
    this.#entering = null;
    const phase = phaseNow(this.gathering.value)?.key ?? '';
    const note = base64url(cryptoBytes(NOTE_ID_BYTES));
    const entered: OwnNote = { note, region, phase, text: '', key, at: Date.now(), status: 'shown', asked: false };
    this.#notes.value = new Map(this.#notes.value).set(note, entered);
    this.#storage.put('notes', asStored(entered));
  }

  // ── Half-typed words ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** What was begun on the terms that hold now. On others it is only offered: see `left`. */
  draft(region: string): string {
    const draft = this.#drafts.value.get(region);
    return draft === undefined || this.#isOnOtherTerms(draft) ? '' : draft.text;
  }

  /** Keeps what was typed so far; no words at all keep nothing. What was begun on other terms goes to what is kept for its author. */
  type(region: string, text: string): void {
    const before = this.#drafts.value.get(region);
    if (before !== undefined && text !== before.text && text !== '' && this.#isOnOtherTerms(before)) {
      this.room.keepDraft(elementId(base64url(cryptoBytes(NOTE_ID_BYTES))), before.text, MOVED_ON);
    }
    const drafts = new Map(this.#drafts.value);
    if (text === '') {
      drafts.delete(region);
      this.#storage.drop('drafts', region);
    } else {
      const draft = { region, phase: phaseNow(this.gathering.value)?.key ?? '', text };
      drafts.set(region, draft);
      this.#storage.put('drafts', draft);
    }
    this.#drafts.value = drafts;
  }

  /** Takes out of a draft what the server has by now; what was typed behind it meanwhile stays. */
  sent(region: string, text: string): void {
    const now = this.#drafts.value.get(region)?.text ?? '';
    if (now.startsWith(text)) this.type(region, now.slice(text.length).trimStart());
  }

  /**
   * Keeps the half-changed words of a note for their author, whose field is gone.
   *
   * Returns:
   *   Whether there were any.
   */
  keepChange(note: string, was: string, text: string): boolean {
    if (text.trim() === '' || text.trim() === was.trim()) return false;
    this.room.keepDraft(elementId(note), text, HALF_CHANGED);
    return true;
  }

  /** Half-typed words in regions that are closed by now. */
  get left(): readonly StoredDraft[] {
    const gathering = this.gathering.value;
    const isRevealed = phaseNow(gathering)?.revealed === true;
    return [...this.#drafts.value.values()].filter((draft) => {
      const { region, text } = draft;
      const opening = openingFor(gathering, region, this.person.value);
      const isOver = opening === null || (isHeld(opening) && isRevealed) || this.isHanded(region);
      return text.trim() !== '' && (isOver || this.#isOnOtherTerms(draft));
    });
  }

  /** The terms on which a draft would be taken now, which its author has not agreed to; `null` if it would not be. */
  otherTerms(draft: StoredDraft): Opening | null {
    const gathering = this.gathering.value;
    const opening = openingFor(gathering, draft.region, this.person.value);
    const isRevealed = phaseNow(gathering)?.revealed === true;
    const isOver = opening !== null && ((isHeld(opening) && isRevealed) || this.isHanded(draft.region));
    return !isOver && this.#isOnOtherTerms(draft) ? opening : null;
  }

  /** Goes on with a draft where it was, on the terms that hold now. */
  goOn({ region, text }: StoredDraft): void {
    this.type(region, text);
  }

  /** Whether a draft was begun where somebody else could read it, or another name stood with it, than now. */
  #isOnOtherTerms({ region, phase }: StoredDraft): boolean {
    const gathering = this.gathering.value;
    const now = phaseNow(gathering)?.opens.find((open) => open.region === region);
    const then = gathering.show.phases.find(({ key }) => key === phase)?.opens.find((open) => open.region === region);
    if (now === undefined || then === undefined) return false;
    return now.visibility !== then.visibility || now.attribution !== then.attribution;
  }

  /** Whether a note can still be added late in a region: what was sealed there has been revealed. */
  wasRevealed(region: string): boolean {
    return this.gathering.value.show.phases.some(
      ({ revealed, opens }) => revealed && opens.some((opening) => opening.region === region && isHeld(opening)),
    );
  }

  /** Adds words that were left unfinished after the reveal of their region. */
  addLeft({ region, text, phase }: StoredDraft): void {
    const note = base64url(cryptoBytes(NOTE_ID_BYTES));
    const key = base64url(cryptoBytes(KEY_BYTES));
    const missed: OwnNote = { note, region, phase, text, key, at: Date.now(), status: 'missed', asked: false };
    this.#notes.value = new Map(this.#notes.value).set(note, missed);
    this.#tell({ type: 'addLate', note });
    this.type(region, '');
  }

  // ── Ballots ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * One's ballot in the round that goes on, or went on last, as far as it is about what is still there. A new round begins with
   * nothing chosen, under the same token.
   */
  ballot(poll: string): StoredBallot {
    const found = this.gathering.value.deciding.polls.find((one) => one.poll === poll);
    const ballot = this.#filledIn(poll);
    return found === undefined ? ballot : this.#stillThere(found, ballot);
  }

  /** A ballot as it was filled in, also about what is gone: that may come back. */
  #filledIn(poll: string): StoredBallot {
    const known = this.#ballots.value.get(poll);
    const found = this.gathering.value.deciding.polls.find((one) => one.poll === poll);
    const round = found?.round ?? 1;
    if (known !== undefined && (known.round === round || found?.open === false)) return known;
    const token = known?.token ?? '';
    return { poll, token, round, ballot: null, reason: '', named: false, cast: null, wanted: false };
  }

  /** The server refuses a ballot that names what is not there. */
  #stillThere({ region }: Poll, stored: StoredBallot): StoredBallot {
    const { ballot } = stored;
    if (ballot === null || typeof ballot !== 'object') return stored;
    const board = this.room.board.value;
    board.version.value;
    const there = things(board, this.gathering.value, region);
    // A board that has not come yet tells nothing of what is gone.
    return there.length === 0 ? stored : { ...stored, ballot: aboutThese(ballot, there) };
  }

  /** Changes one's mind; nothing leaves this device before it is handed in. */
  choose(poll: string, choice: Partial<Pick<StoredBallot, 'ballot' | 'reason' | 'reasons' | 'named'>>): void {
    const before = this.ballot(poll);
    const token = before.token === '' ? base64url(cryptoBytes(TOKEN_BYTES)) : before.token;
    this.#keepBallot({ ...before, token, ...choice, wanted: false });
  }

  /** Whether what the server has, in the round that goes on, is what is chosen. */
  isHandedIn(poll: string): boolean {
    const ballot = this.#filledIn(poll);
    return this.own.value.deciding.cast.includes(poll) && ballot.cast === contentOf(ballot);
  }

  handIn(poll: string): void {
    this.#keepBallot({ ...this.#filledIn(poll), wanted: true });
    this.#cast();
  }

  async met(poll: string): Promise<void> {
    await this.room.command('poll.met', { poll, token: this.ballot(poll).token });
  }

  // ── What happens ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

  #heed(): void {
    if (this.room.own.value === null) return;
    const { sealing } = this.own.value;
    untracked(() => {
      this.#tell({ type: 'told', notes: sealing.notes.filter(({ table }) => table === null) });
      this.#cast();
    });
  }

  #tell(event: SealedEvent): void {
    const [notes, effects] = stepSealed(this.#notes.peek(), event);
    this.#notes.value = notes;
    for (const one of effects) this.#perform(one);
  }

  #perform(effect: SealedEffect): void {
    switch (effect.type) {
      case 'store':
        this.#storage.put('notes', asStored(effect.note));
        return;
      case 'forget':
        this.#storage.drop('notes', effect.note);
        return;
      case 'keep':
        this.room.keepDraft(elementId(effect.note.note), effect.note.text, effect.reason);
        return;
      case 'send':
        void this.#send(effect.command, effect.note);
    }
  }

  async #send(command: Extract<SealedEffect, { type: 'send' }>['command'], sent: OwnNote): Promise<void> {
    const { note, region, text } = sent;
    const key = base64url(sha256(bytesOf(sent.key)));
    let answer: Answer = { kind: 'done' };
    // Its key is safe before the server has it.
    const locking = this.#storage.locking;
    if (locking !== null) await locking;
    try {
      await this.room.command(
        command,
        command === 'seal.drop' ? { note } : { note, region, text, key, phase: sent.phase },
      );
    } catch (error) {
      answer = this.#answerOf(error, region);
    }
    this.#tell({ type: 'answered', note, text, answer });
    if (answer.kind === 'refused') this.#announce(answer.message, 'assertive');
  }

  #answerOf(error: unknown, region: string): Answer {
    if (!(error instanceof ApiError)) return { kind: 'refused', message: String(error) };
    if (error.code === 'network') return { kind: 'network' };
    const isOver = error.code === 'closed' || error.code === 'not_now';
    if (error.code === 'revealed' || (isOver && this.wasRevealed(region))) return { kind: 'revealed' };
    return { kind: 'refused', message: error.message };
  }

  #keepBallot(ballot: StoredBallot): void {
    this.#ballots.value = new Map(this.#ballots.value).set(ballot.poll, ballot);
    this.#storage.put('ballots', ballot);
  }

  /** Hands in what is wanted and was not taken yet, one at a time for each poll. */
  #cast(): void {
    for (const ballot of this.#ballots.peek().values()) {
      if (ballot.wanted && !this.#casting.has(ballot.poll)) void this.#castOne(ballot);
    }
  }

  async #castOne(sent: StoredBallot): Promise<void> {
    const { poll, token } = sent;
    const found = this.gathering.peek().deciding.polls.find((one) => one.poll === poll);
    if (found === undefined) return;
    const about = this.#stillThere(found, sent);
    const given = givenOf(found, about.ballot);
    if (given === null) return;
    this.#casting.add(poll);
    // What changes the ballot later is safe before the server has it.
    const locking = this.#storage.locking;
    if (locking !== null) await locking;
    try {
      await this.room.command('poll.cast', { poll, token, ballot: given, ...whyOf(about) });
      // It may have been closed meanwhile, and forgotten here.
      if (!this.#ballots.peek().has(poll)) return;
      const now = this.#filledIn(poll);
      const cast = contentOf(sent);
      this.#keepBallot({ ...now, cast, wanted: now.wanted && contentOf(now) !== cast });
    } catch (error) {
      if (error instanceof ApiError && error.code === 'network') return;
      this.#keepBallot({ ...this.#filledIn(poll), wanted: false });
      this.#announce(error instanceof ApiError ? error.message : String(error), 'assertive');
      return;
    } finally {
      this.#casting.delete(poll);
    }
    // It may have been handed in once more meanwhile.
    this.#cast();
  }

  /** Once a vote is closed, nothing here tells what was chosen; but whoever objected may still say that it is met. */
  #forgetBallots(): void {
    const { polls } = this.gathering.value.deciding;
    untracked(() => {
      for (const { poll, open } of polls) {
        const ballot = this.#ballots.peek().get(poll);
        if (open || ballot === undefined || (ballot.ballot === 'objection' && ballot.reason === '')) continue;
        if (ballot.wanted && !this.#casting.has(poll))
          this.#announce('The vote closed before your answer arrived.', 'assertive');
        if (ballot.ballot === 'objection' && ballot.cast !== null) {
          this.#keepBallot({ ...ballot, reason: '', wanted: false });
          continue;
        }
        const ballots = new Map(this.#ballots.peek());
        ballots.delete(poll);
        this.#ballots.value = ballots;
        this.#storage.drop('ballots', poll);
      }
    });
  }

  /** A reveal is told wherever one is; the steps themselves are told by the context bar. */
  #tellOfReveal(): void {
    const phase = phaseNow(this.gathering.value);
    const held = phase?.opens.some(isHeld) === true;
    const now = held ? `${phase?.key}/${phase?.revealed}` : '';
    if (phase !== null && now === `${phase.key}/true` && this.#told === `${phase.key}/false`) {
      this.#announce('The notes have been revealed, all at once.');
    }
    this.#told = now;
  }
}

/** The title of a region, as people say it. */
export function regionTitle(gathering: Gathering, key: string): string {
  return regionOf(gathering, key)?.title ?? '';
}

function asHeld(told: SealedNote, local: OwnNote | undefined): HeldNote {
  const isNewer = local?.status === 'waiting' && local.text !== told.text;
  return { note: told.note, text: isNewer ? local.text : told.text, saved: !isNewer };
}

/** What the server is told of it: what it leaves out makes no difference. */
function contentOf(stored: StoredBallot): string {
  return JSON.stringify([stored.ballot, whyOf(stored)]);
}

function bytesOf(text: string): Uint8Array {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

const attending = new WeakMap<Room, Signal<Companion | null>>();

/** The one companion of a room, which all its views share; `null` until it has come. */
export function companionOf(room: Room): Signal<Companion | null> {
  const known = attending.get(room) ?? signal<Companion | null>(null);
  attending.set(room, known);
  return known;
}
