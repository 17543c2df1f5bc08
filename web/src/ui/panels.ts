/** The parts that come after the first load: the dialogs, and the outline for those who do not begin with it. */

import { later } from './later.tsx';

export const ShareDialog = later(async () => (await import('./ShareDialog.tsx')).ShareDialog);
export const HelpDialog = later(async () => (await import('./HelpDialog.tsx')).HelpDialog);
export const RenameDialog = later(async () => (await import('./RenameDialog.tsx')).RenameDialog);
export const Kept = later(async () => (await import('./Kept.tsx')).Kept);
export const DisplaySettings = later(async () => (await import('./DisplaySettings.tsx')).DisplaySettings);

export const Outline = later(async () => (await import('./Outline.tsx')).Outline);

export const PANELS = [Outline, ShareDialog, HelpDialog, RenameDialog, Kept, DisplaySettings];
