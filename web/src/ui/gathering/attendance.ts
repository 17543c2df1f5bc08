/** The gathering as one person attends it: what is told of it, read; the server's time as it passes; and asking for things. */

import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals-core';
import { clockText, isHost, type Person, personOf, phaseNow, timeLeft } from '../../model/agenda.ts';
import type { ElementId } from '../../model/element.ts';
import { type Gathering, readGathering } from '../../model/gathering/gathering.ts';
import { type Own, readOwn } from '../../model/gathering/own.ts';
import type { Phase } from '../../model/gathering/phase.ts';
import type { Summon } from '../../model/gathering/summon.ts';
import { ApiError } from '../../net/api.ts';
import type { Room } from '../../net/room.ts';
import type { CommandArgs } from '../../sync/messages.ts';
import type { Services } from '../services.ts';

/** How often the time is looked at: at the same moments of the server's time on every screen, so that their digits change together. */
const LOOK_MS = 200;

export class Attendance {
  readonly room: Room;
  readonly gathering: ReadonlySignal<Gathering>;
  readonly own: ReadonlySignal<Own>;
  readonly person: ReadonlySignal<Person>;
  readonly hosting: ReadonlySignal<boolean>;
  readonly phase: ReadonlySignal<Phase | null>;
  /** The server's time, as long as somebody looks at it. */
  readonly now: ReadonlySignal<number>;
  /** What is left of the step, in whole seconds; `null` without a timer. */
  readonly secondsLeft: ReadonlySignal<number | null>;
  readonly digits: ReadonlySignal<string>;
  /** A call to everybody, or else to one's own table. */
  readonly summon: ReadonlySignal<Summon | null>;
  /** What is left of the time of one's own table, in whole seconds; `null` if it has none. */
  readonly tableSeconds: ReadonlySignal<number | null>;
  /** The record that is open in a dialog. */
  readonly opened: Signal<ElementId | null> = signal(null);

  constructor(room: Room) {
    this.room = room;
    this.gathering = computed(() => readGathering(room.gathering.value));
    this.own = computed(() => readOwn(room.own.value));
    this.person = computed(() => personOf(this.own.value, room.role.value));
    this.hosting = computed(() => isHost(this.person.value));
    this.phase = computed(() => phaseNow(this.gathering.value));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const now = signal(room.serverTime(), {
      watched: () => look(),
      unwatched: () => clearTimeout(timer),
    });
    const look = (): void => {
      const time = room.serverTime();
      now.value = time;
      timer = setTimeout(look, LOOK_MS - (time % LOOK_MS));
    };
    this.now = now;
    this.secondsLeft = computed(() => {
      const left = timeLeft(this.gathering.value.show, now.value);
      return left === null ? null : Math.ceil(left / 1_000);
    });
    this.digits = computed(() => {
      const seconds = this.secondsLeft.value;
      return seconds === null ? '' : clockText(seconds * 1_000);
    });
    this.summon = computed(() => this.gathering.value.moderating.summon ?? this.own.value.tables.summon);
    this.tableSeconds = computed(() => {
      const timer = this.own.value.tables.timer;
      return timer === null ? null : Math.max(0, Math.ceil((timer.ends - now.value) / 1_000));
    });
  }

  /** The minute, for times that are only about right. */
  get minute(): number {
    return Math.floor(this.now.value / 60_000) * 60_000;
  }

  /** The seat of the person at this device; empty before it is known. */
  get seat(): string {
    return this.room.me.value?.seat ?? '';
  }

  nameOf(seat: string): string {
    const { people, devices } = this.gathering.value;
    // Who waits to be let in is not in the room yet; who shares a device is there for a turn at a time.
    const known = this.room.nameOf(seat) ?? people.waitingNames.get(seat);
    return known ?? [...devices.values()].find(({ seats }) => seats.has(seat))?.seats.get(seat) ?? 'Somebody';
  }

  /**
   * Asks the server for something, and tells if it is refused.
   *
   * Returns:
   *   Whether it was done.
   */
  async ask(services: Services, name: string, args: CommandArgs = {}, said?: string): Promise<boolean> {
    try {
      await this.room.command(name, args);
    } catch (error) {
      const text = error instanceof ApiError ? error.message : 'That did not work.';
      services.announcer.say(text);
      services.toaster.show({ text, tone: 'warn' });
      return false;
    }
    if (said !== undefined) services.announcer.say(said);
    return true;
  }
}

const attending = new WeakMap<Room, Attendance>();

/** The one attendance of a room: all its screens read the same, and at the same time. */
export function attendanceOf(room: Room): Attendance {
  const known = attending.get(room) ?? new Attendance(room);
  attending.set(room, known);
  return known;
}
