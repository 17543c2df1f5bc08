import 'fake-indexeddb/auto';
import { decode, encode } from '@msgpack/msgpack';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Board } from '../../src/model/board.ts';
import type { BoardElement } from '../../src/model/element.ts';
import { world } from '../../src/model/point.ts';
import { ApiError, type LoadedState } from '../../src/net/api.ts';
import { type Notice, type Role, Room } from '../../src/net/room.ts';
import type { SocketListener } from '../../src/net/socket.ts';
import { Storage } from '../../src/net/storage.ts';
import { addNote } from '../model/boards.ts';

type Frame = readonly unknown[];

/** A server, a device and time, all in the hands of the test. */
class World {
  now = 0;
  timers: { at: number; then: () => void }[] = [];
  /** The board as the server has it. */
  truth = new Board(1);
  failure: ApiError | null = null;
  sockets: { listener: SocketListener; frames: Frame[]; open: boolean }[] = [];
  remembered: string[] = [];
  tabs = 0;
  alive = new Set<string>();
  rooms: Room[] = [];
  role = 'participant';
  /** Whether loading brings nothing. */
  stalls = false;
  /** What the server says it has. */
  vector: Uint8Array = Uint8Array.of(0);
  epoch = 1;

  async open(token = 'rSeat.proof', known: { readonly role?: Role } = {}): Promise<Room> {
    this.tabs += 1;
    const own = `tab${this.tabs}`;
    this.alive = new Set([own]);
    const tabs = { own, isAlive: async (tab: string) => this.alive.has(tab), leave: () => undefined };
    const room = await Room.open(
      { boardId: 'board', token, name: 'Ngozi', ...known },
      {
        clock: {
          now: () => this.now,
          wallClock: () => 1_000_000 + this.now,
          random: () => 0.5,
          after: (ms, then) => {
            const timer = { at: this.now + ms, then };
            this.timers.push(timer);
            return () => {
              this.timers = this.timers.filter((other) => other !== timer);
            };
          },
        },
        openSocket: (_board, listener) => {
          const socket = { listener, frames: [] as Frame[], open: true };
          this.sockets.push(socket);
          return {
            send: (frame) => socket.frames.push(decode(frame) as Frame),
            abandon: () => {
              socket.open = false;
            },
          };
        },
        loadState: async (_board, _token, _onProgress, signal): Promise<LoadedState> => {
          if (this.stalls) {
            await new Promise<void>((aborted) => {
              signal?.addEventListener('abort', () => aborted());
            });
            throw new ApiError('network', 'The server cannot be reached.', 0);
          }
          if (this.failure !== null) throw this.failure;
          return { update: this.truth.encode(), position: { epoch: this.epoch, seq: 5 } };
        },
        openStorage: () => Storage.open(tabs),
        remember: (board, resume, name) => this.remembered.push(`${board} ${resume} ${name}`),
        page: null,
      },
    );
    this.rooms.push(room);
    return room;
  }

  get socket() {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error('no socket');
    return socket;
  }

  say(...message: Frame): void {
    this.socket.listener.received(encode(message));
  }

  welcome(conn = 7): void {
    this.socket.listener.opened();
    this.say('welcome', {
      v: 1,
      board: 'board',
      title: 'Stories',
      conn,
      seat: 'seat',
      name: 'Ngozi',
      role: this.role,
      hue: 1,
      resume: 'rSeat.proof',
      epoch: this.epoch,
      seq: 5,
      sv: this.vector,
      update: null,
      people: [
        [conn, 'seat', 'Ngozi', this.role, 1],
        [3, 'asa', 'Åsa', 'host', 2],
      ],
      seats: { asa: 'Åsa' },
      authors: {},
      limits: { frame: 65_536, text: 4_000, elements: 10_000 },
      mode: 'open',
      filling: null,
    });
  }

  /** What the server does to its board, as the update that its tick brings. */
  undo(change: () => void): Uint8Array {
    const room = this.rooms.at(-1)?.board.peek();
    if (room !== undefined) this.truth.merge(room.encode());
    change();
    return this.truth.encode();
  }

  /** Gives the board another history, with some of its elements. */
  rebuild(keeps: (element: BoardElement) => boolean = () => true): void {
    const before = this.truth;
    this.epoch += 1;
    this.truth = new Board(100 + this.epoch);
    this.truth.run({
      type: 'create',
      elements: before.all().flatMap(({ id, kind, rect, parent, text, ...rest }) => {
        if (kind === 'unknown' || !keeps({ id, kind, rect, parent, text, ...rest })) return [];
        return [{ id, kind, rect, parent, text }];
      }),
    });
  }

  sent(type: string): Frame[] {
    return this.socket.frames.filter(([kind]) => kind === type);
  }

  pass(ms: number): void {
    const until = this.now + ms;
    for (;;) {
      const next = this.timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.timers = this.timers.filter((timer) => timer !== next);
      this.now = next.at;
      next.then();
    }
    this.now = until;
  }
}

let outside: World;

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  outside = new World();
});

afterEach(() => {
  for (const room of outside.rooms) room.close();
});

/** Lets the storage finish: each of these requests queues behind those made before. */
async function settled(): Promise<void> {
  const storage = await Storage.open({ own: 'reader', isAlive: async () => true, leave: () => undefined });
  await storage?.adopt('board/rSeat', 0);
  storage?.close();
}

describe('a room', () => {
  it('shows the board, greets, and tells who is here', async () => {
    const note = addNote(outside.truth, 'hello');
    const room = await outside.open();
    expect(room.board.value.get(note)?.text).toBe('hello');
    outside.welcome();
    expect(outside.sent('hello')).toMatchObject([['hello', { v: 1, token: 'rSeat.proof', since: [1, 5] }]]);
    expect(room.save.value).toEqual({ kind: 'saved' });
    expect(room.title.value).toBe('Stories');
    expect(room.me.value).toMatchObject({ conn: 7, name: 'Ngozi', self: true });
    expect(room.people.value.map(({ name }) => name)).toEqual(['Åsa', 'Ngozi']);
    expect(room.canWrite.value).toBe(true);
    expect(outside.remembered).toEqual(['board rSeat.proof Ngozi']);
  });

  it('sends each step as one edit and is saved on the receipt [UNI-4]', async () => {
    const room = await outside.open();
    outside.welcome();
    const note = addNote(room.board.value, 'mine');
    expect(outside.sent('edit')).toMatchObject([['edit', 1, expect.any(Uint8Array)]]);
    expect(room.save.value).toEqual({ kind: 'saving' });
    outside.pass(2_010);
    expect(room.save.value).toEqual({ kind: 'delayed', count: 1 });
    outside.say('tick', 6, null, [7, 1], null, null);
    expect(room.save.value).toEqual({ kind: 'saved' });
    expect(room.authorOf(note)).toBe('Ngozi');
    outside.say('tick', 7, null, null, null, [['authored', 'asa', [note]]]);
    expect(room.authorOf(note)).toBe('Åsa');
  });

  it('merges what others do', async () => {
    const room = await outside.open();
    outside.welcome();
    const updates: Uint8Array[] = [];
    outside.truth.onStep(({ update }) => updates.push(update));
    const note = addNote(outside.truth, 'theirs');
    // Connection 3: its cursor at 1, 2, the note selected, and dragged by 5.
    const presence = Uint8Array.of(0, 3, 37, 2, 4, 1, ...new TextEncoder().encode(note), 10, 0, 0, 0);
    for (const update of updates) outside.say('tick', 6, update, null, presence, null);
    expect(room.board.value.get(note)?.text).toBe('theirs');
    expect(room.presence.value.get(3)).toMatchObject({ cursor: { x: 1, y: 2 }, drag: { x: 5, y: 0, w: 0, h: 0 } });
    outside.say('tick', 7, null, null, null, [['left', 3]]);
    expect(room.presence.value.size).toBe(0);
    expect(outside.sent('edit')).toEqual([]);
  });

  it('keeps unsent work over a reload and sends it then [UNI-5]', async () => {
    const first = await outside.open();
    outside.welcome();
    outside.socket.listener.closed(1006, '');
    const note = addNote(first.board.value, 'offline');
    outside.pass(3_000);
    expect(first.save.value).toEqual({ kind: 'offline', count: 1 });
    await settled();
    first.close();

    const second = await outside.open();
    expect(second.board.value.get(note)?.text).toBe('offline');
    outside.welcome(8);
    expect(outside.sent('edit')).toHaveLength(1);
    outside.truth.merge(outside.sent('edit')[0]?.[2] as Uint8Array);
    expect(outside.truth.get(note)?.text).toBe('offline');
    outside.say('tick', 6, null, [8, 1], null, null);
    await settled();
    second.close();

    await outside.open();
    outside.welcome(9);
    expect(outside.sent('edit')).toEqual([]);
  });

  it('stores what a new seat wrote under that seat', async () => {
    const first = await outside.open('lLink.proof');
    outside.welcome();
    const note = addNote(first.board.value, 'new here');
    await settled();
    first.close();
    const second = await outside.open();
    expect(second.board.value.get(note)?.text).toBe('new here');
  });

  it('after a refusal has the server’s board and keeps the words [UNI-7]', async () => {
    const shared = addNote(outside.truth, 'shared');
    const room = await outside.open();
    outside.welcome();
    const before = room.board.value;
    const lost = addNote(before, 'my words');
    before.run({ type: 'recolour', ids: [shared], colour: 'mere' });
    outside.say('refused', 1, 'role', 'Writing is closed.', []);
    await settled();
    expect(room.board.value).not.toBe(before);
    expect(room.board.value.get(lost)).toBeUndefined();
    expect(room.board.value.get(shared)?.colour).toBe('oat');
    expect(room.kept.value).toMatchObject([{ text: 'my words', reason: 'Writing is closed.', at: 1_000_000 }]);
    outside.welcome(8);
    expect(outside.sent('edit')).toEqual([]);
    addNote(room.board.value, 'again');
    expect(outside.sent('edit')).toMatchObject([['edit', 3, expect.any(Uint8Array)]]);
    await settled();
    room.close();

    const later = await outside.open();
    expect(later.kept.value).toMatchObject([{ text: 'my words' }]);
    later.dropKept(later.kept.value[0]?.id ?? '');
    expect(later.kept.value).toEqual([]);
  });

  it('answers a gap with everything the server lacks', async () => {
    const room = await outside.open();
    outside.welcome();
    const [one, two] = [addNote(room.board.value, 'one'), addNote(room.board.value, 'two')];
    outside.say('resync', outside.truth.stateVector());
    const edits = outside.sent('edit');
    expect(edits.map(([, cseq]) => cseq)).toEqual([1, 2, 3]);
    outside.truth.merge(edits[2]?.[2] as Uint8Array);
    expect([outside.truth.get(one)?.text, outside.truth.get(two)?.text]).toEqual(['one', 'two']);
  });

  it('that reads too slowly says what it holds, and goes on from a new welcome [LIM-2]', async () => {
    const room = await outside.open();
    outside.welcome();
    room.setPresence({ cursor: world(1, 1) });
    const note = addNote(room.board.value, 'mine');
    outside.say('behind');
    expect(outside.sent('sync')).toEqual([['sync', room.board.value.stateVector()]]);
    expect(room.save.value).not.toEqual({ kind: 'saved' });
    outside.say('tick', 9, null, [7, 1], null, null);
    outside.welcome(9);
    outside.pass(60);
    expect(outside.sent('edit').map(([, cseq]) => cseq)).toEqual([1, 1]);
    expect(outside.sent('presence')).toHaveLength(2);
    expect(room.board.value.get(note)?.text).toBe('mine');
  });

  it('sends presence at most twenty times a second, and again on a new connection', async () => {
    const room = await outside.open();
    outside.welcome();
    for (let x = 1; x <= 100; x += 1) {
      room.setPresence({ cursor: world(x + 0.2, 0) });
      outside.pass(10);
    }
    outside.pass(60);
    const sent = outside.sent('presence');
    expect(sent.length).toBeLessThanOrEqual(21);
    expect(sent.at(-1)).toEqual(['presence', [100, 0], [], null, null, null]);
    outside.socket.listener.closed(1006, '');
    outside.pass(200);
    outside.welcome(8);
    expect(outside.sent('presence')).toEqual([['presence', [100, 0], [], null, null, null]]);
  });

  it('brings each command its own answer', async () => {
    const room = await outside.open();
    outside.welcome();
    const [renamed, titled, broken] = [
      room.command('rename', { name: 'N.' }),
      room.command('title', { title: 'T' }),
      room.command('rename', { name: 'O.' }),
    ];
    expect(outside.sent('command')).toEqual([
      ['command', 1, 'rename', { name: 'N.' }],
      ['command', 2, 'title', { title: 'T' }],
      ['command', 3, 'rename', { name: 'O.' }],
    ]);
    outside.say('failed', 2, 'role', 'Only a host can do that.');
    outside.say('result', 1, null);
    await expect(renamed).resolves.toBeNull();
    await expect(titled).rejects.toMatchObject({ code: 'role', message: 'Only a host can do that.' });
    outside.socket.listener.closed(1006, '');
    await expect(broken).rejects.toMatchObject({ code: 'network' });
    await expect(room.command('title', {})).rejects.toMatchObject({ code: 'network' });
  });

  it('takes what is plain data, and sends no half characters', async () => {
    const room = await outside.open();
    outside.welcome();
    const phases = [{ key: 'sort', title: 'So\ud800rt', minutes: 6, opens: [], poll: null }];
    room.command('show.arrange', { phases, since: 'write' }).catch(() => undefined);
    const whole = [{ key: 'sort', title: 'So\ufffdrt', minutes: 6, opens: [], poll: null }];
    expect(outside.sent('command')).toEqual([['command', 1, 'show.arrange', { phases: whole, since: 'write' }]]);
  });

  it('shows the gathering as it was told last, and what is told to this seat alone', async () => {
    const room = await outside.open();
    outside.welcome();
    expect([room.gathering.value, room.own.value]).toEqual([null, null]);
    outside.say('gathering', { show: { stage: 'ready' } });
    outside.say('own', { people: { role: 'participant' } });
    outside.say('gathering', { show: { stage: 'live' } });
    expect(room.gathering.value).toEqual({ show: { stage: 'live' } });
    expect(room.own.value).toEqual({ people: { role: 'participant' } });
    // While the line is broken, it stays as it was.
    outside.socket.listener.closed(1006, '');
    expect(room.gathering.value).toEqual({ show: { stage: 'live' } });
  });

  it('counts by the time at the server, measured once for each connection that has a gathering', async () => {
    const room = await outside.open();
    expect(room.serverTime()).toBe(1_000_000 + outside.now);
    outside.welcome();
    expect(outside.sent('command')).toEqual([]);
    outside.say('gathering', { show: { stage: 'ready' } });
    for (let n = 1; n <= 4; n += 1) {
      expect(outside.sent('command').at(-1)).toEqual(['command', n, 'clock', {}]);
      outside.pass(40);
      outside.say('result', n, 7_000_000 + outside.now - 20);
      await Promise.resolve();
      await Promise.resolve();
      await Promise.resolve();
    }
    expect(room.serverTime()).toBe(7_000_000 + outside.now);
    outside.say('gathering', { show: { stage: 'live' } });
    expect(outside.sent('command')).toHaveLength(4);
  });

  it('takes the role that a host gives', async () => {
    const room = await outside.open();
    outside.welcome();
    const joined = (conn: number, role: string) =>
      outside.say('tick', 6, null, null, null, [['joined', [conn, conn === 7 ? 'seat' : 'asa', 'N', role, 1]]]);
    joined(3, 'observer');
    expect([room.role.value, room.canWrite.value]).toEqual(['participant', true]);
    joined(7, 'observer');
    expect([room.role.value, room.me.value?.role, room.canWrite.value]).toEqual(['observer', 'observer', false]);
    joined(7, 'cohost');
    expect([room.role.value, room.canWrite.value]).toEqual(['cohost', true]);
  });

  it('takes a garbled frame for a broken line', async () => {
    await outside.open();
    outside.welcome();
    const { socket } = outside;
    socket.listener.received(Uint8Array.of(0xc1));
    expect(socket.open).toBe(false);
    outside.pass(200);
    expect(outside.sockets).toHaveLength(2);
  });

  it('lets a person write as soon as the board is here, before anybody has answered [UNI-5]', async () => {
    const room = await outside.open();
    expect(room.role.value).toBeNull();
    expect(room.canWrite.value).toBe(true);
    addNote(room.board.value, 'written on the train');
    outside.welcome();
    expect(outside.sent('edit')).toHaveLength(1);
  });

  it('does not let an observer write', async () => {
    outside.role = 'observer';
    const room = await outside.open();
    outside.welcome();
    expect(room.canWrite.value).toBe(false);
  });

  it('knows an observer by what the device remembers, until the server says', async () => {
    const room = await outside.open('rSeat.proof', { role: 'observer' });
    expect(room.canWrite.value).toBe(false);
    outside.welcome();
    expect(room.role.value).toBe('participant');
    expect(room.canWrite.value).toBe(true);
  });

  it('opens without a server, and loads as soon as there is one', async () => {
    outside.failure = new ApiError('network', 'The server cannot be reached.', 0);
    const note = addNote(outside.truth, 'hello');
    const room = await outside.open();
    expect(room.ready.value).toBe(false);
    expect(room.canWrite.value).toBe(false);
    expect(room.save.value).toEqual({ kind: 'connecting' });
    outside.failure = null;
    outside.pass(200);
    await settled();
    expect(room.ready.value).toBe(true);
    expect(room.board.value.get(note)?.text).toBe('hello');
  });

  it('does not open with a token that opens nothing', async () => {
    outside.failure = new ApiError('revoked', 'This link has been withdrawn.', 403);
    await expect(outside.open()).rejects.toMatchObject({ code: 'revoked', status: 403 });
  });

  it('whose link was withdrawn meanwhile opens for the words that were left unsent', async () => {
    const shared = addNote(outside.truth, 'shared');
    const first = await outside.open();
    outside.welcome();
    outside.socket.listener.closed(1006, '');
    addNote(first.board.value, 'never seen');
    first.board.value.editText(shared, 'shared by all');
    await settled();
    first.close();
    outside.failure = new ApiError('revoked', 'This link has been withdrawn.', 403);
    const second = await outside.open();
    expect(second.save.value).toMatchObject({ kind: 'ended', code: 4403 });
    expect(second.kept.value.map(({ text }) => text)).toEqual(['never seen', ' by all']);
    await settled();
    second.close();
    expect((await outside.open()).kept.value).toHaveLength(2);
  });

  it('gives up a load that brings nothing, and tries again', async () => {
    outside.stalls = true;
    const opening = outside.open();
    await settled();
    outside.stalls = false;
    outside.pass(20_000);
    const room = await opening;
    outside.pass(200);
    await settled();
    expect(room.ready.value).toBe(true);
  });

  it('sends again what a restored server has lost, and only what is its own', async () => {
    const room = await outside.open();
    outside.welcome();
    const mine = addNote(room.board.value, 'mine');
    const theirs = new Board(3);
    const note = addNote(theirs, 'theirs');
    outside.say('tick', 6, theirs.encode(), [7, 1], null, null);
    expect(room.save.value).toEqual({ kind: 'saved' });
    outside.socket.listener.closed(1012, '');
    outside.pass(200);
    outside.welcome(8);
    const edits = outside.sent('edit');
    expect(edits.map(([, cseq]) => cseq)).toEqual([2]);
    outside.truth.merge(edits[0]?.[2] as Uint8Array);
    expect(outside.truth.get(mine)?.text).toBe('mine');
    expect(outside.truth.knows(note)).toBe(false);
  });

  it('that lacks what the server has starts over from the server’s board, with its own unsent work', async () => {
    const room = await outside.open();
    outside.welcome();
    const mine = addNote(room.board.value, 'mine');
    outside.socket.listener.closed(1006, '');
    const note = addNote(outside.truth, 'theirs');
    outside.pass(200);
    outside.vector = outside.truth.stateVector();
    outside.welcome(8);
    outside.pass(1_000);
    await settled();
    expect(room.board.value.get(note)?.text).toBe('theirs');
    expect(room.board.value.get(mine)?.text).toBe('mine');
    outside.welcome(9);
    expect(outside.sent('edit')).toHaveLength(1);
    expect(room.kept.value).toEqual([]);
  });

  it('makes unsent edits again on a board that was rebuilt, and goes on from there [UNI-10]', async () => {
    const shared = addNote(outside.truth, 'Trust');
    const gone = addNote(outside.truth, 'gone');
    const room = await outside.open();
    outside.welcome();
    const before = room.board.value;
    const notices: Notice[] = [];
    room.onNotice((notice) => notices.push(notice));
    outside.socket.listener.closed(1006, '');
    const made = addNote(before, 'made offline');
    before.editText(shared, 'Trust grows');
    before.editText(gone, 'gone, but mine');

    outside.rebuild((element) => element.id !== gone);
    outside.truth.editText(shared, 'We said: Trust');
    outside.pass(200);
    outside.welcome(8);
    // Until the new board is here, the old one is in sight and takes what is written.
    expect(room.board.value).toBe(before);
    expect(room.canWrite.value).toBe(true);
    before.editText(made, 'made offline, and on');
    await settled();
    const { value: board } = room.board;
    expect(board).not.toBe(before);
    expect(board.get(made)?.text).toBe('made offline, and on');
    expect(board.get(shared)?.text).toBe('We said: Trust grows');
    expect(board.canUndo.value).toBe(false);
    expect(room.kept.value).toMatchObject([{ text: 'gone, but mine' }]);
    expect(notices).toEqual([{ kind: 'rebased', changes: 4 }]);

    outside.welcome(9);
    const edits = outside.sent('edit');
    expect(edits.map(([, cseq]) => cseq)).toEqual([5, 6]);
    for (const [, , update] of edits) outside.truth.merge(update as Uint8Array);
    expect(outside.truth.get(made)?.text).toBe('made offline, and on');
    expect(outside.truth.get(shared)?.text).toBe('We said: Trust grows');
    outside.say('tick', 6, null, [9, 6], null, null);
    expect(room.save.value).toEqual({ kind: 'saved' });
  });

  it('makes edits again that a closed page left unsent to a board that was rebuilt since [UNI-10]', async () => {
    const shared = addNote(outside.truth, 'Trust');
    const first = await outside.open();
    outside.welcome();
    outside.socket.listener.closed(1006, '');
    first.board.value.editText(shared, 'Trust grows');
    await settled();
    first.close();

    outside.rebuild();
    const second = await outside.open();
    expect(second.board.value.get(shared)?.text).toBe('Trust grows');
    await settled();
    second.close();
    // It is noted as an edit of the new board now, and not made a third time.
    const third = await outside.open();
    expect(third.board.value.get(shared)?.text).toBe('Trust grows');
    outside.welcome(8);
    const edits = outside.sent('edit');
    expect(edits).toHaveLength(1);
    outside.truth.merge(edits[0]?.[2] as Uint8Array);
    expect(outside.truth.get(shared)?.text).toBe('Trust grows');
    expect(third.kept.value).toEqual([]);
  });

  it('keeps the words of what a page of an earlier version left unsent to a board that was rebuilt', async () => {
    const storage = await Storage.open({ own: 'old', isAlive: async () => true, leave: () => undefined });
    const old = new Board(4);
    let update = new Uint8Array();
    old.onStep((step) => {
      update = step.update.slice();
    });
    const id = addNote(old, 'an old page’s words');
    await storage?.store('board/rSeat', { cseq: 1, update, ids: [id], edits: null, epoch: null, at: 0 });
    storage?.close();
    const room = await outside.open();
    expect(room.board.value.get(id)?.text).toBe('an old page’s words');
    outside.welcome();
    outside.rebuild();
    outside.socket.listener.closed(4410, 'rebuilt');
    await settled();
    expect(room.board.value.get(id)).toBeUndefined();
    expect(room.kept.value).toMatchObject([{ text: 'an old page’s words' }]);
    outside.welcome(8);
    expect(outside.sent('edit')).toEqual([]);
  });

  it('keeps the words that a locked board undid, and says so once [UNI-7]', async () => {
    const shared = addNote(outside.truth, 'Trust');
    const room = await outside.open();
    outside.welcome();
    const notices: Notice[] = [];
    room.onNotice((notice) => notices.push(notice));
    const { value: board } = room.board;
    board.editText(shared, 'Trust g');
    board.editText(shared, 'Trust gr');
    board.run({ type: 'recolour', ids: [shared], colour: 'mere' });
    const back = outside.undo(() => outside.truth.editText(shared, 'Trust'));
    for (const cseq of [1, 2]) outside.say('neutralised', cseq, 'locked', 'The board is locked.', [shared]);
    expect(room.kept.value).toEqual([]);
    outside.say('tick', 6, back, [7, 3], null, [['mode', 'locked']]);
    expect(board.get(shared)?.text).toBe('Trust');
    expect(room.kept.value).toMatchObject([{ text: 'Trust gr', reason: 'Not added: the board is locked.' }]);
    const reason = 'Not added: the board is locked.';
    expect(notices).toEqual([
      { kind: 'undoing', elements: [shared], reason },
      { kind: 'undoing', elements: [shared], reason },
      { kind: 'undone', elements: [shared], reason, kept: 1 },
    ]);
    expect(room.board.value).toBe(board);
    expect(room.canWrite.value).toBe(false);
    outside.say('tick', 7, null, null, null, [['mode', 'open']]);
    expect(room.canWrite.value).toBe(true);
    await settled();
    room.close();
    expect((await outside.open()).kept.value).toMatchObject([{ text: 'Trust gr' }]);
  });

  it('keeps nothing of an undone edit that wrote nothing, or whose words are there after all', async () => {
    const shared = addNote(outside.truth, 'Trust');
    const room = await outside.open();
    outside.welcome();
    const notices: Notice[] = [];
    room.onNotice((notice) => notices.push(notice));
    const { value: board } = room.board;
    board.run({ type: 'recolour', ids: [shared], colour: 'mere' });
    outside.say('neutralised', 1, 'locked', 'The board is locked.', [shared]);
    outside.say('tick', 6, null, [7, 1], null, null);
    expect(notices.at(-1)).toMatchObject({ kind: 'undone', kept: 0 });
    board.editText(shared, 'Trust grows');
    outside.say('neutralised', 2, 'locked', 'The board is locked.', [shared]);
    outside.say('tick', 7, null, [7, 2], null, null);
    expect(notices.at(-1)).toMatchObject({ kind: 'undone', kept: 0 });
    await settled();
    expect(room.kept.value).toEqual([]);
    room.close();
    expect((await outside.open()).kept.value).toEqual([]);
  });

  it('has stored the words before anything is undone: the page may close in between', async () => {
    const shared = addNote(outside.truth, 'Trust');
    const room = await outside.open();
    outside.welcome();
    room.board.value.editText(shared, 'Trust grows');
    outside.say('neutralised', 1, 'removed', 'It was removed.', [shared]);
    await settled();
    room.close();
    outside.truth.run({ type: 'delete', ids: [shared] });
    expect((await outside.open()).kept.value).toMatchObject([
      { text: 'Trust grows', reason: 'Not added: somebody removed this meanwhile.' },
    ]);
  });

  it('keeps one draft of each element, as long as its words are not on the board', async () => {
    const shared = addNote(outside.truth, 'Trust');
    const room = await outside.open();
    outside.welcome();
    room.keepDraft(shared, 'Trust', 'closed');
    expect(room.kept.value).toEqual([]);
    room.keepDraft(shared, 'Trust g', 'closed');
    room.keepDraft(shared, 'Trust gr', 'closed');
    expect(room.kept.value).toMatchObject([{ text: 'Trust gr', reason: 'closed' }]);
    room.keepDraft(shared, 'Trust', 'closed');
    expect(room.kept.value).toEqual([]);
  });

  it('lets hosts write while it is locked, and nobody while it is damaged', async () => {
    outside.role = 'host';
    const room = await outside.open();
    outside.welcome();
    outside.say('tick', 6, null, null, null, [['mode', 'locked']]);
    expect(room.mode.value).toBe('locked');
    expect(room.canWrite.value).toBe(true);
    outside.say('tick', 7, null, null, null, [['mode', 'damaged']]);
    expect(room.canWrite.value).toBe(false);
    outside.say('tick', 8, null, null, null, [
      ['mode', 'paused'],
      ['filling', 'elements', 92],
    ]);
    expect(room.canWrite.value).toBe(true);
    expect(room.filling.value).toEqual({ what: 'elements', percent: 92 });
    expect(room.save.value).toEqual({ kind: 'paused', count: 0 });
  });

  it('keeps the words of what is deleted while its author writes in it', async () => {
    const note = addNote(outside.truth, 'shared');
    const room = await outside.open();
    outside.welcome();
    room.setPresence({ editing: note });
    room.board.value.editText(note, 'shared words');
    const updates: Uint8Array[] = [];
    outside.truth.onStep(({ update }) => updates.push(update));
    outside.truth.run({ type: 'delete', ids: [note] });
    for (const update of updates) outside.say('tick', 6, update, null, null, null);
    expect(room.board.value.get(note)).toBeUndefined();
    expect(room.kept.value).toMatchObject([{ text: 'shared words' }]);
  });

  it('never sends half a character, which would cost the edits on their way', async () => {
    const room = await outside.open();
    outside.welcome();
    room.command('rename', { name: `N\ud800${'x'.repeat(100)}` }).catch(() => undefined);
    expect(outside.sent('command')).toEqual([['command', 1, 'rename', { name: `N\ufffd${'x'.repeat(58)}` }]]);
  });

  it('ends when its link is withdrawn', async () => {
    const room = await outside.open();
    outside.welcome();
    outside.socket.listener.closed(4403, '');
    expect(room.save.value).toEqual({ kind: 'ended', code: 4403, message: 'This link has been withdrawn.' });
    expect(room.canWrite.value).toBe(false);
  });
});
