/** Who is here and what they are doing, as the room tells it. Presence lives exactly as long as the person's connection. */

import { unreachable } from '../model/unreachable.ts';
import type { Arrival, RoomEvent, Tick, Welcome } from './messages.ts';
import { told } from './presence.ts';
import type { Person, Presence } from './state.ts';

export interface Roster {
  readonly title: string;
  /** This connection's number; `null` before the first welcome. */
  readonly self: number | null;
  readonly people: readonly Person[];
  readonly presence: ReadonlyMap<number, Presence>;
  /** Names of everybody who ever wrote here, by seat. */
  readonly names: ReadonlyMap<string, string>;
}

export const EMPTY_ROSTER: Roster = { title: '', self: null, people: [], presence: new Map(), names: new Map() };

function person(arrival: Arrival, self: number | null): Person {
  return { ...arrival, self: arrival.conn === self };
}

export function welcomed(welcome: Welcome): Roster {
  const names = new Map(welcome.seats);
  for (const { seat, name } of welcome.people) names.set(seat, name);
  const { conn, seat, name, role, hue } = welcome;
  // The list may have been drawn up before we were put on it.
  const others = welcome.people.filter((arrival) => arrival.conn !== conn);
  const own = welcome.people.find((arrival) => arrival.conn === conn) ?? { conn, seat, name, role, hue };
  const people = [...others, own].sort((a, b) => a.conn - b.conn).map((arrival) => person(arrival, conn));
  return { title: welcome.title, self: conn, people, presence: new Map(), names: names.set(seat, name) };
}

/** The connection is gone: whatever the others were doing, we no longer know. */
export function disconnected(roster: Roster): Roster {
  return roster.presence.size === 0 ? roster : { ...roster, presence: new Map() };
}

export function ticked(roster: Roster, tick: Tick): Roster {
  let next = roster;
  for (const event of tick.events) next = happened(next, event);
  const known = new Set(next.people.map(({ conn }) => conn));
  const presence = told(next.presence, tick.presence, (conn) => conn !== next.self && known.has(conn));
  return presence === next.presence ? next : { ...next, presence };
}

function happened(roster: Roster, event: RoomEvent): Roster {
  switch (event.type) {
    case 'joined': {
      const { conn, seat, name } = event.person;
      const people = [...roster.people.filter((other) => other.conn !== conn), person(event.person, roster.self)];
      return { ...roster, people, names: new Map(roster.names).set(seat, name) };
    }
    case 'left': {
      const presence = new Map(roster.presence);
      presence.delete(event.conn);
      return { ...roster, presence, people: roster.people.filter(({ conn }) => conn !== event.conn) };
    }
    case 'renamed': {
      const { seat, name } = event;
      const people = roster.people.map((other) => (other.seat === seat ? { ...other, name } : other));
      return { ...roster, people, names: new Map(roster.names).set(seat, name) };
    }
    case 'titled':
      return { ...roster, title: event.title };
    case 'authored':
    case 'mode':
    case 'filling':
      return roster;
    default:
      return unreachable(event);
  }
}
