/** Taking back what one wrote once a host has ended one's seat: no socket is opened any more, so it goes over HTTP. */

import { answer, boardPath, request } from './api.ts';
import { GatheringStorage } from './gatheringStorage.ts';
import { integer, record } from './parse.ts';
import { scopeOf } from './storage.ts';

/** As many as the server takes at once. */
const MOST_KEYS = 64;

export interface TakenBack {
  readonly gone: number;
  /** What the group agreed on, or others put their names to. */
  readonly stays: number;
}

/**
 * Keys of notes without a name that this device has for a seat. Whether one has been revealed this device need not have heard; the
 * server passes over what a key does not open.
 */
export async function keysOf(board: string, token: string): Promise<readonly string[]> {
  const storage = await GatheringStorage.open(scopeOf(board, token));
  const notes = await storage.all('notes');
  storage.close();
  return notes.map(({ key }) => key).filter((key) => key !== '');
}

/**
 * Takes all of it back: what has the seat's name, what is sealed, and what the keys prove.
 *
 * Raises:
 *   ApiError: If there is no answer, or it cannot be done now; some of it may be gone by then.
 */
export async function takeAllBack(board: string, token: string, keys: readonly string[]): Promise<TakenBack> {
  let gone = 0;
  let stays = 0;
  for (let from = 0; from === 0 || from < keys.length; from += MOST_KEYS) {
    const body = { keys: keys.slice(from, from + MOST_KEYS) };
    const done = await answer(await request(`${boardPath(board)}/withdraw`, token, { method: 'POST', body }), read);
    gone += done.gone;
    stays = done.stays;
  }
  return { gone, stays };
}

function read(value: unknown): TakenBack {
  const body = record(value, 'answer');
  return { gone: integer(body.gone, 'gone'), stays: integer(body.stays, 'stays') };
}
