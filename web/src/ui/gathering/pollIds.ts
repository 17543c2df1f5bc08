/** Ids of votes: 16 characters of the host's device's choice. */

import { newId } from '../../model/ids.ts';

const LENGTH = 16;

export function newPollId(): string {
  return `${newId()}${newId()}`.slice(0, LENGTH);
}
