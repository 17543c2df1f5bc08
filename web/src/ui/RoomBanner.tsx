/** A line under the top bar for as long as the room does not take everything in, or soon will not. */

import './styles/banner.css';
import { useSignal } from '@preact/signals';
import type { ComponentChild, ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { focusHome } from '../a11y/homeFocus.ts';
import type { Room } from '../net/room.ts';
import { isHosting } from '../sync/state.ts';
import type { Editor } from './editor.ts';
import { Icon, type IconName } from './icons.tsx';
import { lockBoard } from './locking.ts';
import { DAMAGED_ADVICE, LOCKED_FOR_HOSTS } from './modeWords.ts';
import { DAMAGED_REASON, LOCKED_REASON } from './observing.ts';

interface Props {
  readonly room: Room;
  readonly editor: Editor;
}

/** Closed, the warning comes back when the board is this full. */
const STEPS = [90, 95, 98, 100] as const;

export function RoomBanner({ room, editor }: Props) {
  const closedAt = useSignal(-1);
  const mode = room.mode.value;
  const host = isHosting(room.role.value);
  const filling = room.filling.value;
  const reached = filling === null ? -1 : STEPS.filter((step) => step <= filling.percent).length - 1;

  const lines: ComponentChild[] = [];
  if (mode === 'damaged') {
    lines.push(
      <Line key="damaged" icon="alert" tone="stop" words={DAMAGED_REASON}>
        <span>{host ? DAMAGED_ADVICE.host : DAMAGED_ADVICE.others}</span>
      </Line>,
    );
  }
  if (mode === 'locked') {
    lines.push(
      <Line key="locked" icon="lock" tone="plain" words={host ? LOCKED_FOR_HOSTS : LOCKED_REASON}>
        {host ? (
          <button type="button" class="btn" onClick={() => lockBoard(editor, false)}>
            Unlock the board
          </button>
        ) : null}
      </Line>,
    );
  }
  if (host && mode !== 'damaged' && filling !== null && reached > closedAt.value) {
    lines.push(
      <Line key="filling" icon="info" tone="warn" words={`This board is ${filling.percent} % full.`}>
        <span>Take further topics to a new board, or ask whoever runs the server to tidy this one up.</span>
        <button
          type="button"
          class="btn ico bare"
          aria-label="Close this warning"
          onClick={() => {
            closedAt.value = reached;
          }}
        >
          <Icon name="close" small />
        </button>
      </Line>,
    );
  }
  if (lines.length === 0) return null;
  return (
    <section class="lines" aria-label="About this board">
      {lines}
    </section>
  );
}

interface LineProps {
  readonly icon: IconName;
  readonly tone: 'plain' | 'warn' | 'stop';
  readonly words: string;
  readonly children: ComponentChildren;
}

function Line({ icon, tone, words, children }: LineProps) {
  const line = useRef<HTMLDivElement>(null);
  // A line that goes away under the focus gives it back to the board.
  useLayoutEffect(() => {
    const { current } = line;
    return () => {
      if (current?.contains(document.activeElement) === true) focusHome();
    };
  }, []);
  return (
    <div ref={line} class={`room-line ${tone}`}>
      <Icon name={icon} />
      <p>{words}</p>
      {children}
    </div>
  );
}
