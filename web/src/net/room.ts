/**
 * One open board: the connection machine, wired to the socket, the storage, the clock and the board itself.
 *
 * No rule lives here. Every event goes to `step`; the effects it returns are carried out in order, and the signals are set from the
 * state it leaves behind.
 */

import { batch, type ReadonlySignal, signal } from '@preact/signals-core';
import { Board } from '../model/board.ts';
import type { Missing } from '../model/boardDocument.ts';
import { type ElementId, LIMITS } from '../model/element.ts';
import { fitText } from '../model/textDiff.ts';
import { unreachable } from '../model/unreachable.ts';
import { nextDeadline, step } from '../sync/connection.ts';
import { type ConnectionEvent, type ConnectionState, type Effect, initialConnection } from '../sync/connectionState.ts';
import { keptWords, takenAway, undoneBecause } from '../sync/keptWords.ts';
import type { CommandArgs, Filling, Mode, ServerMessage, Told } from '../sync/messages.ts';
import { EMPTY_OUTBOX, type Entry } from '../sync/outbox.ts';
import { change, dueAt, NO_PRESENCE, type PresenceChange, reconnected, take } from '../sync/ownPresence.ts';
import { saveState, saveStateChangesAt } from '../sync/saved.ts';
import {
  isHosting,
  type Kept,
  looksOn,
  type Notice,
  type Person,
  type Presence,
  type Role,
  type SaveState,
} from '../sync/state.ts';
import { ApiError } from './api.ts';
import { Commands } from './commands.ts';
import { patiently } from './patience.ts';
import { measureClock } from './serverClock.ts';
import { Shelf } from './shelf.ts';
import type { Socket } from './socket.ts';
import { type Shelves, scopeOf } from './storage.ts';
import { browserSurroundings, type Surroundings } from './surroundings.ts';
import { decodeMessage, encodeMessage } from './wire.ts';

export type { Filling, Mode } from '../sync/messages.ts';
export type { Kept, Notice, Person, Presence, Role, SaveState } from '../sync/state.ts';

export interface OpenOptions {
  readonly boardId: string;
  /** A resume token, or a link token to take a new seat. */
  readonly token: string;
  /** For a new seat. */
  readonly name?: string;
  /** What this token lets one do, as far as the device knows; the server's word replaces it. */
  readonly role?: Role;
  readonly onProgress?: (received: number, total: number | null) => void;
}

/** What the rest of a sync needs beside the state vector. */
const SYNC_BYTES = 16;
/** A server's frame that is no message of ours: as good as a broken line. */
const GARBLED = 4000;
/** Resume tokens begin with this letter; see docs/protocol.md §1. */
export const RESUME_LETTER = 'r';

type Rebase = typeof import('../sync/rebase.ts').rebase;
type Compared = Extract<Effect, { type: 'compare' | 'diff' }>;

export class Room {
  /** When the person came, by this device's clock, in Unix milliseconds. */
  readonly came = Date.now();
  readonly #boardId: string;
  readonly #surroundings: Surroundings;
  readonly #storage: Shelves | null;
  readonly #onProgress: OpenOptions['onProgress'];
  readonly #left = new AbortController();

  #state: ConnectionState;
  #scope: string | null;
  #socket: Socket | null = null;
  #offWatch: () => void = () => undefined;
  #offTimer: () => void = () => undefined;
  #ownPresence = NO_PRESENCE;
  #authors = new Map<ElementId, string>();
  readonly #commands = new Commands();
  readonly #events: ConnectionEvent[] = [];
  #stepping = false;
  #loading: Promise<void> = Promise.resolve();
  #refusedLoad: ApiError | null = null;
  /** Comes after the first load, at the latest when there is something to make again. */
  #rebase: Rebase | null = null;
  readonly #noticeListeners = new Set<(notice: Notice) => void>();

  readonly #board = signal(new Board());
  readonly #ready = signal(false);
  readonly #waits = signal(false);
  readonly #save = signal<SaveState>({ kind: 'connecting' });
  readonly #people = signal<readonly Person[]>([]);
  readonly #presence = signal<ReadonlyMap<number, Presence>>(new Map());
  readonly #me = signal<Person | null>(null);
  readonly #title = signal('');
  readonly #shelf = new Shelf({
    store: (kept) => {
      if (this.#scope !== null) void this.#storage?.keep(this.#scope, kept);
    },
    drop: (id) => {
      if (this.#scope !== null) void this.#storage?.dropKept(this.#scope, id);
    },
  });
  readonly #mode = signal<Mode>('open');
  readonly #filling = signal<Filling | null>(null);
  readonly #gathering = signal<Told | null>(null);
  readonly #own = signal<Told | null>(null);
  /** The server's date less our monotonic time, and on which socket it was measured. */
  readonly #ahead = signal<number | null>(null);
  #measured = 0;
  readonly #role = signal<Role | null>(null);
  readonly #canWrite = signal(false);
  readonly #authorship = signal(0);

  private constructor(options: OpenOptions, surroundings: Surroundings, storage: Shelves | null) {
    this.#boardId = options.boardId;
    this.#surroundings = surroundings;
    this.#storage = storage;
    this.#onProgress = options.onProgress;
    this.#scope = options.token.startsWith(RESUME_LETTER) ? scopeOf(options.boardId, options.token) : null;
    const { token, name, role = null } = options;
    this.#state = initialConnection({ token, name: name === undefined ? null : fitText(name, LIMITS.name), role });
  }

  /**
   * Opens a board.
   *
   * Returns:
   *   The room, as soon as the board is loaded or the first attempt has found no server; it goes on trying, and `save` says so.
   *
   * Raises:
   *   ApiError: If the server says that this token opens no board, and no words are kept here that one could still copy.
   */
  static async open(options: OpenOptions, surroundings: Surroundings = browserSurroundings()): Promise<Room> {
    const room = new Room(options, surroundings, await surroundings.openStorage());
    await room.#restore();
    room.#watchPage();
    room.#useBoard(room.#newBoard());
    room.#tell({ type: 'started' });
    await room.#loading;
    if (room.#refusedLoad !== null && room.kept.value.length === 0) {
      room.close();
      throw room.#refusedLoad;
    }
    return room;
  }

  /** The board; another one after a refusal, and when the server has rebuilt it. */
  get board(): ReadonlySignal<Board> {
    return this.#board;
  }

  /** Whether the board has been loaded: an empty one is really empty. */
  get ready(): ReadonlySignal<boolean> {
    return this.#ready;
  }

  /** Whether a host has to let us in first. */
  get waits(): ReadonlySignal<boolean> {
    return this.#waits;
  }

  get save(): ReadonlySignal<SaveState> {
    return this.#save;
  }

  get people(): ReadonlySignal<readonly Person[]> {
    return this.#people;
  }

  /** What the others are doing, by connection. */
  get presence(): ReadonlySignal<ReadonlyMap<number, Presence>> {
    return this.#presence;
  }

  get me(): ReadonlySignal<Person | null> {
    return this.#me;
  }

  get title(): ReadonlySignal<string> {
    return this.#title;
  }

  get kept(): ReadonlySignal<readonly Kept[]> {
    return this.#shelf.kept;
  }

  /** What the room takes in just now. */
  get mode(): ReadonlySignal<Mode> {
    return this.#mode;
  }

  /** How full the board is, once that matters. */
  get filling(): ReadonlySignal<Filling | null> {
    return this.#filling;
  }

  /** The gathering as everybody of the person's role sees it; `null` while the board has no run of show. */
  get gathering(): ReadonlySignal<Told | null> {
    return this.#gathering;
  }

  /** What the person alone sees of it. */
  get own(): ReadonlySignal<Told | null> {
    return this.#own;
  }

  /** The server's date in Unix milliseconds, as everything in a gathering is dated; subscribes to better estimates of it. */
  serverTime(): number {
    const { clock } = this.#surroundings;
    const ahead = this.#ahead.value;
    return ahead === null ? clock.wallClock() : clock.now() + ahead;
  }

  /** What the person may do here; before the server's welcome, what this device remembers of it. */
  get role(): ReadonlySignal<Role | null> {
    return this.#role;
  }

  /** Whether an edit may begin: with a connection or without, as long as the board is here and its person is no observer. */
  get canWrite(): ReadonlySignal<boolean> {
    return this.#canWrite;
  }

  /** Counts up whenever `authorOf` may answer differently. */
  get authorship(): ReadonlySignal<number> {
    return this.#authorship;
  }

  /** The token that opens this seat: for HTTP requests of the person in it. */
  get token(): string {
    return this.#state.token;
  }

  /** Calls back with what happened to the person's own work. */
  onNotice(listener: (notice: Notice) => void): () => void {
    this.#noticeListeners.add(listener);
    return () => this.#noticeListeners.delete(listener);
  }

  /** Whose name stands with an element: its author's, or else its table's. */
  authorOf(id: ElementId): string | null {
    const seat = this.#authors.get(id);
    if (seat !== undefined) return this.#state.roster.names.get(seat) ?? null;
    // Whoever draws names follows the board already, and is drawn with whatever follows it.
    const table = this.board.peek().get(id)?.style.table;
    return typeof table === 'string' ? table : null;
  }

  /** Whether the person made it, as far as a name stands with it. */
  isMine(id: ElementId): boolean {
    return this.#me.value !== null && this.#authors.get(id) === this.#me.value.seat;
  }

  /** The name of a seat, as far as it was ever told. */
  nameOf(seat: string): string | null {
    return (
      this.#people.value.find((person) => person.seat === seat)?.name ?? this.#state.roster.names.get(seat) ?? null
    );
  }

  setPresence(presence: PresenceChange): void {
    this.#ownPresence = change(this.#ownPresence, presence);
    this.#sendPresence();
    this.#schedule();
  }

  /**
   * Asks the server to do something.
   *
   * Raises:
   *   ApiError: If it refuses, or if there is no connection; commands are not kept for later.
   */
  command(name: string, args: CommandArgs): Promise<unknown> {
    if (this.#state.phase.kind !== 'live') {
      return Promise.reject(new ApiError('network', 'There is no connection just now.', 0));
    }
    return this.#commands.ask(name, args, (message) => this.#socket?.send(encodeMessage(message)));
  }

  dropKept(id: string): void {
    this.#shelf.drop(id);
  }

  /** Keeps words for their author while they cannot go to the board; what is on the board already needs no keeping. */
  keepDraft(element: ElementId, text: string, reason: string): void {
    const isThere = this.#board.value.get(element)?.text === text;
    this.#shelf.put(element, isThere ? '' : text, reason, this.#surroundings.clock.wallClock());
  }

  close(): void {
    this.#left.abort();
    this.#offTimer();
    this.#offWatch();
    this.#socket?.abandon();
    this.#socket = null;
    this.#commands.fail();
    this.#storage?.close();
  }

  // ── Events in ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Takes one event at a time: what an effect causes waits until the effects before it are done. */
  #tell(event: ConnectionEvent): void {
    this.#events.push(event);
    if (this.#stepping || this.#left.signal.aborted) return;
    this.#stepping = true;
    try {
      for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift()) this.#take(next);
    } finally {
      this.#stepping = false;
    }
    this.#schedule();
  }

  #take(event: ConnectionEvent): void {
    const { clock } = this.#surroundings;
    const before = this.#state;
    const [state, effects] = step(before, event, { now: clock.now(), jitter: clock.random() });
    batch(() => {
      this.#state = state;
      for (const effect of effects) this.#perform(effect);
      this.#show();
    });
    const isLive = state.phase.kind === 'live';
    if (isLive && before.phase.kind !== 'live') {
      this.#ownPresence = reconnected(this.#ownPresence);
      this.#sendPresence();
    }
    if (!isLive && before.phase.kind === 'live') this.#commands.fail();
  }

  #show(): void {
    const { roster, phase, role, position, mode, filling, gathering, own } = this.#state;
    const now = this.#surroundings.clock.now();
    const save = saveState(this.#state, now);
    if (JSON.stringify(save) !== JSON.stringify(this.#save.value)) this.#save.value = save;
    this.#people.value = roster.people;
    this.#presence.value = roster.presence;
    this.#title.value = roster.title;
    this.#me.value = roster.people.find((person) => person.self) ?? null;
    this.#ready.value = position !== null;
    this.#waits.value = phase.kind === 'lobby';
    this.#role.value = role;
    this.#mode.value = mode;
    this.#filling.value = filling;
    this.#gathering.value = gathering;
    this.#own.value = own;
    // A role nobody has told us yet forbids nothing: the server decides, and words it refuses are kept.
    const isOpen = mode === 'locked' ? isHosting(role) : mode !== 'damaged';
    this.#canWrite.value = position !== null && phase.kind !== 'ended' && !looksOn(role) && isOpen;
  }

  #schedule(): void {
    this.#offTimer();
    if (this.#left.signal.aborted) return;
    const now = this.#surroundings.clock.now();
    const presence = this.#state.phase.kind === 'live' ? dueAt(this.#ownPresence) : null;
    const deadlines = [nextDeadline(this.#state), saveStateChangesAt(this.#state, now), presence];
    const next = Math.min(...deadlines.map((deadline) => deadline ?? Number.POSITIVE_INFINITY));
    if (!Number.isFinite(next)) return;
    // One more millisecond, because timers of browsers may fire a little early.
    this.#offTimer = this.#surroundings.clock.after(Math.max(0, next - now) + 1, () => {
      this.#sendPresence();
      this.#tell({ type: 'timePassed' });
    });
  }

  #watchPage(): void {
    const { page } = this.#surroundings;
    if (page === null) return;
    const { signal } = this.#left;
    page.addEventListener('online', () => this.#tell({ type: 'woke' }), { signal });
    page.addEventListener('offline', () => this.#tell({ type: 'wentOffline' }), { signal });
    page.addEventListener('pageshow', () => this.#tell({ type: 'woke' }), { signal });
    page.document.addEventListener(
      'visibilitychange',
      () => {
        if (page.document.visibilityState === 'visible') this.#tell({ type: 'woke' });
      },
      { signal },
    );
    page.addEventListener(
      'beforeunload',
      (event) => {
        const isStored = this.#storage?.holdsAll === true && this.#scope !== null;
        if (this.#state.outbox.entries.length > 0 && !isStored) event.preventDefault();
      },
      { signal },
    );
  }

  #received(socket: number, frame: Uint8Array): void {
    let message: ServerMessage;
    try {
      message = decodeMessage(frame);
    } catch {
      this.#socket?.abandon();
      this.#tell({ type: 'closed', socket, code: GARBLED, reason: '' });
      return;
    }
    this.#commands.answer(message);
    this.#tell({ type: 'received', socket, message });
    if (message.type === 'gathering' && this.#measured !== socket) void this.#measure(socket);
  }

  /** A device's date may be wrong by hours, and its monotonic time stand still while it sleeps: each connection measures anew. */
  async #measure(socket: number): Promise<void> {
    this.#measured = socket;
    const ahead = await measureClock(() => this.command('clock', {}), this.#surroundings.clock.now);
    if (ahead !== null && this.#measured === socket) this.#ahead.value = ahead;
  }

  // ── Effects out ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

  #perform(effect: Effect): void {
    switch (effect.type) {
      case 'load':
        this.#loading = this.#load();
        return;
      case 'connect':
        this.#connect(effect.socket);
        return;
      case 'disconnect':
        this.#socket?.abandon();
        this.#socket = null;
        return;
      case 'send':
        this.#socket?.send(encodeMessage(effect.message));
        return;
      case 'merge':
        this.#board.value.merge(effect.update);
        return;
      case 'diff':
        this.#tell({ type: 'diffed', ...this.#missing(effect) });
        return;
      case 'sync':
        this.#sync();
        return;
      case 'compare':
        this.#compare(effect);
        return;
      case 'store':
        if (this.#scope !== null) void this.#storage?.store(this.#scope, effect.entry);
        return;
      case 'forget':
        if (this.#scope !== null) void this.#storage?.forget(this.#scope, effect.upTo);
        return;
      case 'keep':
        this.#shelf.add(
          keptWords(this.#board.value, effect.lost, effect.message, this.#surroundings.clock.wallClock()),
        );
        return;
      case 'discard':
        this.#shelf.add(
          keptWords(this.#board.value, effect.lost, effect.message, this.#surroundings.clock.wallClock()),
        );
        this.#useBoard(this.#newBoard());
        return;
      case 'rebase':
        this.#startAgain(effect.update, effect.entries);
        return;
      case 'putAside': {
        const { undone, unsaved } = effect;
        this.#shelf.putAside(undone, unsaved, this.#surroundings.clock.wallClock());
        this.#notify({ kind: 'undoing', elements: undone.elements, reason: undoneBecause(undone) });
        return;
      }
      case 'keepAside':
        this.#keepAside();
        return;
      case 'remember':
        this.#remember(effect.resume, effect.name);
        return;
      case 'authored':
        if (effect.all) this.#authors = new Map(effect.authors);
        else for (const [id, seat] of effect.authors) this.#authors.set(id, seat);
        this.#authorship.value += 1;
        return;
      default:
        unreachable(effect);
    }
  }

  #missing({ stateVector, unsaved }: Compared): Missing {
    return this.#board.value.missing(
      stateVector,
      unsaved.map(({ update }) => update),
    );
  }

  #sync(): void {
    const stateVector = this.#board.value.stateVector();
    const fits = stateVector.length <= this.#state.maxFrameBytes - SYNC_BYTES;
    this.#socket?.send(encodeMessage({ type: 'sync', stateVector: fits ? stateVector : null }));
  }

  #compare(compared: Compared): void {
    const updates = compared.unsaved.map(({ update }) => update);
    const standing = this.#board.value.compare(compared.stateVector, updates);
    if (standing === 'boardLacks') this.#tell({ type: 'parted' });
    if (standing === 'serverLacks') this.#tell({ type: 'diffed', ...this.#missing(compared) });
  }

  async #load(): Promise<void> {
    const board = this.#board.value;
    try {
      const { loadState, clock } = this.#surroundings;
      const { update, position } = await patiently(clock, this.#onProgress, (onProgress, signal) =>
        loadState(this.#boardId, this.#state.token, onProgress, signal),
      );
      if (this.#state.outbox.entries.length > 0) this.#rebase ??= (await import('../sync/rebase.ts')).rebase;
      if (this.#left.signal.aborted || board !== this.#board.value) return;
      this.#tell({ type: 'loaded', update, position });
      this.#shelf.dropNeedless(this.#board.value);
    } catch (error) {
      const failure = error instanceof ApiError ? error : new ApiError('malformed', String(error), 0);
      const { status, code, message } = failure;
      this.#tell({ type: 'loadFailed', status, code, message });
      if (this.#state.phase.kind === 'ended') this.#refusedLoad = failure;
    }
  }

  #connect(socket: number): void {
    this.#socket?.abandon();
    this.#socket = this.#surroundings.openSocket(this.#boardId, {
      opened: () => this.#tell({ type: 'opened', socket, stateVector: this.#board.value.stateVector() }),
      received: (frame) => this.#received(socket, frame),
      closed: (code, reason) => this.#tell({ type: 'closed', socket, code, reason }),
    });
  }

  /** Another history of the board takes the place of this one, with one's own unsent edits made again on it. */
  #startAgain(update: Uint8Array, entries: readonly Entry[]): void {
    const board = this.#newBoard();
    board.merge(update);
    this.#useBoard(board);
    this.#shelf.add(this.#rebase?.(board, entries, this.#surroundings.clock.wallClock()) ?? []);
    const last = entries.at(-1);
    if (last !== undefined) this.#tell({ type: 'rebased', upTo: last.cseq });
    this.#notify({ kind: 'rebased', changes: entries.length });
    this.#keepAside();
  }

  #newBoard(): Board {
    return new Board(undefined, { now: this.#surroundings.clock.now });
  }

  #useBoard(board: Board): void {
    this.#offWatch();
    const { wallClock } = this.#surroundings.clock;
    const offStep = board.onStep((step) => this.#tell({ type: 'edited', ...step }));
    const offChange = board.subscribe(({ added, removed, origin }) => {
      const { editing } = this.#ownPresence.current;
      if (origin === 'remote' && editing !== null && removed.includes(editing))
        this.#shelf.add(takenAway(board, editing, wallClock()));
      const seat = this.#me.value?.seat;
      if (origin !== 'local' || seat === undefined) return;
      // Until the server says so; a thing brought back by undo has its author already.
      for (const id of added) if (!this.#authors.has(id)) this.#authors.set(id, seat);
    });
    this.#offWatch = () => {
      offStep();
      offChange();
    };
    this.#board.value = board;
  }

  #sendPresence(): void {
    if (this.#state.phase.kind !== 'live') return;
    const [presence, message] = take(this.#ownPresence, this.#surroundings.clock.now());
    this.#ownPresence = presence;
    if (message !== null) this.#socket?.send(encodeMessage(message));
  }

  #keepAside(): void {
    const notice = this.#shelf.keepAside(this.#board.value);
    if (notice !== null) this.#notify(notice);
  }

  #notify(notice: Notice): void {
    for (const listener of this.#noticeListeners) listener(notice);
  }

  /** A new seat has a place in storage only now; what was written before the welcome moves in. */
  #remember(resume: string, name: string): void {
    this.#surroundings.remember(this.#boardId, resume, name, this.#state.role);
    const scope = scopeOf(this.#boardId, resume);
    if (scope === this.#scope) return;
    this.#scope = scope;
    for (const entry of this.#state.outbox.entries) void this.#storage?.store(scope, entry);
    this.#shelf.storeAll();
  }

  async #restore(): Promise<void> {
    if (this.#storage === null || this.#scope === null) return;
    const { clock } = this.#surroundings;
    const outbox = await this.#storage.adopt(this.#scope, clock.now());
    if (outbox !== EMPTY_OUTBOX) this.#state = { ...this.#state, outbox };
    this.#shelf.restore(await this.#storage.kept(this.#scope));
  }
}
