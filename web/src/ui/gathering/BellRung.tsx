/** A host's bell: seen by everybody, heard by those who asked for a soft bell, and announced. It goes away by itself. */

import '../styles/rung.css';
import { useSignal } from '@preact/signals';
import { effect } from '@preact/signals-core';
import { useEffect } from 'preact/hooks';
import type { Announcer } from '../../a11y/announcer.ts';
import type { Attendance } from './attendance.ts';
import { Bell } from './bell.ts';
import { Sign } from './gatheringIcons.tsx';

/** Long enough to look up; and who comes later than that has missed it. */
const SHOWN_MS = 7_000;

interface Props {
  readonly attendance: Attendance;
  /** `null` on a wall, where nobody listens to a screen reader. */
  readonly announcer: Announcer | null;
}

export function BellRung({ attendance, announcer }: Props) {
  const shown = useSignal<string | null>(null);
  useEffect(() => {
    const bell = new Bell();
    let told: number | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = effect(() => {
      const rung = attendance.gathering.value.moderating.bell;
      if (rung === null || rung.at === told) return;
      told = rung.at;
      const left = SHOWN_MS - Math.max(0, attendance.room.serverTime() - rung.at);
      if (left <= 0) return;
      const mine = rung.by === attendance.room.me.peek()?.seat;
      shown.value = mine ? 'You rang the bell' : `${attendance.nameOf(rung.by)} rings the bell`;
      announcer?.say(`${shown.peek()}.`, 'assertive');
      bell.ring();
      clearTimeout(timer);
      timer = setTimeout(() => {
        shown.value = null;
      }, left);
    });
    return () => {
      stop();
      clearTimeout(timer);
      bell.close();
    };
  }, [attendance, announcer]);
  return shown.value === null ? null : (
    <p class="rung">
      <Sign name="bell" />
      <span dir="auto">{shown.value}</span>
    </p>
  );
}
