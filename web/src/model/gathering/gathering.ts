/**
 * The gathering as the server tells of it to everybody of a role. What one seat sees beside that is in `own.ts`.
 *
 * `docs/gathering.md` says what each field means; names are those of the wire. Reading is tolerant, because a newer server may say
 * more, and one that lacks an area says less: what is missing or not understood is as if it were nothing. Times are Unix
 * milliseconds of the server's clock.
 */

import { type Deciding, readPoll } from './deciding.ts';
import { type Devices, readDevices } from './devices.ts';
import { type Finishing, readFinishing } from './finishing.ts';
import { type Moderating, readModerating } from './moderating.ts';
import { type People, readPeople } from './people.ts';
import { each, type Fields, fields, map, number, words } from './reading.ts';
import { type Recording, readName, readStanding } from './recording.ts';
import { type Request, readRequest } from './requests.ts';
import { readSealing, type Sealing } from './sealing.ts';
import { readShow, type Show } from './show.ts';
import { readTables, type Tables } from './tables.ts';
import { readVisits, type Visit } from './visiting.ts';

export interface Gathering {
  readonly show: Show;
  readonly people: People;
  readonly sealing: Sealing;
  readonly deciding: Deciding;
  readonly moderating: Moderating;
  /** Told to hosts alone. */
  readonly requests: readonly Request[];
  readonly tables: Tables;
  /** That all of it is to be erased, by whose wish, and when. */
  readonly erasing: { readonly by: string; readonly due: number } | null;
  readonly recording: Recording;
  readonly finishing: Finishing;
  readonly visits: readonly Visit[];
  /** Told to those who take part. */
  readonly devices: Devices;
  /** Names, by seat, of those whose device was taken away; told to who can give them another. */
  readonly left: ReadonlyMap<string, string>;
}

export function readGathering(value: unknown): Gathering {
  const areas = fields(value);
  return {
    show: readShow(fields(areas.show)),
    people: readPeople(fields(areas.people)),
    sealing: readSealing(fields(areas.sealing)),
    deciding: { polls: each(fields(areas.deciding).polls, readPoll) },
    moderating: readModerating(fields(areas.moderating)),
    requests: each(fields(areas.requests).open, readRequest),
    tables: readTables(fields(areas.tables)),
    erasing: readErasing(fields(areas.erasing)),
    recording: {
      names: map(fields(areas.recording).names, (of) => each(of, readName)),
      agreed: each(fields(areas.recording).agreed, words),
      standing: map(fields(areas.recording).standing, (of) => each(of, readStanding)),
    },
    finishing: readFinishing(fields(areas.finishing)),
    visits: readVisits(fields(areas.visiting)),
    devices: readDevices(fields(areas.devices)),
    left: map(fields(areas.devices).left, words),
  };
}

export const NO_GATHERING: Gathering = readGathering(null);

function readErasing({ by, due }: Fields): Gathering['erasing'] {
  const at = number(due);
  return at === null ? null : { by: words(by) ?? '', due: at };
}
