/** What stood in the way of a board, in plain words, and what to do about it. */

import type { EndReason } from './endings.ts';

export interface Ending {
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
        why: 'A host has ended the link you came with. What you wrote stays on the board.',
        advice: 'Ask a host for a new link and paste it here.',
        action: null,
        pasteLink: true,
      };
    case 'removed':
      return {
        why: 'A host has ended your seat in this gathering. What you wrote stays unless you withdraw it.',
        advice: 'If you are given a new link, it opens here.',
        action: null,
        pasteLink: true,
      };
    case 'token':
      return {
        why: 'A part of the address is missing or has changed on its way to you.',
        advice:
          'Copy the whole link, up to its last character, and paste it here. If it still does not open, ask a host for a new one.',
        action: null,
        pasteLink: true,
      };
    case 'unknown':
      return {
        why: 'It may have been removed, or a character of the address is different.',
        advice: 'Compare it with your invitation, or ask a host for the link and paste it here.',
        action: null,
        pasteLink: true,
      };
    case 'version':
      return {
        why: 'This page is older than the board. What you wrote is kept on this device.',
        advice: 'Load the page again and you are back in your seat.',
        action: AGAIN,
        pasteLink: false,
      };
    case 'unreachable':
      return {
        why: 'Either this device is offline, or Harvestry is not running at this address.',
        advice: 'Check your connection and try again. What you wrote is kept on this device.',
        action: { kind: 'again', label: 'Try again' },
        pasteLink: false,
      };
    case 'page':
      return {
        why: 'Boards have addresses like /b/ and then a row of letters.',
        advice: 'Paste the link from your invitation here.',
        action: { kind: 'home', label: 'Go to the start page' },
        pasteLink: true,
      };
    case 'fault':
      return {
        why: 'The connection closed because of a fault of ours, not of yours. What you wrote is kept on this device.',
        advice: 'Load the page again. If it happens once more, tell a host.',
        action: AGAIN,
        pasteLink: false,
      };
  }
}
