/** The tab *Now*: it keeps the companion for as long as the room is open, and shows the focus view when that is wanted. */

import { effect, type Signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { type Ask, isHost, takesPart } from '../../model/agenda.ts';
import type { ElementId } from '../../model/element.ts';
import { settings } from '../../net/device.ts';
import type { Room } from '../../net/room.ts';
import type { Editor } from '../editor.ts';
import { layout } from '../layout.ts';
import type { Services } from '../services.ts';
import { Companion, companionOf } from './companion.ts';
import { FocusView } from './FocusView.tsx';

interface Props {
  readonly board: string;
  readonly room: Room;
  readonly editor: Editor;
  readonly services: Services;
  /** Whether the focus view is shown. */
  readonly shown: Signal<boolean>;
  /** Something lies over it. */
  readonly covered: boolean;
  readonly toBoard: () => void;
  readonly toOutline: () => void;
  readonly showOnBoard: (id: ElementId) => void;
}

/** What a person does by themselves, and not on the board. */
const ALONE: readonly Ask['kind'][] = ['sealed', 'revealed', 'vote'];

export function Now({ board, room, shown, covered, ...rest }: Props) {
  const companion = companionOf(room);
  const { announcer } = rest.services;

  // Once for each room.
  useEffect(() => {
    let isGone = false;
    void Companion.attend(board, room, (text, level) => announcer.say(text, level)).then((attending) => {
      if (isGone) attending.dispose();
      else companion.value = attending;
    });
    return () => {
      isGone = true;
      companion.peek()?.dispose();
      companion.value = null;
    };
  }, [room]);

  useEffect(() => {
    const attending = companion.value;
    return attending === null ? undefined : follow(attending, rest.editor, shown);
  }, [companion.value]);

  return shown.value && !covered && companion.value !== null ? (
    <FocusView companion={companion.value} {...rest} />
  ) : null;
}

/**
 * On a phone the focus view is where one begins, and one's own choice stays. Elsewhere it comes when a step asks for something
 * that is done alone, and goes with that step; hosts, who run it, call it when they want it.
 */
export function follow(companion: Companion, editor: Editor, shown: Signal<boolean>): () => void {
  let before: string | null = null;
  return effect(() => {
    const ask = companion.ask.value;
    const person = companion.person.value;
    const now = `${'phase' in ask ? ask.phase.key : ''}/${ask.kind}`;
    const isPhone = layout.value === 'phone';
    if (now === before || editor.editing.peek() !== null) return;
    const begins = before === null;
    before = now;
    if (isPhone) {
      if (begins && ask.kind !== 'closed') shown.value = true;
    } else if (takesPart(person) && !isHost(person)) {
      // Whoever has opened it while it was on its way finds it open.
      // Whoever has the outline open writes, votes and reads there.
      if (ALONE.includes(ask.kind) && !settings.peek().outline) shown.value = true;
      // What is revealed stands in the outline too: whoever has opened this view beside it reads on here.
      else if (!begins && ask.kind !== 'revealed') shown.value = false;
    }
  });
}
