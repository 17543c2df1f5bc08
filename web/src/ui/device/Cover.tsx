/** What a table's device shows between turns: the table, what is asked, the time, and whose turn it may be. Nothing anybody wrote. */

import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { askNow, isHeld, phaseNow, pollNow, stepOf } from '../../model/agenda.ts';
import type { Strip, StripSeat } from '../../model/gathering/devices.ts';
import type { Gathering } from '../../model/gathering/gathering.ts';
import type { Room } from '../../net/room.ts';
import { Dialog } from '../Dialog.tsx';
import { askWords, stayAwake } from '../focus/RoomDisplay.tsx';
import { attendanceOf } from '../gathering/attendance.ts';
import { BellRung } from '../gathering/BellRung.tsx';
import { Timer } from '../gathering/Timer.tsx';
import { Icon, RingMark } from '../icons.tsx';
import { inWords } from '../names.ts';
import type { Services } from '../services.ts';
import { Keypad } from './Keypad.tsx';

interface Props {
  readonly room: Room;
  readonly strip: Strip;
  readonly services: Services;
  /** Lets somebody sit down; with what is said if they cannot. */
  readonly begin: (seat: string, pin: string | null) => Promise<string | null>;
}

export function Cover({ room, strip, services, begin }: Props) {
  const attendance = attendanceOf(room);
  const gathering = attendance.gathering.value;
  const phase = phaseNow(gathering);
  const step = stepOf(gathering);
  const asked = useSignal<StripSeat | null>(null);
  const problem = useSignal('');
  const busy = useSignal(false);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(stayAwake, []);
  // Whoever comes by keyboard begins at the names.
  useEffect(() => heading.current?.focus(), []);

  const sit = async (seat: StripSeat, pin: string | null): Promise<void> => {
    if (busy.peek()) return;
    busy.value = true;
    problem.value = (await begin(seat.seat, pin)) ?? '';
    busy.value = false;
  };
  const choose = (seat: StripSeat): void => {
    problem.value = '';
    if (seat.pin) asked.value = seat;
    else void sit(seat, null);
  };
  // Where nothing may tell who writes, whoever has gone stays in the list for a while.
  const tells = phase?.opens.every((opening) => !isHeld(opening) && opening.attribution === 'named') ?? true;
  const elsewhere = new Set(tells ? room.people.value.map((person) => person.seat) : []);
  const voted = votedWords(gathering, strip);
  return (
    <div class="cover">
      <header>
        <span class="logo">
          <RingMark />
          Harvestry
        </span>
        <h1 dir="auto">{strip.title || 'Your table'}</h1>
        <span class="cover-of" dir="auto">
          {gathering.show.title || room.title.value}
        </span>
      </header>
      <main aria-label="Your table’s device">
        <section class="cover-ask" aria-label="What we are doing now">
          {step === null ? null : (
            <span class="cover-step">
              Step {step.n} of {step.m}
            </span>
          )}
          <h2 dir="auto">{phase?.title ?? gathering.show.title}</h2>
          <p dir="auto">{askWords(askNow(gathering, attendance.person.value), gathering)}</p>
          <Timer attendance={attendance} />
        </section>
        <section class="cover-strip" aria-labelledby="whose-turn">
          <h2 id="whose-turn" ref={heading} tabIndex={-1}>
            Whose turn is it?
          </h2>
          {voted === null ? null : <p class="soft">{voted}</p>}
          <ul>
            {strip.seats.map((seat) => (
              <li key={seat.seat}>
                <button
                  type="button"
                  class="btn seat"
                  aria-disabled={busy.value}
                  aria-haspopup={seat.pin ? 'dialog' : undefined}
                  onClick={() => choose(seat)}
                >
                  <bdi>{seat.name}</bdi>
                  {marksOf(gathering, seat, elsewhere).map(({ icon, words }) => (
                    <small key={words} class="seat-mark">
                      {icon === null ? null : <Icon name={icon} small />}
                      {words}
                    </small>
                  ))}
                  {seat.pin ? <Icon name="lock" small /> : null}
                  {seat.pin ? <span class="sr">, with a PIN</span> : null}
                </button>
              </li>
            ))}
          </ul>
          <p class="problem" role="alert">
            {problem.value === '' || asked.value !== null ? null : (
              <>
                <Icon name="alert" small />
                {problem.value}
              </>
            )}
          </p>
          <p class="cover-promise">
            <Icon name="eye" small />
            Between turns nothing that anybody wrote or chose can be read here.
          </p>
        </section>
      </main>
      {asked.value === null ? null : (
        <Dialog
          title={`The PIN of ${asked.value.name}`}
          close={() => {
            asked.value = null;
            problem.value = '';
          }}
        >
          <Keypad
            label={`The PIN of ${asked.value.name}`}
            problem={problem.value}
            busy={busy.value}
            enter={(pin) => {
              if (asked.value !== null) void sit(asked.value, pin);
            }}
          />
        </Dialog>
      )}
      <BellRung attendance={attendance} announcer={services.announcer} />
    </div>
  );
}

interface Mark {
  readonly icon: 'check' | null;
  readonly words: string;
}

/** How far somebody is, so that nobody is passed over. */
function marksOf(gathering: Gathering, seat: StripSeat, elsewhere: ReadonlySet<string>): readonly Mark[] {
  const poll = pollNow(gathering);
  const marks: Mark[] = [];
  if (poll?.open === true) {
    const has = seat.voted.includes(poll.poll);
    marks.push(has ? { icon: 'check', words: 'has voted' } : { icon: null, words: 'has not voted yet' });
  } else if (seat.finished === true) {
    marks.push({ icon: 'check', words: 'has finished' });
  }
  if (elsewhere.has(seat.seat)) marks.push({ icon: null, words: 'on another device' });
  return marks;
}

function votedWords(gathering: Gathering, strip: Strip): string | null {
  const poll = pollNow(gathering);
  if (poll?.open !== true) return null;
  const voted = strip.seats.filter((seat) => seat.voted.includes(poll.poll)).length;
  if (voted === 0) return 'Nobody here has voted yet.';
  if (voted === strip.seats.length) return 'Everybody here has voted.';
  return `Of ${inWords(strip.seats.length)} here, ${inWords(voted)} ${voted === 1 ? 'has' : 'have'} voted.`;
}
