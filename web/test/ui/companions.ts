/** A companion in a gathering with one region, on a room as far as it looks into it. */

import { signal } from '@preact/signals-core';
import { Board } from '../../src/model/board.ts';
import type { Room } from '../../src/net/room.ts';
import { Companion } from '../../src/ui/focus/companion.ts';

export interface Said {
  readonly name: string;
  readonly args: Record<string, unknown>;
}

const OPENS = {
  sealed: [{ region: 'see', writers: 'all', visibility: 'sealed-open', attribution: 'none', limit: 4, longest: 140 }],
  again: [{ region: 'see', writers: 'all', visibility: 'sealed-open', attribution: 'none', limit: 4, longest: 140 }],
  named: [{ region: 'see', writers: 'all', visibility: 'sealed-open', attribution: 'named', limit: 4, longest: 140 }],
  open: [{ region: 'see', writers: 'all', visibility: 'open', attribution: 'none', limit: 4, longest: 140 }],
};

export function told(at: keyof typeof OPENS) {
  const phases = Object.entries(OPENS).map(([key, opens]) => ({ key, title: key, minutes: 4, moving: 'own', opens }));
  const regions = [{ key: 'see', title: 'What we see', prompt: '', kind: 'notes', element: null, makes: '' }];
  return { show: { stage: 'live', title: '', at, phases, regions, timer: null }, people: { roles: {}, seats: 1 } };
}

export async function attend(at: keyof typeof OPENS, board = new Board()) {
  const said: Said[] = [];
  const kept: string[] = [];
  const room = {
    token: 'rSeat.proof',
    board: signal(board),
    gathering: signal<unknown>(told(at)),
    own: signal<unknown>({ people: { role: 'participant' } }),
    role: signal('participant'),
    nameOf: () => null,
    serverTime: () => 0,
    command: async (name: string, args: Record<string, unknown>) => {
      said.push({ name, args });
    },
    keepDraft: (_: string, text: string) => kept.push(text),
  };
  const companion = await Companion.attend('board', room as unknown as Room, () => undefined);
  const goTo = (phase: keyof typeof OPENS): void => {
    room.gathering.value = told(phase);
  };
  return { companion, said, kept, goTo, own: room.own, gathering: room.gathering };
}
