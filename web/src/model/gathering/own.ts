/** What one seat sees of a gathering, beside what everybody of its role does. */

import { type DeviceShares, readShares } from './devices.ts';
import { ASKINGS, type Asking, type GatheringRole, ROLES } from './people.ts';
import { each, fields, flag, some, words } from './reading.ts';
import { type OwnRecording, readOwnRecording } from './recording.ts';
import { type Request, readRequest } from './requests.ts';
import { readSealedNote, type SealedNote } from './sealing.ts';
import { readSummon, type Summon } from './summon.ts';
import { readTimer, type TableTimer } from './tables.ts';

export interface Own {
  readonly people: {
    readonly role: GatheringRole | null;
    readonly table: string | null;
    /** Whether one's words may be kept for the harvest; `null` until one has said so. */
    readonly consent: boolean | null;
    readonly waiting: boolean;
    readonly asking: readonly Asking[];
  };
  readonly sealing: {
    readonly notes: readonly SealedNote[];
    /** Regions whose notes one's own table reads by now, and not yet everybody. */
    readonly handed: readonly string[];
  };
  readonly deciding: { readonly cast: readonly string[] };
  readonly requests: readonly Request[];
  readonly tables: { readonly timer: TableTimer | null; readonly summon: Summon | null };
  /** By seat: who would like to go on with one, with whom one would like to, and where both have said so. */
  readonly connecting: {
    readonly offered: readonly string[];
    readonly offering: readonly string[];
    readonly mutual: readonly string[];
  };
  readonly recording: OwnRecording;
  readonly finished: boolean;
  readonly devices: DeviceShares;
}

export function readOwn(value: unknown): Own {
  const areas = fields(value);
  const people = fields(areas.people);
  return {
    people: {
      role: some(people.role, ROLES),
      table: words(people.table),
      consent: flag(people.consent),
      waiting: people.waiting === true,
      asking: each(people.asking, (what) => some(what, ASKINGS)),
    },
    sealing: {
      notes: each(fields(areas.sealing).notes, readSealedNote),
      handed: each(fields(areas.sealing).handed, words),
    },
    deciding: { cast: each(fields(areas.deciding).cast, words) },
    requests: each(fields(areas.requests).open, readRequest),
    tables: { timer: readTimer(fields(areas.tables).timer), summon: readSummon(fields(areas.tables).summon) },
    recording: readOwnRecording(fields(areas.recording)),
    finished: fields(areas.finishing).finished === true,
    devices: readShares(fields(areas.devices)),
    connecting: {
      offered: each(fields(areas.connecting).offered, words),
      offering: each(fields(areas.connecting).offering, words),
      mutual: each(fields(areas.connecting).mutual, words),
    },
  };
}

export const NOTHING_OWN: Own = readOwn(null);
