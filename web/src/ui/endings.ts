/** Why a board cannot be shown, in plain words, and what to do about it. */

import { ApiError } from '../net/api.ts';

export type EndReason = 'revoked' | 'removed' | 'token' | 'unknown' | 'version' | 'unreachable' | 'page' | 'fault';

export interface Ending {
  readonly title: string;
  readonly why: string;
  readonly advice: string;
  /** What the one button does; null where the field for a link is the way on. */
  readonly action: { readonly kind: 'again' | 'home'; readonly label: string } | null;
  readonly pasteLink: boolean;
}

const AGAIN = { kind: 'again', label: 'Load it again' } as const;

export function endingOf(reason: EndReason): Ending {
  switch (reason) {
    case 'revoked':
      return {
        title: 'This link has ended',
        why: 'A host has ended the link you came with. What you wrote stays on the board.',
        advice: 'Ask a host for a new link and paste it here.',
        action: null,
        pasteLink: true,
      };
    case 'removed':
      return {
        title: 'Your seat has ended',
        why: 'A host has ended your seat in this gathering. What you wrote stays unless you withdraw it.',
        advice: 'If you are given a new link, it opens here.',
        action: null,
        pasteLink: true,
      };
    case 'token':
      return {
        title: 'This link is not complete',
        why: 'A part of the address is missing or has changed on its way to you.',
        advice:
          'Copy the whole link, up to its last character, and paste it here. If it still does not open, ask a host for a new one.',
        action: null,
        pasteLink: true,
      };
    case 'unknown':
      return {
        title: 'There is no board at this address',
        why: 'It may have been removed, or a character of the address is different.',
        advice: 'Compare it with your invitation, or ask a host for the link and paste it here.',
        action: null,
        pasteLink: true,
      };
    case 'version':
      return {
        title: 'A newer Harvestry is ready',
        why: 'This page is older than the board. What you wrote is kept on this device.',
        advice: 'Load the page again and you are back in your seat.',
        action: AGAIN,
        pasteLink: false,
      };
    case 'unreachable':
      return {
        title: 'We cannot reach the board',
        why: 'Either this device is offline, or Harvestry is not running at this address.',
        advice: 'Check your connection and try again. What you wrote is kept on this device.',
        action: { kind: 'again', label: 'Try again' },
        pasteLink: false,
      };
    case 'page':
      return {
        title: 'There is nothing at this address',
        why: 'Boards have addresses like /b/ and then a row of letters.',
        advice: 'Paste the link from your invitation here.',
        action: { kind: 'home', label: 'Go to the start page' },
        pasteLink: true,
      };
    case 'fault':
      return {
        title: 'Something went wrong here',
        why: 'The connection closed because of a fault of ours, not of yours. What you wrote is kept on this device.',
        advice: 'Load the page again. If it happens once more, tell a host.',
        action: AGAIN,
        pasteLink: false,
      };
  }
}

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
