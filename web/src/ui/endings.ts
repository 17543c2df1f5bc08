/** Why a board cannot be shown. */

import { ApiError } from '../net/api.ts';

export type EndReason = 'revoked' | 'removed' | 'token' | 'unknown' | 'version' | 'unreachable' | 'page' | 'fault';

/** Told at once; the rest of the words is on the page of the ending. */
export const TITLES: Readonly<Record<EndReason, string>> = {
  revoked: 'This link has ended',
  removed: 'Your seat has ended',
  token: 'This link is not complete',
  unknown: 'There is no board at this address',
  version: 'A newer Harvestry is ready',
  unreachable: 'We cannot reach the board',
  page: 'There is nothing at this address',
  fault: 'Something went wrong here',
};

/** Close codes of the protocol, §5. */
export function reasonOfClose(code: number): EndReason {
  switch (code) {
    case 4401:
      return 'token';
    case 4403:
      return 'revoked';
    case 4405:
      return 'removed';
    case 4404:
      return 'unknown';
    case 4406:
      return 'version';
    default:
      return 'fault';
  }
}

export function reasonOfError(error: unknown): EndReason {
  if (!(error instanceof ApiError)) return 'fault';
  switch (error.status) {
    case 0:
      return 'unreachable';
    case 401:
      return 'token';
    case 403:
      return error.code === 'removed' ? 'removed' : 'revoked';
    case 404:
      return 'unknown';
    default:
      return error.status >= 502 ? 'unreachable' : 'fault';
  }
}
