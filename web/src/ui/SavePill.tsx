/** Whether what you wrote is safe, always in view and always in words. */

import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Room, SaveState } from '../net/room.ts';
import { Icon } from './icons.tsx';
import { saveWords } from './saveWords.ts';

/** "Back online" is news for about this long; then it is "Saved" like any other moment. */
const NEWS_MS = 6_000;

export function SavePill({ room, brief }: { readonly room: Room; readonly brief: boolean }) {
  const cameBack = useSignal(false);
  const before = useRef<SaveState['kind']>('connecting');
  const { kind } = room.save.value;

  useEffect(() => {
    const wasAway = before.current === 'offline' || before.current === 'delayed';
    // Catching up passes through "connecting" and "saving"; the news is told when all of it is safe.
    if ((kind === 'connecting' || kind === 'saving') && wasAway) return undefined;
    before.current = kind;
    if (kind !== 'saved' || !wasAway) return undefined;
    cameBack.value = true;
    const timer = setTimeout(() => {
      cameBack.value = false;
    }, NEWS_MS);
    return () => {
      clearTimeout(timer);
      cameBack.value = false;
    };
  }, [kind, cameBack]);

  const words = saveWords(room.save.value, cameBack.value);
  return (
    <p class={`saved ${words.tone}`} title={brief ? words.text : undefined}>
      <Icon name={words.icon} small />
      {brief ? (
        <>
          <span aria-hidden="true">{words.brief}</span>
          <span class="sr">{words.text}</span>
        </>
      ) : (
        <span>{words.text}</span>
      )}
    </p>
  );
}
