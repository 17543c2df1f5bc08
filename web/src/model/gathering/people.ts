/** Who is here: roles, seats at tables, what they ask for, and who waits at the door. */

import { each, type Fields, fields, map, number, some, words } from './reading.ts';

export type GatheringRole = 'host' | 'cohost' | 'harvester' | 'table' | 'participant' | 'observer' | 'display';
export type Asking = 'hand' | 'pause' | 'word';

export interface AskedFor {
  readonly seat: string;
  readonly what: Asking;
  readonly at: number;
}

export interface People {
  readonly lead: string | null;
  readonly seats: number;
  readonly roles: ReadonlyMap<string, GatheringRole>;
  readonly tables: ReadonlyMap<string, string>;
  /** The table of a seat. */
  readonly at: ReadonlyMap<string, string>;
  /** Told to hosts alone. */
  readonly consented: { readonly yes: number; readonly no: number; readonly open: number } | null;
  readonly lobby: boolean;
  /** Those who wait to be let in, by seat. Told to hosts alone, as is what follows. */
  readonly waiting: readonly string[];
  /** What those call themselves, who have no seat in the room yet. */
  readonly waitingNames: ReadonlyMap<string, string>;
  readonly asking: readonly AskedFor[];
  /** Since when a seat has been gone. */
  readonly away: ReadonlyMap<string, number>;
  /** The leading host has been gone for so long that others may lead. */
  readonly offer: { readonly lead: string; readonly at: number } | null;
}

export const ROLES = ['host', 'cohost', 'harvester', 'table', 'participant', 'observer', 'display'] as const;

export const ASKINGS = ['hand', 'pause', 'word'] as const;

export function readPeople(people: Fields): People {
  const consented = people.consented;
  const counts = fields(consented);
  const offer = fields(people.offer);
  return {
    lead: words(people.lead),
    seats: number(people.seats) ?? 0,
    roles: map(people.roles, (role) => some(role, ROLES)),
    tables: map(people.tables, words),
    at: map(people.at, words),
    consented:
      typeof consented === 'object' && consented !== null
        ? { yes: number(counts.yes) ?? 0, no: number(counts.no) ?? 0, open: number(counts.open) ?? 0 }
        : null,
    lobby: people.lobby === true,
    waiting: [...map(people.waiting, words).keys()],
    waitingNames: map(people.waiting, words),
    asking: each(people.asking, (value) => {
      const [seat, what, at] = each(value, (part) => part);
      const known = some(what, ASKINGS);
      return typeof seat === 'string' && known !== null ? { seat, what: known, at: number(at) ?? 0 } : null;
    }),
    away: map(people.away, number),
    offer: typeof offer.lead === 'string' ? { lead: offer.lead, at: number(offer.at) ?? 0 } : null,
  };
}
