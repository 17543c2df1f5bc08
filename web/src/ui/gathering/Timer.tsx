/** The time that is left: a dial that empties, digits, and until when. It closes nothing by itself. */

import { computed } from '@preact/signals-core';
import { useMemo } from 'preact/hooks';
import { fractionDone, lengthNow } from '../../model/agenda.ts';
import type { Attendance } from './attendance.ts';
import { Sign } from './gatheringIcons.tsx';
import { LONG_STEP_MS, WARN_S } from './timeWords.ts';
import { about } from './words.ts';

const RADIUS = 15;

export function Timer({ attendance }: { readonly attendance: Attendance }) {
  const { gathering, secondsLeft, digits } = attendance;
  const { timer } = gathering.value.show;
  const seconds = secondsLeft.value;
  if (timer === null || seconds === null) return null;
  const stopped = timer.ends === null;
  const warns = !stopped && seconds <= WARN_S && (lengthNow(gathering.value) ?? 0) > LONG_STEP_MS;
  return (
    <div class={warns ? 'timer warns' : 'timer'} role="timer" aria-label="Time left">
      <Dial attendance={attendance} />
      <b class="num">{seconds === 0 ? 'Time' : digits}</b>
      <small>
        {stopped ? (
          <>
            <Sign name="stop" small />
            The clock is stopped
          </>
        ) : seconds === 0 ? (
          'Finish your sentence, nothing closes by itself'
        ) : (
          <>
            left
            <br />
            until {about(timer.ends ?? 0)}
          </>
        )}
      </small>
    </div>
  );
}

/** Drawn in a hundred steps, so that it does not redraw all the time. */
function Dial({ attendance }: { readonly attendance: Attendance }) {
  const percent = useMemo(
    () => computed(() => Math.round(100 * (1 - fractionDone(attendance.gathering.value, attendance.now.value)))),
    [attendance],
  ).value;
  return (
    <svg class="dial" viewBox="0 0 40 40" aria-hidden="true">
      <circle class="bg" cx="20" cy="20" r="18" />
      {percent >= 100 ? <circle class="fg" cx="20" cy="20" r={RADIUS} /> : <path class="fg" d={slice(percent / 100)} />}
    </svg>
  );
}

/** What is left of a pie, clockwise up to the top. */
export function slice(share: number): string {
  if (share <= 0) return '';
  const angle = 2 * Math.PI * (1 - share);
  const x = 20 + RADIUS * Math.sin(angle);
  const y = 20 - RADIUS * Math.cos(angle);
  return `M20 20L${x.toFixed(2)} ${y.toFixed(2)}A${RADIUS} ${RADIUS} 0 ${share > 0.5 ? 1 : 0} 1 20 5z`;
}
