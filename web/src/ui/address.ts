/** Addresses: `/b/{board}#{token}`, and `/join` where a short code is typed. The token stands in the fragment, and leaves the address bar as soon as it is read. */

export type Address =
  | { readonly kind: 'start' }
  | { readonly kind: 'board'; readonly board: string; readonly token: string | null }
  | { readonly kind: 'nowhere' };

const BOARD_PATH = /^\/b\/([A-Za-z0-9_-]{1,64})\/?$/;

export function readAddress(url: { readonly pathname: string; readonly hash: string }): Address {
  if (['/', '/index.html', '/join'].includes(url.pathname)) return { kind: 'start' };
  const board = BOARD_PATH.exec(url.pathname)?.[1];
  if (board === undefined) return { kind: 'nowhere' };
  const token = url.hash.replace(/^#/, '');
  return { kind: 'board', board, token: token === '' ? null : token };
}

/**
 * Reads a link somebody pasted.
 *
 * Returns:
 *   The path to go to here, or the sentence that says what is wrong with it.
 */
export function readPastedLink(text: string, origin: string): { readonly path: string } | { readonly problem: string } {
  const words = text.trim();
  if (words === '') return { problem: 'Paste the link from your invitation first.' };
  const url = parseUrl(words, origin);
  const address = url === null ? null : readAddress(url);
  if (url === null || address === null || address.kind !== 'board') {
    return { problem: 'That is not a link to a board. It has /b/ in the middle and a # near the end.' };
  }
  if (url.origin !== origin) return { problem: `That link belongs to ${url.host}. Open it in a new tab.` };
  if (address.token === null) return { problem: 'The end of the link is missing, from # on. Copy the whole link.' };
  return { path: `/b/${address.board}#${address.token}` };
}

function parseUrl(text: string, origin: string): URL | null {
  // People also copy a link without its scheme: "harvest.example/b/…".
  const host = new URL(origin).host;
  const full = text.startsWith(`${host}/`) ? `${origin}${text.slice(host.length)}` : text;
  return URL.canParse(full, origin) ? new URL(full, origin) : null;
}

const TOKEN_PREFIX = 'harvestry.link.';

/** Link tokens of this tab, for a reload. They are not kept longer: the seat's own resume token is. */
export class TabTokens {
  readonly #memory = new Map<string, string>();

  get(board: string): string | null {
    const own = this.#memory.get(board);
    if (own !== undefined) return own;
    try {
      return sessionStorage.getItem(TOKEN_PREFIX + board);
    } catch {
      return null;
    }
  }

  set(board: string, token: string): void {
    this.#memory.set(board, token);
    try {
      sessionStorage.setItem(TOKEN_PREFIX + board, token);
    } catch {
      // Storage is forbidden here: the link then has to be opened again after a reload.
    }
  }
}
