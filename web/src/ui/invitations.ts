/** The links of a gathering, as the share dialog works with them. */

import { type ReadonlySignal, signal } from '@preact/signals-core';
import { ApiError } from '../net/api.ts';
import * as api from '../net/links.ts';
import type { Role } from '../net/room.ts';
import { parseQr, type QrDrawing } from './qrCode.tsx';

export type Loaded =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed' }
  | { readonly kind: 'links'; readonly links: readonly api.Link[] };

/** The server's answer to ending one's own link without a confirmation. */
const UNCONFIRMED = 422;

/** The newest link for those who take part that takes newcomers. */
export function openLink(links: readonly api.Link[]): api.Link | undefined {
  return links.findLast((link) => link.role === 'participant' && !link.closed);
}

export class Invitations {
  readonly #board: string;
  readonly #token: string;
  readonly #state = signal<Loaded>({ kind: 'loading' });
  readonly #qr = signal<QrDrawing | null>(null);
  readonly #code = signal<api.ShortCode | null>(null);
  #qrOf = '';

  constructor(board: string, token: string) {
    this.#board = board;
    this.#token = token;
  }

  get state(): ReadonlySignal<Loaded> {
    return this.#state;
  }

  /** The code of the newest participant link. */
  get qr(): ReadonlySignal<QrDrawing | null> {
    return this.#qr;
  }

  /** The short code that was made last, as long as this dialog is open: the server tells it to hosts and displays alone. */
  get code(): ReadonlySignal<api.ShortCode | null> {
    return this.#code;
  }

  /** The short code of a link: the one that may be on the wall already, and after that another in its place. */
  async makeCode(link: api.Link): Promise<boolean> {
    try {
      const isFirst = this.#code.value === null;
      const known = isFirst ? await api.door(this.#board, this.#token) : null;
      this.#code.value = known?.link === link.link ? known : await api.newCode(this.#board, this.#token, link.id);
    } catch {
      return false;
    }
    return true;
  }

  async load(): Promise<void> {
    try {
      const all = await api.links(this.#board, this.#token);
      const links = all.filter((link) => !link.revoked);
      this.#state.value = { kind: 'links', links };
      await this.#loadQr(openLink(links));
    } catch {
      if (this.#state.value.kind !== 'links') this.#state.value = { kind: 'failed' };
    }
  }

  async add(role: Role): Promise<boolean> {
    try {
      await api.newLink(this.#board, this.#token, role);
    } catch {
      return false;
    }
    await this.load();
    return true;
  }

  /**
   * Ends a link.
   *
   * Returns:
   *   `own` when it is the link this host came by, which the server ends only once that is confirmed.
   */
  async end(link: api.Link, confirmOwn: boolean): Promise<'done' | 'own' | 'failed'> {
    try {
      await api.revokeLink(this.#board, this.#token, link.id, confirmOwn);
    } catch (error) {
      return error instanceof ApiError && error.status === UNCONFIRMED && !confirmOwn ? 'own' : 'failed';
    }
    await this.load();
    return 'done';
  }

  async #loadQr(link: api.Link | undefined): Promise<void> {
    if (link === undefined) {
      this.#qr.value = null;
      this.#qrOf = '';
      return;
    }
    if (link.id === this.#qrOf) return;
    const blob = await api.qr(this.#board, this.#token, link.id);
    this.#qr.value = parseQr(await blob.text());
    this.#qrOf = link.id;
  }
}
