import { signal } from '@preact/signals-core';
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { Board } from '../../src/model/board.ts';
import { ApiError, type Gathering } from '../../src/net/api.ts';
import { remember, rememberedSeat, settings } from '../../src/net/device.ts';
import { type OpenOptions, type Role, Room, type SaveState } from '../../src/net/room.ts';
import { Journey } from '../../src/ui/journey.ts';

let open: MockInstance<typeof Room.open>;
/** What the server answers to a question about the board. */
const gathering = vi.fn<(board: string, token: string) => Promise<Gathering>>();

async function ask(path: string, { headers }: { readonly headers: Readonly<Record<string, string>> }) {
  try {
    return Response.json(await gathering(path, headers.Authorization?.replace('Bearer ', '') ?? ''));
  } catch (error) {
    if (!(error instanceof ApiError) || error.status === 0) throw error;
    const { code, message, status } = error;
    return Response.json({ error: { code, message } }, { status });
  }
}

function answer(role: Role): Gathering {
  return { board: 'abc', title: 'Alder Vale', role, seats: 3, hosts: [], observers: [] };
}

/** A room as far as the journey looks into it. */
function room(save = signal<SaveState>({ kind: 'saved' })): Room {
  const me = signal({ conn: 1, seat: 's', name: 'Marian', role: 'participant', hue: 0, self: true });
  const board = signal(new Board());
  return { save, me, token: 'resume', waits: signal(false), board, close: vi.fn() } as unknown as Room;
}

const board = (token: string | null) => ({ kind: 'board', board: 'abc', token }) as const;

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
  open = vi.spyOn(Room, 'open');
  gathering.mockReset();
  vi.stubGlobal('fetch', ask);
});
afterEach(() => vi.unstubAllGlobals());

describe('the way to a board', () => {
  it('leads a newcomer to the door, and through it with a name', async () => {
    gathering.mockResolvedValue(answer('participant'));
    open.mockResolvedValue(room());
    const journey = new Journey();
    await journey.go(board('link'));
    expect(journey.screen.value).toMatchObject({ kind: 'join', seat: null });

    await journey.join('Marian', 'outline');
    const [options] = open.mock.calls[0] ?? [];
    expect(options).toMatchObject({
      boardId: 'abc',
      token: 'link',
      name: 'Marian',
      role: 'participant',
    } satisfies Partial<OpenOptions>);
    expect(journey.screen.value).toMatchObject({ kind: 'board', welcome: 'Welcome, Marian.' });
    expect(settings.value.outline).toBe(true);
  });

  it('waits at the door until a host lets one in', async () => {
    gathering.mockResolvedValue(answer('participant'));
    const me = signal<Room['me']['value']>(null);
    const waits = signal(true);
    const save = signal<SaveState>({ kind: 'saving', since: 0 } as unknown as SaveState);
    open.mockResolvedValue({ save, me, waits, board: signal(new Board()), close: vi.fn() } as unknown as Room);
    const journey = new Journey();
    await journey.go(board('link'));
    const joined = journey.join('Marian', 'board');
    await vi.waitFor(() => expect(journey.screen.value).toEqual({ kind: 'lobby' }));
    waits.value = false;
    me.value = { conn: 1, seat: 's', name: 'Marian', role: 'participant', hue: 0, self: true };
    await joined;
    expect(journey.screen.value).toMatchObject({ kind: 'board' });
  });

  it('stays at the board while that is fetched once more after a refusal [UNI-7]', async () => {
    gathering.mockResolvedValue(answer('participant'));
    open.mockResolvedValue(room());
    const journey = new Journey();
    await journey.go(board('link'));
    await journey.join('Marian', 'board');
    open.mock.calls[0]?.[0].onProgress?.(1_000, null);
    expect(journey.screen.value).toMatchObject({ kind: 'board' });
  });

  it('leads back to the same seat after a reload, without a question', async () => {
    remember('abc', 'resume', 'Marian', 'participant');
    open.mockResolvedValue(room());
    const journey = new Journey();
    await journey.go(board(null));
    expect(gathering).not.toHaveBeenCalled();
    expect(open.mock.calls[0]?.[0]).toMatchObject({ token: 'resume' });
    expect(journey.screen.value).toMatchObject({ kind: 'board', welcome: 'Welcome back, Marian.' });
  });

  it('asks when a link carries another role than the seat of this device', async () => {
    remember('abc', 'resume', 'Marian', 'participant');
    gathering.mockImplementation(async (_, token) => answer(token === 'resume' ? 'participant' : 'host'));
    const journey = new Journey();
    await journey.go(board('host-link'));
    expect(journey.screen.value).toMatchObject({ kind: 'join', seat: { name: 'Marian', role: 'participant' } });
    expect(open).not.toHaveBeenCalled();
  });

  it('forgets a seat whose link has ended, and offers a new one', async () => {
    remember('abc', 'resume', 'Marian', 'participant');
    gathering.mockImplementation(async (_, token) => {
      if (token === 'resume') throw new ApiError('revoked', '', 403);
      return answer('participant');
    });
    const journey = new Journey();
    await journey.go(board('new-link'));
    expect(journey.screen.value).toMatchObject({ kind: 'join', seat: null });
    expect(rememberedSeat('abc')).toBeNull();
  });

  it.each([
    [401, 'token'],
    [403, 'revoked'],
    [404, 'unknown'],
    [0, 'unreachable'],
  ])('ends in plain words when the server answers %i', async (status, reason) => {
    gathering.mockRejectedValue(new ApiError('code', '', status));
    const journey = new Journey();
    await journey.go(board('link'));
    expect(journey.screen.value).toMatchObject({ kind: 'ended', reason });
  });

  it('ends at once without a token and without a seat', async () => {
    const journey = new Journey();
    await journey.go(board(null));
    expect(journey.screen.value).toMatchObject({ kind: 'ended', reason: 'token' });
  });
});

describe('a link that opens a seat somebody has', () => {
  it('opens it at once in a browser that has none, and is remembered by the room alone [DEV-8]', async () => {
    open.mockRejectedValue(new ApiError('token', '', 401));
    const journey = new Journey();
    await journey.go(board('rOther.proof'));
    expect(open.mock.calls[0]?.[0]).toMatchObject({ token: 'rOther.proof' });
    expect(journey.screen.value).toMatchObject({ kind: 'ended', reason: 'token' });
    expect(rememberedSeat('abc')).toBeNull();
  });

  it('leaves the choice to whoever has another seat in this browser [DEV-8]', async () => {
    remember('abc', 'rHost.proof', 'Rosa', 'host');
    gathering.mockImplementation(async (_, token) => answer(token === 'rHost.proof' ? 'host' : 'display'));
    open.mockResolvedValue(room());
    const journey = new Journey();
    await journey.go(board('rDevice.proof'));
    expect(journey.screen.value).toMatchObject({ kind: 'join', moves: true, seat: { name: 'Rosa', role: 'host' } });
    expect(open).not.toHaveBeenCalled();
    expect(rememberedSeat('abc')?.resume).toBe('rHost.proof');
    await journey.move();
    expect(open.mock.calls[0]?.[0]).toMatchObject({ token: 'rDevice.proof' });
  });

  it.each([
    [401, 'token'],
    [403, 'revoked'],
    [0, 'network'],
  ])('takes nothing from whoever has a seat here if it opens nothing: %i [DEV-8]', async (status, code) => {
    remember('abc', 'rHost.proof', 'Rosa', 'host');
    gathering.mockImplementation(async (_, token) => {
      if (token !== 'rHost.proof') throw new ApiError(code, '', status);
      return answer('host');
    });
    open.mockResolvedValue(room());
    const journey = new Journey();
    await journey.go(board('rxxxx'));
    expect(open.mock.calls[0]?.[0]).toMatchObject({ token: 'rHost.proof' });
    expect(rememberedSeat('abc')).toMatchObject({ resume: 'rHost.proof', name: 'Rosa' });
  });

  it('asks nothing about the seat that is here already, or in the place of one that has ended [DEV-8]', async () => {
    remember('abc', 'rHost.proof', 'Rosa', 'host');
    open.mockResolvedValue(room());
    const journey = new Journey();
    await journey.go(board('rHost.proof'));
    expect(gathering).not.toHaveBeenCalled();
    gathering.mockImplementation(async (_, token) => {
      if (token === 'rHost.proof') throw new ApiError('revoked', '', 403);
      return answer('participant');
    });
    await journey.go(board('rOther.proof'));
    expect(open.mock.calls.map(([{ token }]) => token)).toEqual(['rHost.proof', 'rOther.proof']);
  });
});

describe('a board that ends while it is open', () => {
  it('keeps its room, so that unsent words can be copied', async () => {
    remember('abc', 'resume', 'Marian', 'participant');
    const save = signal<SaveState>({ kind: 'saved' });
    const opened = room(save);
    open.mockResolvedValue(opened);
    const journey = new Journey();
    await journey.go(board(null));
    save.value = { kind: 'ended', code: 4403, message: '' };
    expect(journey.screen.value).toEqual({ kind: 'ended', reason: 'revoked', room: opened });
    expect(opened.close).not.toHaveBeenCalled();
    expect(rememberedSeat('abc')).toBeNull();
  });
});

describe('an answer that comes too late', () => {
  it('does not replace the screen of another address', async () => {
    let arrive: (value: Gathering) => void = () => undefined;
    gathering.mockReturnValue(
      new Promise((resolve) => {
        arrive = resolve;
      }),
    );
    const journey = new Journey();
    const first = journey.go(board('link'));
    await journey.go({ kind: 'start' });
    arrive(answer('participant'));
    await first;
    expect(journey.screen.value).toEqual({ kind: 'start' });
  });
});
