/** The parts that come after the first load: the dialogs, the tray of a selection, and the outline for those who do not begin with it. */

import { connecting } from './connecting.ts';
import { LaterModule, later } from './later.tsx';

export const ContextTray = later(async () => (await import('./ContextTray.tsx')).ContextTray);
export const ShareDialog = later(async () => (await import('./ShareDialog.tsx')).ShareDialog);
export const HelpDialog = later(async () => (await import('./HelpDialog.tsx')).HelpDialog);
export const RenameDialog = later(async () => (await import('./RenameDialog.tsx')).RenameDialog);
export const Kept = later(async () => (await import('./Kept.tsx')).Kept);
export const DisplaySettings = later(async () => (await import('./DisplaySettings.tsx')).DisplaySettings);

export const RoomBanner = later(async () => (await import('./RoomBanner.tsx')).RoomBanner);

export const Outline = later(async () => (await import('./Outline.tsx')).Outline);

/** Fetched while the server is asked about the link, and not at all by those who have their seat already. */
export const JoinScreen = later(async () => (await import('./JoinScreen.tsx')).JoinScreen);

/** Why a board cannot be shown; here before anything can go wrong with a board that was. */
export const EndedScreen = later(async () => (await import('./EndedScreen.tsx')).EndedScreen);

/** The page without a board to go to; most who come have a link. */
export const StartScreen = later(async () => (await import('./StartScreen.tsx')).StartScreen);

/** For a host of a board without a run of show. */
export const TemplatePicker = later(async () => (await import('./gathering/TemplatePicker.tsx')).TemplatePicker);

/** Where there is a run of show. */
export const ContextBar = later(async () => (await import('./gathering/ContextBar.tsx')).ContextBar);
export const HostConsole = later(async () => (await import('./gathering/Console.tsx')).HostConsole);
export const CareBar = later(async () => (await import('./gathering/CareBar.tsx')).CareBar);
/** What is asked of a person in a gathering, and what a screen in the room shows of it. */
export const Now = later(async () => (await import('./focus/Now.tsx')).Now);
/** The same for whoever works in the outline. */
export const OutlineNow = later(async () => (await import('./focus/OutlineNow.tsx')).OutlineNow);
export const RoomDisplay = later(async () => (await import('./focus/RoomDisplay.tsx')).RoomDisplay);

/** What a room needs on a bad day, when nothing may be there to fetch it from. */
const recovery = new LaterModule(() => import('../sync/rebase.ts'));

export const clipboard = new LaterModule(() => import('./boardClipboard.ts'));

export const PANELS = [
  EndedScreen,
  recovery,
  clipboard,
  connecting,
  RoomBanner,
  ContextTray,
  Outline,
  ShareDialog,
  HelpDialog,
  RenameDialog,
  Kept,
  DisplaySettings,
];
