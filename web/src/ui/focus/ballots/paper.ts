/** What every kind of ballot is given, and what is on it. */

import type { Poll } from '../../../model/gathering/deciding.ts';
import type { FocusProps } from '../FocusView.tsx';
import type { Counts } from './given.ts';

export interface PaperProps extends Pick<FocusProps, 'companion' | 'editor' | 'services'> {
  readonly poll: Poll;
}

export type CountsProps = PaperProps & { readonly counts: Counts };

/** How many dots are on it. */
export function placed(counts: Counts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
