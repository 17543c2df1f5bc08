/** What every screen may use to speak to the person. */

import type { Announcer } from '../a11y/announcer.ts';
import type { Toaster } from './toaster.ts';

export interface Services {
  readonly announcer: Announcer;
  readonly toaster: Toaster;
}
