import { signal } from '@preact/signals-core';
import { describe, expect, it } from 'vitest';
import type { Attendance } from '../../../src/ui/gathering/attendance.ts';
import { tellLeaving, withdrawnWords } from '../../../src/ui/gathering/Leaving.tsx';
import type { Services } from '../../../src/ui/services.ts';
import { gathering } from '../../model/gatherings.ts';

const AT = Date.UTC(2026, 10, 26, 14, 5);

describe('what was withdrawn [PS-29]', () => {
  it('is a number, and what to do about files', () => {
    expect(withdrawnWords({ progress: null, handed: [], pleas: [], withdrawn: 0, withdrawnAt: null })).toBe('');
    expect(withdrawnWords({ progress: null, handed: [], pleas: [], withdrawn: 1, withdrawnAt: AT })).toMatch(
      /^1 item was withdrawn, the last one at 26 Nov, .*A file made before still holds what was withdrawn/,
    );
  });

  it.each([true, false])('is told to hosts alone, when it becomes more (host: %s)', (hosts) => {
    const said: string[] = [];
    const now = signal(gathering());
    const tell = (withdrawn: number): void => {
      now.value = { ...now.value, sealing: { progress: null, handed: [], pleas: [], withdrawn, withdrawnAt: AT } };
    };
    tell(1);
    const attendance = { gathering: now, hosting: signal(hosts) } as unknown as Attendance;
    const services = {
      announcer: { say: (text: string) => said.push(text) },
      toaster: { show: () => undefined },
    } as unknown as Services;
    const stop = tellLeaving(attendance, services);
    expect(said).toEqual([]);
    tell(3);
    expect(said.map((text) => text.slice(0, 7))).toEqual(hosts ? ['3 items'] : []);
    tell(3);
    stop();
    expect(said).toHaveLength(hosts ? 1 : 0);
  });
});
