/** The links of a board and their short codes, for hosts who invite and for whoever types a code. */

import { ROLES, type Role } from '../sync/state.ts';
import { answer, boardPath, request } from './api.ts';
import { integer, list, oneOf, record, text } from './parse.ts';

export interface Link {
  readonly id: string;
  readonly role: Role;
  readonly link: string;
  readonly token: string;
  /** How many seats came by it. */
  readonly inUse: number;
  /** As the server writes it. */
  readonly createdAt: string;
  readonly revoked: boolean;
  /** It takes no newcomers any more. */
  readonly closed: boolean;
}

/** What is typed instead of a link, for a while. */
export interface ShortCode {
  readonly code: string;
  /** Unix seconds. */
  readonly expiresAt: number;
}

function parseLink(value: unknown): Link {
  const body = record(value, 'link');
  return {
    id: text(body.id, 'link.id'),
    role: oneOf(body.role, ROLES, 'link.role'),
    link: text(body.link, 'link.link'),
    token: text(body.token, 'link.token'),
    inUse: Number(body.in_use ?? 0),
    createdAt: String(body.created_at ?? ''),
    revoked: Boolean(body.revoked),
    closed: Boolean(body.closed),
  };
}

/** All links of a board, revoked ones too. Hosts only. */
export async function links(boardId: string, token: string): Promise<readonly Link[]> {
  const response = await request(`${boardPath(boardId)}/links`, token);
  return answer(response, (value) => list(record(value, 'answer').links, 'links').map(parseLink));
}

export async function newLink(boardId: string, token: string, role: Role): Promise<Link> {
  return answer(await request(`${boardPath(boardId)}/links`, token, { method: 'POST', body: { role } }), parseLink);
}

/**
 * Withdraws a link and closes the connections that came by it.
 *
 * Args:
 *   confirmOwn: Needed for the link the host came by, which shuts the host out too.
 */
export async function revokeLink(boardId: string, token: string, linkId: string, confirmOwn = false): Promise<void> {
  const query = confirmOwn ? '?confirm=own' : '';
  await request(`${boardPath(boardId)}/links/${encodeURIComponent(linkId)}${query}`, token, { method: 'DELETE' });
}

/** A short code for a link, in place of its earlier one. */
export async function newCode(boardId: string, token: string, linkId: string): Promise<ShortCode> {
  const path = `${boardPath(boardId)}/links/${encodeURIComponent(linkId)}/code`;
  return answer(await request(path, token, { method: 'POST' }), (value) => {
    const body = record(value, 'code');
    return { code: text(body.code, 'code.code'), expiresAt: integer(body.expires_at, 'code.expires_at') };
  });
}

/** How people come in, as it stands on the wall. */
export interface Door extends ShortCode {
  readonly link: string;
  /** An SVG. */
  readonly qr: string;
}

/** For hosts, and for a display as long as a host wants it. */
export async function door(boardId: string, token: string): Promise<Door> {
  return answer(await request(`${boardPath(boardId)}/door`, token), (value) => {
    const body = record(value, 'door');
    return {
      link: text(body.link, 'door.link'),
      code: text(body.code, 'door.code'),
      expiresAt: integer(body.expires_at, 'door.expires_at'),
      qr: text(body.qr, 'door.qr'),
    };
  });
}

/** The link that a short code stands for. */
export async function linkOfCode(code: string): Promise<string> {
  const response = await request('/api/join', '', { method: 'POST', body: { code } });
  return answer(response, (value) => text(record(value, 'answer').link, 'link'));
}

/** A link as a QR code, SVG. */
export async function qr(boardId: string, token: string, linkId: string): Promise<Blob> {
  const response = await request(`${boardPath(boardId)}/links/${encodeURIComponent(linkId)}/qr.svg`, token);
  return response.blob();
}
