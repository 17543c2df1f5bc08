/** Tells the announcer what happens in a room: others' changes, comings and goings, and whether work is safe. */

import { effect, type ReadonlySignal } from '@preact/signals-core';
import type { ElementId } from '../model/element.ts';
import type { BoardChange } from '../model/plan.ts';
import type { Mode, Room, SaveState } from '../net/room.ts';
import { isHosting } from '../sync/state.ts';
import { modeWords } from './modeWords.ts';
import { inWords } from './names.ts';
import { regionTitleOf } from './regions.ts';
import { saveAnnouncement } from './saveWords.ts';
import type { Services } from './services.ts';

/** Returns the way to stop. */
export function narrate(
  room: Room,
  services: Services,
  drafting: ReadonlySignal<unknown>,
  openKept: () => void,
): () => void {
  const { announcer, toaster } = services;

  const stopBoard = effect(() => {
    // A rebase replaces the board; what it holds then is no news.
    const board = room.board.value;
    return board.subscribe((change: BoardChange) => {
      if (change.origin !== 'remote' || !room.ready.peek()) return;
      const isNote = (id: ElementId): boolean => {
        const kind = board.get(id)?.kind;
        return kind !== undefined && kind !== 'conn' && kind !== 'frame';
      };
      announcer.others({
        addedIn: change.added.filter(isNote).map((id) => regionTitleOf(board, id)),
        changed: change.updated.filter(isNote).length,
        removed: change.removed.length,
      });
    });
  });

  let here: ReadonlyMap<string, string> | null = null;
  const stopPeople = room.people.subscribe((people) => {
    const now = new Map(people.filter((person) => !person.self).map((person) => [person.seat, person.name]));
    const before = here;
    here = now;
    if (before === null) return;
    for (const [seat, name] of now) if (!before.has(seat)) announcer.came(name);
    for (const [seat, name] of before) if (!now.has(seat)) announcer.left(name);
  });

  let saved: SaveState = room.save.peek();
  const stopSave = room.save.subscribe((state) => {
    const text = saveAnnouncement(saved, state);
    // Catching up is part of having been away, so that the end of it is still told.
    const catchingUp = state.kind === 'connecting' || state.kind === 'saving';
    if (!(catchingUp && saved.kind !== 'saved')) saved = state;
    if (text !== null) announcer.say(text);
  });

  let keptBefore = room.kept.peek().length;
  const stopKept = effect(() => {
    const kept = room.kept.value;
    // Whoever goes on writing is not interrupted: it is told when they have left the field.
    if (drafting.value !== null && kept.length >= keptBefore) return;
    const more = kept.length - keptBefore;
    keptBefore = kept.length;
    const newest = kept.at(-1);
    if (more <= 0 || newest === undefined) return;
    const what = more === 1 ? 'Your words are' : `Your words from ${inWords(more)} places are`;
    const text = `${newest.reason} ${what} in Kept for you.`;
    announcer.say(text);
    toaster.show({ text, tone: 'warn', action: { label: 'Open', run: openKept } });
  });

  let mode: Mode = 'open';
  const stopMode = room.mode.subscribe((now) => {
    const text = modeWords(mode, now, isHosting(room.role.peek()));
    mode = now;
    if (text !== null) announcer.say(text);
  });

  const stopNotices = room.onNotice((notice) => {
    if (notice.kind === 'undone' && notice.kept === 0) {
      // Nobody wonders then why it looks as it did before.
      const text = notice.reason.replace('Not added', 'Not changed');
      announcer.say(text);
      toaster.show({ text, tone: 'warn' });
    }
    if (notice.kind !== 'rebased' || notice.changes === 0) return;
    const what = notice.changes === 1 ? 'Your unsent change is' : 'Your unsent changes are';
    const text = `The board was tidied up meanwhile. ${what} on it again.`;
    announcer.say(text);
    toaster.show({ text });
  });

  return () => {
    stopMode();
    stopNotices();
    stopBoard();
    stopPeople();
    stopSave();
    stopKept();
  };
}
