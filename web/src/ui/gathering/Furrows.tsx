/** Furrows: the run of show as a row of bars, each as wide as its minutes. */

import { computed } from '@preact/signals-core';
import { useMemo } from 'preact/hooks';
import { fractionDone } from '../../model/agenda.ts';
import type { Attendance } from './attendance.ts';
import { stepWords } from './words.ts';

export function Furrows({ attendance }: { readonly attendance: Attendance }) {
  const { gathering } = attendance;
  const percent = useMemo(
    () => computed(() => Math.round(100 * fractionDone(gathering.value, attendance.now.value))),
    [attendance, gathering],
  );
  const { show } = gathering.value;
  const phases = show.phases.filter(({ key, skipped }) => !skipped || key === show.at);
  return (
    <div class="furrows" role="img" aria-label={stepWords(gathering.value) ?? `${phases.length} steps`}>
      {phases.map(({ key, minutes, extra, opened }) => {
        const now = key === show.at;
        const width = `--m: ${Math.max(0.5, minutes + Math.max(0, extra) / 60_000)}`;
        if (now) return <i key={key} class="cur" style={`${width}; --at: ${percent.value}%`} />;
        return <i key={key} class={opened === null ? undefined : 'done'} style={width} />;
      })}
    </div>
  );
}
