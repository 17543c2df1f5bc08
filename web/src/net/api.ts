/** The HTTP side of a gathering. Each answer is parsed once; each failure is an `ApiError` with the server's stable code. */

import type { Position } from '../sync/messages.ts';
import { ROLES, type Role } from '../sync/state.ts';
import { integer, list, MalformedMessage, oneOf, record, text } from './parse.ts';

export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** The server's code, or `network` when there was no answer, or `malformed` when it was not one of ours. */
  readonly code: string;
  /** HTTP status; 0 without an answer. */
  readonly status: number;

  constructor(code: string, message: string, status: number) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

export interface Gathering {
  readonly board: string;
  readonly title: string;
  readonly role: Role;
  /** How many seats are taken. */
  readonly seats: number;
  /** Names of the hosts who are here. */
  readonly hosts: readonly string[];
  readonly observers: readonly string[];
}

/** The board as one update, and where it stands. */
export interface LoadedState {
  readonly update: Uint8Array;
  readonly position: Position;
}

interface Request {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

export function boardPath(boardId: string): string {
  return `/api/boards/${encodeURIComponent(boardId)}`;
}

async function failure(response: Response): Promise<ApiError> {
  try {
    const error = record(record(await response.json(), 'answer').error, 'error');
    return new ApiError(text(error.code, 'error.code'), text(error.message, 'error.message'), response.status);
  } catch {
    return new ApiError('malformed', `The server answered ${response.status}.`, response.status);
  }
}

export async function request(
  path: string,
  token: string,
  { method = 'GET', body, signal }: Request = {},
): Promise<Response> {
  const headers: Record<string, string> = token === '' ? {} : { Authorization: `Bearer ${token}` };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers,
      cache: 'no-store',
      credentials: 'omit',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch {
    throw new ApiError('network', 'The server cannot be reached.', 0);
  }
  if (!response.ok) throw await failure(response);
  return response;
}

export async function answer<T>(response: Response, parse: (value: unknown) => T): Promise<T> {
  try {
    return parse(await response.json());
  } catch (error) {
    const reason = error instanceof MalformedMessage ? error.message : 'The answer is not JSON.';
    throw new ApiError('malformed', reason, response.status);
  }
}

function parseNames(value: unknown, where: string): string[] {
  return list(value, where).map((name) => text(name, where));
}

function parseGathering(value: unknown): Gathering {
  const body = record(value, 'gathering');
  return {
    board: text(body.board, 'gathering.board'),
    title: text(body.title, 'gathering.title'),
    role: oneOf(body.role, ROLES, 'gathering.role'),
    seats: integer(body.seats, 'gathering.seats'),
    hosts: parseNames(body.hosts, 'gathering.hosts'),
    observers: parseNames(body.observers, 'gathering.observers'),
  };
}

export async function gathering(boardId: string, token: string): Promise<Gathering> {
  return answer(await request(boardPath(boardId), token), parseGathering);
}

function header(response: Response, name: string): number {
  const value = Number.parseInt(response.headers.get(name) ?? '', 10);
  if (Number.isSafeInteger(value)) return value;
  throw new ApiError('malformed', `The answer lacks ${name}.`, response.status);
}

/**
 * Loads a board.
 *
 * Args:
 *   onProgress: Told of every piece that arrives; `total` is `null` when the server compressed the answer, because the browser
 *     then counts other bytes than the header does.
 */
export async function loadState(
  boardId: string,
  token: string,
  onProgress?: (received: number, total: number | null) => void,
  signal?: AbortSignal,
): Promise<LoadedState> {
  const response = await request(`${boardPath(boardId)}/state?joining`, token, signal === undefined ? {} : { signal });
  const position = { epoch: header(response, 'Harvestry-Epoch'), seq: header(response, 'Harvestry-Seq') };
  const length = Number(response.headers.get('Content-Length') ?? Number.NaN);
  const total = response.headers.has('Content-Encoding') || !Number.isFinite(length) ? null : length;
  const pieces: Uint8Array[] = [];
  let received = 0;
  try {
    if (response.body === null) {
      pieces.push(new Uint8Array(await response.arrayBuffer()));
    } else {
      const reader = response.body.getReader();
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
        pieces.push(piece.value);
        received += piece.value.length;
        onProgress?.(received, total);
      }
    }
  } catch {
    throw new ApiError('network', 'The connection broke while the board was loading.', 0);
  }
  const update = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    update.set(piece, at);
    at += piece.length;
  }
  return { update, position };
}
