import { describe, expect, it } from 'vitest';
import { elementId } from '../../src/model/element.ts';
import { world } from '../../src/model/point.ts';
import type { RoomEvent, Tick, Welcome } from '../../src/sync/messages.ts';
import type { PresenceNews, PresenceRow } from '../../src/sync/presence.ts';
import { disconnected, ticked, welcomed } from '../../src/sync/roster.ts';
import type { Presence } from '../../src/sync/state.ts';

const NGOZI = { conn: 1, seat: 'ngozi', name: 'Ngozi', role: 'host', hue: 1 } as const;
const ASA = { conn: 2, seat: 'asa', name: 'Åsa', role: 'participant', hue: 2 } as const;

const WELCOME: Welcome = {
  type: 'welcome',
  board: 'b',
  title: 'Stories',
  ...ASA,
  resume: 'r',
  epoch: 1,
  seq: 1,
  stateVector: new Uint8Array(),
  update: null,
  people: [NGOZI],
  seats: new Map([['old', 'Meera']]),
  authors: new Map(),
  limits: { frame: 1, text: 1, elements: 1 },
  mode: 'open',
  filling: null,
};

const tick = (
  events: readonly RoomEvent[],
  rows: readonly PresenceRow[] = [],
  forget: PresenceNews['forget'] = 'nothing',
): Tick => ({
  type: 'tick',
  seq: 1,
  update: null,
  receipts: [],
  presence: { forget, rows },
  events,
});

const at = (conn: number): Presence => ({
  conn,
  cursor: world(1, 2),
  selection: [elementId('aaaaaaaaaaaa')],
  editing: null,
  drag: { x: 1, y: 0, w: 0, h: 0 },
});

describe('the roster', () => {
  const start = welcomed(WELCOME);

  it('knows oneself even if the list was drawn up before', () => {
    expect(start.people).toEqual([
      { ...NGOZI, self: false },
      { ...ASA, self: true },
    ]);
    expect(start.names).toEqual(
      new Map([
        ['old', 'Meera'],
        ['ngozi', 'Ngozi'],
        ['asa', 'Åsa'],
      ]),
    );
  });

  it('follows who comes, who goes and who is renamed', () => {
    const joined = ticked(start, tick([{ type: 'joined', person: { ...NGOZI, conn: 3 } }]));
    expect(joined.people.map(({ conn }) => conn)).toEqual([1, 2, 3]);
    const renamed = ticked(joined, tick([{ type: 'renamed', seat: 'ngozi', name: 'N. Okafor' }]));
    expect(renamed.people.map(({ name }) => name)).toEqual(['N. Okafor', 'Åsa', 'N. Okafor']);
    expect(renamed.names.get('ngozi')).toBe('N. Okafor');
    expect(ticked(renamed, tick([{ type: 'left', conn: 1 }])).people.map(({ conn }) => conn)).toEqual([2, 3]);
    expect(ticked(start, tick([{ type: 'titled', title: 'New' }])).title).toBe('New');
  });

  it('forgets a drag as soon as the person who drags has gone', () => {
    const dragging = ticked(start, tick([], [at(1)]));
    expect(dragging.presence.get(1)).toEqual(at(1));
    expect(ticked(dragging, tick([{ type: 'left', conn: 1 }])).presence.size).toBe(0);
    expect(ticked(dragging, tick([{ type: 'left', conn: 1 }], [at(1)])).presence.size).toBe(0);
    expect(disconnected(dragging).presence.size).toBe(0);
  });

  it('keeps of a person what has not changed', () => {
    const there = ticked(start, tick([], [at(1)]));
    const moved = ticked(there, tick([], [{ conn: 1, cursor: world(9, 9) }]));
    expect(moved.presence.get(1)).toEqual({ ...at(1), cursor: world(9, 9) });
    const rested = ticked(moved, tick([], [{ conn: 1, cursor: null, selection: [], drag: null }]));
    expect(rested.presence.get(1)).toEqual({ conn: 1, cursor: null, selection: [], editing: null, drag: null });
    expect(ticked(moved, tick([], [at(2), at(99)]))).toBe(moved);
  });

  it('forgets the cursors, or everything, before it takes in what is told afresh', () => {
    const joined = ticked(start, tick([{ type: 'joined', person: { ...NGOZI, conn: 3 } }], [at(1), at(3)]));
    const looked = ticked(joined, tick([], [{ conn: 3, cursor: world(7, 7) }], 'cursors'));
    expect(looked.presence.get(1)).toEqual({ ...at(1), cursor: null });
    expect(looked.presence.get(3)).toEqual({ ...at(3), cursor: world(7, 7) });
    const afresh = ticked(looked, tick([], [{ conn: 3, editing: elementId('bbbbbbbbbbbb') }], 'everything'));
    const nothing = { cursor: null, selection: [], drag: null };
    expect([...afresh.presence.values()]).toEqual([{ conn: 3, ...nothing, editing: 'bbbbbbbbbbbb' }]);
  });

  it('does not show one’s own cursor, nor one of nobody', () => {
    expect(ticked(start, tick([], [at(2), at(9)]))).toBe(start);
  });
});
