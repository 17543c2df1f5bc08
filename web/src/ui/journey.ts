/** The way from an address to an open board, as one signal that says which screen is shown. */

import { effect, type ReadonlySignal, signal } from '@preact/signals-core';
import * as api from '../net/api.ts';
import { changeSettings, forget, rememberedSeat, settings } from '../net/device.ts';
import { RESUME_LETTER, type Role, Room } from '../net/room.ts';
import { scopeOf } from '../net/storage.ts';
import { type Address, readAddress, TabTokens } from './address.ts';
import { fetchBriefly } from './connecting.ts';
import { type EndReason, reasonOfClose, reasonOfError } from './endings.ts';
import { JoinScreen, Outline } from './panels.ts';

export interface Progress {
  readonly received: number;
  /** Bytes in all; null while the server has not said. */
  readonly total: number | null;
}

export type Screen =
  | { readonly kind: 'start' }
  | { readonly kind: 'looking' }
  | {
      readonly kind: 'join';
      readonly gathering: api.Gathering;
      /** The seat this device already has here, in another role than the link's. */
      readonly seat: { readonly name: string; readonly role: api.Gathering['role'] } | null;
      /** Whether the link opens another seat that somebody has, and not a new one. */
      readonly moves: boolean;
    }
  | { readonly kind: 'lobby' }
  | { readonly kind: 'opening'; readonly words: string; readonly progress: Progress }
  | {
      readonly kind: 'board';
      readonly board: string;
      readonly room: Room;
      readonly linkToken: string | null;
      readonly welcome: string;
    }
  | { readonly kind: 'ended'; readonly reason: EndReason; readonly room: Room | null };

/** A seat is asked for again with the name it had; the server knows it by its token. */
interface Entry {
  readonly token: string;
  readonly name?: string;
  readonly role?: Role;
  readonly words: string;
  readonly welcome: string;
}

/** What a screen on a wall is called. */
const DISPLAY = 'Room display';

export class Journey {
  readonly #screen = signal<Screen>({ kind: 'looking' });
  readonly #tokens = new TabTokens();
  #board = '';
  #linkToken: string | null = null;
  /** The token of a seat that moves to this device. The device remembers it once it has opened the room, and not before. */
  #moving: string | null = null;
  /** Counts starts, so that an answer that comes late for an address already left is dropped. */
  #start = 0;

  get screen(): ReadonlySignal<Screen> {
    return this.#screen;
  }

  /** Reads the address bar and takes the token out of it. */
  readPage(): Promise<void> {
    const address = readAddress(location);
    if (address.kind === 'board' && address.token !== null) {
      history.replaceState(history.state, '', location.pathname + location.search);
    }
    return this.go(address);
  }

  async go(address: Address): Promise<void> {
    const start = ++this.#start;
    this.#leave();
    if (address.kind === 'start') return this.#show({ kind: 'start' });
    if (address.kind === 'nowhere') return this.#end('page');
    const { token } = address;
    // A seat that moves to this device comes in as itself.
    const moves = token?.startsWith(RESUME_LETTER) === true;
    this.#moving = moves ? token : null;
    if (!moves && token !== null) this.#tokens.set(address.board, token);
    this.#board = address.board;
    this.#linkToken = this.#tokens.get(address.board);
    this.#show({ kind: 'looking' });
    // A fresh link may carry another role than the seat of this device has; after a reload there is nothing to compare.
    const next = moves ? await this.#move(token) : await this.#choose(token !== null);
    if (start !== this.#start) return;
    if (!('screen' in next)) return this.#enter(next.entry);
    this.#show(next.screen);
    // A screen on a wall has nobody at its keyboard: it comes in by itself.
    const { screen } = next;
    if (screen.kind === 'join' && !screen.moves && screen.gathering.role === 'display')
      await this.join(DISPLAY, 'board');
  }

  async join(name: string, view: 'board' | 'outline'): Promise<void> {
    changeSettings({ outline: view === 'outline' });
    if (this.#linkToken === null) return this.#end('token');
    const { value } = this.#screen;
    await this.#enter({
      token: this.#linkToken,
      name,
      ...(value.kind === 'join' ? { role: value.gathering.role } : {}),
      words: 'Taking a seat',
      welcome: `Welcome, ${name}.`,
    });
  }

  /** Back to the seat this device has, whatever the link says. */
  async resume(): Promise<void> {
    const entry = this.#returnEntry();
    if (entry === null) return this.#end('token');
    await this.#enter(entry);
  }

  /** Into the seat that moves to this device, in the place of the one it has. */
  async move(): Promise<void> {
    if (this.#moving === null) return this.#end('token');
    await this.#enter(movingEntry(this.#moving));
  }

  /** The seat that this device has is given up for another only by whoever sits there. */
  async #move(token: string): Promise<{ readonly screen: Screen } | { readonly entry: Entry }> {
    const entry = this.#returnEntry();
    if (entry === null) return { entry: movingEntry(token) };
    if (scopeOf(this.#board, entry.token) === scopeOf(this.#board, token)) return { entry };
    const [own, offered] = await Promise.allSettled([
      api.gathering(this.#board, entry.token),
      Promise.all([api.gathering(this.#board, token), JoinScreen.fetch()]).then(([gathering]) => gathering),
    ]);
    if (offered.status === 'rejected') return { entry };
    if (own.status === 'rejected') {
      const reason = reasonOfError(own.reason);
      return reason === 'token' || reason === 'revoked' ? { entry: movingEntry(token) } : { entry };
    }
    const name = rememberedSeat(this.#board)?.name ?? '';
    return { screen: { ...joining(offered.value, { name, role: own.value.role }), moves: true } };
  }

  async #choose(freshLink: boolean): Promise<{ readonly screen: Screen } | { readonly entry: Entry }> {
    const entry = this.#returnEntry();
    const link = this.#linkToken;
    if (entry === null) return { screen: link === null ? ended('token') : await this.#joinScreen(link) };
    if (!freshLink || link === null) return { entry };
    const [own, offered] = await Promise.allSettled([
      api.gathering(this.#board, entry.token),
      Promise.all([api.gathering(this.#board, link), JoinScreen.fetch()]).then(([gathering]) => gathering),
    ]);
    if (own.status === 'rejected') {
      const reason = reasonOfError(own.reason);
      if (reason === 'unreachable') return { entry };
      if (reason === 'token' || reason === 'revoked') forget(this.#board);
      return {
        screen: offered.status === 'fulfilled' ? joining(offered.value, null) : ended(reasonOfError(offered.reason)),
      };
    }
    if (offered.status === 'rejected' || offered.value.role === own.value.role) return { entry };
    const name = rememberedSeat(this.#board)?.name ?? '';
    return { screen: joining(offered.value, { name, role: own.value.role }) };
  }

  async #joinScreen(link: string): Promise<Screen> {
    try {
      const [gathering] = await Promise.all([api.gathering(this.#board, link), JoinScreen.fetch()]);
      return joining(gathering, null);
    } catch (error) {
      return ended(reasonOfError(error));
    }
  }

  #returnEntry(): Entry | null {
    const seat = rememberedSeat(this.#board);
    if (seat === null) return null;
    const words = seat.name === '' ? 'Welcome back' : `Welcome back, ${seat.name}`;
    return { token: seat.resume, ...(seat.role === null ? {} : { role: seat.role }), words, welcome: `${words}.` };
  }

  async #enter(entry: Entry): Promise<void> {
    const start = this.#start;
    let entered = false;
    // A board that is fetched once more, after a refusal, stays on the screen meanwhile.
    const opening = (progress: Progress): void => {
      if (start === this.#start && !entered) this.#show({ kind: 'opening', words: entry.words, progress });
    };
    opening({ received: 0, total: null });
    // Somebody who begins with the outline has it fetched beside the board, not after it.
    if (settings.peek().outline) Outline.fetch().catch(() => undefined);
    try {
      const room = await Room.open({
        boardId: this.#board,
        token: entry.token,
        ...(entry.name === undefined ? {} : { name: entry.name }),
        ...(entry.role === undefined ? {} : { role: entry.role }),
        onProgress: (received, total) => opening({ received, total }),
      });
      const stop = room.waits.subscribe((waits) => {
        if (waits && start === this.#start) this.#show({ kind: 'lobby' });
      });
      await seated(room);
      stop();
      await fetchBriefly(room.board.peek());
      entered = true;
      if (start !== this.#start) return room.close();
      this.#watch(room);
      const { value } = room.save;
      if (value.kind === 'ended') return this.#end(reasonOfClose(value.code), room);
      this.#show({ kind: 'board', board: this.#board, room, linkToken: this.#linkToken, welcome: entry.welcome });
    } catch (error) {
      if (start !== this.#start) return;
      const reason = reasonOfError(error);
      if (reason === 'token' || reason === 'revoked') {
        // The seat is gone with its link. Another link may still be good: ask once more without the seat.
        const hadSeat = rememberedSeat(this.#board)?.resume === entry.token;
        if (hadSeat) forget(this.#board);
        if (hadSeat && this.#linkToken !== null) return this.#show(await this.#joinScreen(this.#linkToken));
      }
      this.#end(reason);
    }
  }

  /** A board that ends while it is open keeps its room, so that unsent words can still be copied. */
  #watch(room: Room): void {
    const stop = room.save.subscribe((state) => {
      if (state.kind !== 'ended') return;
      queueMicrotask(() => stop());
      const { value } = this.#screen;
      if (value.kind === 'board' && value.room === room) this.#end(reasonOfClose(state.code), room);
    });
  }

  #leave(): void {
    const { value } = this.#screen;
    if (value.kind === 'board' || value.kind === 'ended') value.room?.close();
  }

  #end(reason: EndReason, room: Room | null = null): void {
    // Another seat may be remembered by now, or still.
    if (reason === 'revoked' && rememberedSeat(this.#board)?.resume === room?.token) forget(this.#board);
    this.#show({ kind: 'ended', reason, room });
  }

  #show(screen: Screen): void {
    this.#screen.value = screen;
  }
}

/**
 * Waits until the server has greeted this seat, or there is no telling when it will.
 *
 * The board is here before the greeting; shown without it, nobody would know yet who they are and whether they may write.
 */
function seated(room: Room): Promise<void> {
  return new Promise((resolve) => {
    const stop = effect(() => {
      const { kind } = room.save.value;
      if (room.me.value === null && kind !== 'offline' && kind !== 'ended') return;
      queueMicrotask(() => stop());
      resolve();
    });
  });
}

function joining(
  gathering: api.Gathering,
  seat: { readonly name: string; readonly role: api.Gathering['role'] } | null,
): Extract<Screen, { kind: 'join' }> {
  return { kind: 'join', gathering, seat, moves: false };
}

function movingEntry(token: string): Entry {
  return { token, words: 'Welcome back', welcome: 'Welcome back.' };
}

function ended(reason: EndReason): Screen {
  return { kind: 'ended', reason, room: null };
}
