/** Whether the person's work is on the server, in a word, and when that word changes by itself. */

import type { ConnectionState } from './connectionState.ts';
import type { SaveState } from './state.ts';

export const SLOW_AFTER_MS = 2_000;

export function saveState(state: ConnectionState, now: number): SaveState {
  const { phase, outbox } = state;
  const count = outbox.entries.length;
  if (phase.kind === 'ended') return { kind: 'ended', code: phase.code, message: phase.message };
  if (phase.kind === 'live' && !state.deviceOffline) {
    const oldest = outbox.entries[0];
    if (state.mode === 'paused') return { kind: 'paused', count };
    if (oldest === undefined) return { kind: 'saved' };
    return now - oldest.at < SLOW_AFTER_MS ? { kind: 'saving' } : { kind: 'delayed', count };
  }
  const apart = now - (state.apartSince ?? now);
  return apart < SLOW_AFTER_MS && !state.deviceOffline ? { kind: 'connecting' } : { kind: 'offline', count };
}

/** When `saveState` will change by itself; `null` if it will not. */
export function saveStateChangesAt(state: ConnectionState, now: number): number | null {
  if (state.phase.kind === 'live' && state.mode === 'paused') return null;
  const since = state.phase.kind === 'live' ? state.outbox.entries[0]?.at : state.apartSince;
  if (since === undefined || since === null || state.phase.kind === 'ended') return null;
  const at = since + SLOW_AFTER_MS;
  return at > now ? at : null;
}
