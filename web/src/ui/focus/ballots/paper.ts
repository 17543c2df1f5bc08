/** What every kind of ballot is given, and what is on it. */

import type { Poll } from '../../../model/gathering/deciding.ts';
import type { Ballot } from '../../../net/gatheringStorage.ts';
import type { FocusProps } from '../FocusView.tsx';

export interface PaperProps extends Pick<FocusProps, 'companion' | 'editor' | 'services'> {
  readonly poll: Poll;
}

/** A number for each thing. */
export type Counts = Readonly<Record<string, number>>;

export function countsOf(ballot: Ballot | null): Counts {
  return typeof ballot === 'object' && ballot !== null ? ballot : {};
}

/** How many dots are on it. */
export function placed(counts: Counts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
