/** Shared devices over HTTP: sitting down at one, and opening one, or one's own seat, in another browser. */

import { ROLES, type Role } from '../sync/state.ts';
import { answer, boardPath, request } from './api.ts';
import { bytesOf } from './locker.ts';
import { malformed, oneOf, record, text } from './parse.ts';

/** What somebody is given for one turn. It is kept in memory alone. */
export interface GivenTurn {
  readonly resume: string;
  readonly name: string;
  readonly role: Role;
  /** What opens what they have locked away on this device. */
  readonly lock: Uint8Array<ArrayBuffer>;
}

/** A link that opens a seat in another browser, and the same as a QR code, as SVG. */
export interface WayIn {
  readonly link: string;
  readonly qr: string;
}

/**
 * Sits down at a shared device.
 *
 * Raises:
 *   ApiError: `pin` if that was not theirs, `needs_pin`, `slow_down` after too many, `unknown` if the seat is not on this device.
 */
export async function takeTurn(board: string, device: string, seat: string, pin: string | null): Promise<GivenTurn> {
  const response = await request(`${boardPath(board)}/turn`, device, { method: 'POST', body: { seat, pin } });
  return answer(response, (value) => {
    const given = record(value, 'turn');
    return {
      resume: text(given.resume, 'turn.resume'),
      name: text(given.name, 'turn.name'),
      role: oneOf(given.role, ROLES, 'turn.role'),
      lock: bytes(text(given.lock, 'turn.lock')),
    };
  });
}

/** The way into a table's device. */
export async function wayToDevice(board: string, token: string, device: string): Promise<WayIn> {
  return answer(await request(`${boardPath(board)}/devices/${encodeURIComponent(device)}`, token), parseWay);
}

/** The way into one's own seat. */
export async function wayToSeat(board: string, token: string): Promise<WayIn> {
  return answer(await request(`${boardPath(board)}/seat`, token), parseWay);
}

function parseWay(value: unknown): WayIn {
  const way = record(value, 'way');
  return { link: text(way.link, 'way.link'), qr: text(way.qr, 'way.qr') };
}

function bytes(base64: string): Uint8Array<ArrayBuffer> {
  try {
    return bytesOf(base64);
  } catch {
    return malformed('turn.lock', 'base64');
  }
}
