/** Locks, which hosts put on the board or on what is selected, and take off again. */

import { mentionAll } from '../tools/describe.ts';
import type { Editor } from './editor.ts';

/** Closes the board to everybody but hosts, or opens it. */
export function lockBoard(editor: Editor, locked: boolean): void {
  // What happens then is told to everybody alike.
  editor.room.command('lock', { locked }).catch(() => {
    const text = `The board could not be ${locked ? 'locked' : 'unlocked'}. Try again when the connection is back.`;
    editor.tell({ text, tone: 'warn' });
  });
}

/** What is said beside something that is locked. */
export function lockedWords(editor: Editor): string {
  return editor.arranges ? 'Locked: only hosts can change it.' : 'Locked: a host can open it.';
}

/** Locks what is selected, so that hosts alone can change it; if all of it is locked, unlocks it. */
export function toggleLock(editor: Editor): void {
  const { board } = editor;
  const ids = editor.target();
  if (ids.length === 0 || editor.refuse()) return;
  if (!editor.arranges) {
    editor.tell({ text: 'A host can lock and unlock things.', tone: 'warn' });
    return;
  }
  const locked = ids.some((id) => board.get(id)?.locked === false);
  const words = mentionAll(board, ids);
  board.run({ type: 'lock', ids, locked });
  editor.announce(locked ? `Locked ${words}. Only hosts can change it.` : `Unlocked ${words}.`);
}
