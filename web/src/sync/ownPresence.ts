/** What we tell the others of ourselves: only changes, whole numbers, and at most twenty messages a second. */

import type { ElementId, Rect } from '../model/element.ts';
import { type WorldPoint, world } from '../model/point.ts';
import type { ClientMessage } from './messages.ts';

export interface PresenceChange {
  readonly cursor?: WorldPoint | null;
  readonly selection?: readonly ElementId[];
  readonly editing?: ElementId | null;
  readonly drag?: Rect | null;
  readonly view?: Rect | null;
}

type PresenceMessage = Extract<ClientMessage, { type: 'presence' }>;

export interface OwnPresence {
  readonly current: PresenceMessage;
  /** What the server has; `null` after a new connection. */
  readonly sent: PresenceMessage | null;
  readonly sentAt: number;
}

const INTERVAL_MS = 50;
const MAX_SELECTION = 100;
const MAX_COORDINATE = 10_000_000;
const NOTHING: PresenceMessage = {
  type: 'presence',
  cursor: null,
  selection: [],
  editing: null,
  drag: null,
  view: null,
};

export const NO_PRESENCE: OwnPresence = { current: NOTHING, sent: null, sentAt: Number.NEGATIVE_INFINITY };

/** A whole number the server takes; not a number is nowhere in particular. */
function whole(value: number): number {
  return Math.min(MAX_COORDINATE, Math.max(-MAX_COORDINATE, Math.round(value))) || 0;
}

function wholeRect(rect: Rect): Rect {
  return { x: whole(rect.x), y: whole(rect.y), w: whole(rect.w), h: whole(rect.h) };
}

function same(a: PresenceMessage, b: PresenceMessage): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

export function change(presence: OwnPresence, changed: PresenceChange): OwnPresence {
  const { current } = presence;
  const cursor = changed.cursor === undefined ? current.cursor : changed.cursor;
  const drag = changed.drag === undefined ? current.drag : changed.drag;
  const view = changed.view === undefined ? current.view : changed.view;
  const next: PresenceMessage = {
    type: 'presence',
    cursor: cursor === null ? null : world(whole(cursor.x), whole(cursor.y)),
    selection: changed.selection === undefined ? current.selection : changed.selection.slice(0, MAX_SELECTION),
    editing: changed.editing === undefined ? current.editing : changed.editing,
    drag: drag === null ? null : wholeRect(drag),
    view: view === null ? null : wholeRect(view),
  };
  return same(next, current) ? presence : { ...presence, current: next };
}

/** After a new connection the server knows nothing of us. */
export function reconnected(presence: OwnPresence): OwnPresence {
  return { ...presence, sent: null };
}

/** When the next message may leave; `null` if there is nothing to tell. */
export function dueAt(presence: OwnPresence): number | null {
  return same(presence.current, presence.sent ?? NOTHING) ? null : presence.sentAt + INTERVAL_MS;
}

export function take(presence: OwnPresence, now: number): readonly [OwnPresence, PresenceMessage | null] {
  const due = dueAt(presence);
  if (due === null || now < due) return [presence, null];
  return [{ current: presence.current, sent: presence.current, sentAt: now }, presence.current];
}
