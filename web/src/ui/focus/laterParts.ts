/** Parts of the focus view that few steps need, fetched when one does. */

import { later } from '../later.tsx';

export const MarkWords = later(async () => (await import('./ballots/MarkWords.tsx')).MarkWords);
export const WordHeat = later(async () => (await import('./WordHeat.tsx')).WordHeat);
