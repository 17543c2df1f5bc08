/** Devices that the people of a table share: who has a seat on which, and how far each of them is. */

import { each, type Fields, fields, flag, map, words } from './reading.ts';

/** Names by seat. */
export interface Device {
  readonly table: string;
  readonly seats: ReadonlyMap<string, string>;
}

/** By the seat of the device. */
export type Devices = ReadonlyMap<string, Device>;

/** Somebody on the strip of a device, as their table sees them. */
export interface StripSeat {
  readonly seat: string;
  readonly name: string;
  /** Whether they chose a PIN. */
  readonly pin: boolean;
  /** Open votes in which they have voted; never what. */
  readonly voted: readonly string[];
  /** Whether they have finished the step; `null` where that would tell who wrote. */
  readonly finished: boolean | null;
}

export interface Strip {
  readonly table: string;
  /** The title of the table. */
  readonly title: string;
  readonly seats: readonly StripSeat[];
}

export interface DeviceShares {
  /** What this browser shows if it is a table's device; else `null`. */
  readonly strip: Strip | null;
  /** Whether one's seat on a shared device has a PIN; `null` for a seat on none. */
  readonly pin: boolean | null;
}

export function readDevices(told: Fields): Devices {
  return map(told.devices, (value) => {
    const { table, seats } = fields(value);
    return { table: words(table) ?? '', seats: map(seats, words) };
  });
}

export function readShares(told: Fields): DeviceShares {
  return {
    strip: told.strip == null ? null : readStrip(fields(told.strip)),
    pin: told.shares == null ? null : flag(fields(told.shares).pin) === true,
  };
}

function readStrip({ table, title, seats }: Fields): Strip {
  return { table: words(table) ?? '', title: words(title) ?? '', seats: each(seats, readSeat) };
}

function readSeat(value: unknown): StripSeat | null {
  const { seat, name, pin, voted, finished } = fields(value);
  const id = words(seat);
  return id === null
    ? null
    : { seat: id, name: words(name) ?? '', pin: pin === true, voted: each(voted, words), finished: flag(finished) };
}
