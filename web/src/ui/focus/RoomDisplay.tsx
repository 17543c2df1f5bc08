/**
 * The room display: what everybody in the room looks up to. The ask and the time on the left, what the group sees on the right, the
 * steps at the foot. It asks for nothing and has no controls.
 */

import '../styles/roomDisplay.css';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import {
  type Ask,
  askNow,
  isHeld,
  phaseNext,
  phaseNow,
  pollNow,
  progressWords,
  regionOf,
  stepOf,
} from '../../model/agenda.ts';
import type { Board } from '../../model/board.ts';
import { type BoardElement, elementId } from '../../model/element.ts';
import type { Poll, Result } from '../../model/gathering/deciding.ts';
import type { Gathering } from '../../model/gathering/gathering.ts';
import { label } from '../../model/outline.ts';
import type { Room } from '../../net/room.ts';
import { type Attendance, attendanceOf } from '../gathering/attendance.ts';
import { BellRung } from '../gathering/BellRung.tsx';
import { finishedWords } from '../gathering/Finished.tsx';
import { Furrows } from '../gathering/Furrows.tsx';
import { Timer } from '../gathering/Timer.tsx';
import { BETWEEN, CLOSED, READY } from '../gathering/words.ts';
import { Icon, RingMark, SeedMark } from '../icons.tsx';
import { later } from '../later.tsx';
import { present } from '../People.tsx';
import type { Services } from '../services.ts';
import { type Bar, barsOf, OUTCOMES } from './bars.ts';
import { JoinHere, useWayIn } from './JoinHere.tsx';
import { usePartsOf, WordHeat } from './laterParts.tsx';
import { BalanceTold } from './Spread.tsx';
import { things } from './things.ts';

const PER_PAGE = 9;
/** Each takes more room than a bar. */
const MOST_STANDS = 6;
/** Long enough to read nine notes aloud. */
const PAGE_MS = 24_000;
const MINUTE_MS = 60_000;
/** Where the layout stands from minute to minute, in px, so that nothing burns in. */
const SHIFTS = [
  [0, 0],
  [3, 1],
  [1, 4],
  [-3, 2],
  [-2, -3],
] as const;

interface Props {
  readonly board: string;
  readonly room: Room;
  readonly services: Services;
  readonly openDisplay: () => void;
}

/** What is fetched by the shared device of a table alone, which comes in as a display does. */
const TableDevice = later(async () => (await import('../device/TableDevice.tsx')).TableDevice);

export function RoomDisplay(props: Props) {
  const { strip } = attendanceOf(props.room).own.value.devices;
  return strip === null ? <Wall {...props} /> : <TableDevice.Part {...props} missed={() => location.reload()} />;
}

function Wall({ board, room }: Props) {
  const attendance = attendanceOf(room);
  const gathering = attendance.gathering.value;
  usePartsOf(gathering);
  const phase = phaseNow(gathering);
  const step = stepOf(gathering);
  const ask = askNow(gathering, attendance.person.value);
  const finished = finishedWords(gathering.finishing);
  const way = useWayIn(board, room);
  const people = present(room.people.value).filter(({ role }) => role !== 'display').length;
  const [x, y] = SHIFTS[Math.floor(attendance.minute / MINUTE_MS) % SHIFTS.length] ?? SHIFTS[0];

  useEffect(stayAwake, []);

  return (
    <div class="rd" style={`translate: ${x}px ${y}px`}>
      <header>
        <span class="logo">
          <RingMark />
          Harvestry
        </span>
        <h1 dir="auto">{gathering.show.title || room.title.value}</h1>
        <span class="rd-people">
          <Icon name="people" />
          {people === 1 ? 'One is here' : `${people} are here`}
        </span>
      </header>
      <main aria-label="Room display">
        <div class="rd-left">
          {step === null ? null : (
            <span class="rd-step">
              Step {step.n} of {step.m}
            </span>
          )}
          <h2 dir="auto">{phase?.title ?? gathering.show.title}</h2>
          <p class="rd-ask" dir="auto">
            {askWords(ask, gathering)}
          </p>
          <Timer attendance={attendance} />
          {finished === null ? null : (
            <p class="rd-finished">
              <Icon name="check" />
              {finished}
            </p>
          )}
          {way === null || phase === null ? null : <JoinHere way={way} large={false} />}
        </div>
        {way !== null && phase === null && gathering.moderating.spotlight === null ? (
          <Plot title="Join us" aside="">
            <JoinHere way={way} large />
          </Plot>
        ) : (
          <Right room={room} attendance={attendance} gathering={gathering} />
        )}
      </main>
      <footer>
        <Furrows attendance={attendance} />
        <p>
          {phase === null ? null : <b class="rd-now">{phase.title}</b>}
          {phaseNext(gathering) === null ? null : <span class="rd-then">Then: {phaseNext(gathering)?.title}</span>}
        </p>
      </footer>
      <BellRung attendance={attendance} announcer={null} />
    </div>
  );
}

/** What people look at together is not to go dark meanwhile. Returns how to let it. */
export function stayAwake(): () => void {
  let lock: WakeLockSentinel | null = null;
  const stay = async (): Promise<void> => {
    if (document.visibilityState === 'visible') lock = (await navigator.wakeLock?.request('screen')) ?? null;
  };
  const again = (): void => {
    stay().catch(() => undefined);
  };
  again();
  document.addEventListener('visibilitychange', again);
  return () => {
    document.removeEventListener('visibilitychange', again);
    void lock?.release();
  };
}

export function askWords(ask: Ask, { show }: Gathering): string {
  switch (ask.kind) {
    case 'ready':
      return READY;
    case 'closed':
      return CLOSED;
    case 'between':
    case 'nothing':
      return BETWEEN;
    case 'revealed':
      return 'Read in silence. Look for what surprises you.';
    case 'vote':
      return ask.poll?.question ?? ask.phase.poll?.question ?? ask.phase.instruction;
    default:
      return (
        ask.phase.instruction || (show.regions.find(({ key }) => key === ask.phase.opens[0]?.region)?.prompt ?? '')
      );
  }
}

interface RightProps {
  readonly room: Room;
  readonly attendance: Attendance;
  readonly gathering: Gathering;
}

/** The region that matters now, or what came of a vote. */
function Right({ room, attendance, gathering }: RightProps) {
  const board = room.board.value;
  board.version.value;
  const phase = phaseNow(gathering);
  const poll = pollNow(gathering);
  const { spotlight } = gathering.moderating;
  const lit = spotlight === null ? undefined : board.get(elementId(spotlight));
  if (lit !== undefined && label(lit) !== '') {
    return (
      <Plot title="Look at this" aside="">
        <div class="rd-lit">
          <blockquote class={lit.colour ?? 'oat'} dir="auto">
            {label(lit)}
          </blockquote>
        </div>
      </Plot>
    );
  }
  if (poll?.result != null) {
    const { n, outcome, suppressed } = poll.result;
    return (
      <Plot title={poll.question} aside={n === 1 ? 'one voted' : `${n} voted`}>
        <div class="rd-result">
          {outcome === null ? null : <p class="rd-outcome">{OUTCOMES[outcome]}</p>}
          {suppressed ? (
            <p>With fewer than five, totals would tell what one person chose, so they are not shown.</p>
          ) : poll.kind === 'marks' ? (
            <WordHeat poll={poll} room={room} />
          ) : (
            <Came poll={poll} result={poll.result} board={board} />
          )}
        </div>
      </Plot>
    );
  }
  // What is marked is read meanwhile, whatever is written beside it.
  const held = poll?.kind === 'marks' ? undefined : phase?.opens.find(isHeld);
  if (held !== undefined && phase?.revealed !== true) {
    return (
      <Plot title={regionOf(gathering, held.region)?.title ?? ''} aside="Sealed until the reveal">
        <div class="rd-sealed">
          <Icon name="lock" />
          <p>{regionOf(gathering, held.region)?.prompt || phase?.instruction}</p>
          <p class="soft">{progressWords(gathering.sealing.progress) ?? 'Nobody sees these notes before all do.'}</p>
        </div>
      </Plot>
    );
  }
  const region = poll?.region ?? phase?.opens[0]?.region ?? lastWritten(gathering);
  const notes = things(board, gathering, region).filter(({ text }) => text.trim() !== '');
  const voted = poll?.open === true ? `${poll.turnout} of ${poll.of} have voted` : null;
  if (poll?.open === true && notes.length === 0) {
    const about = poll.about === null ? undefined : board.get(elementId(poll.about));
    return (
      <Plot title={poll.question} aside={voted ?? ''}>
        <div class="rd-sealed">
          {about === undefined ? <Icon name="lock" /> : <p dir="auto">{label(about)}</p>}
          <p class="soft">Answers stay hidden until the vote closes.</p>
        </div>
      </Plot>
    );
  }
  if (notes.length === 0) {
    return (
      <Plot title={regionOf(gathering, region)?.title ?? 'What we are here for'} aside="">
        <div class="rd-sealed">
          <p>{regionOf(gathering, region)?.prompt || gathering.show.purpose}</p>
        </div>
      </Plot>
    );
  }
  const title = regionOf(gathering, region)?.title ?? '';
  return <Gallery title={title} beside={voted} notes={notes} attendance={attendance} />;
}

/** Where the group wrote last. */
function lastWritten({ show }: Gathering): string | null {
  const here = show.phases.findIndex(({ key }) => key === show.at);
  const before = show.phases.slice(0, Math.max(0, here));
  return before.findLast(({ opened, opens }) => opened !== null && opens.length > 0)?.opens[0]?.region ?? null;
}

interface GalleryProps {
  readonly title: string;
  /** What stands beside the title; `null` for the page. */
  readonly beside: string | null;
  readonly notes: readonly BoardElement[];
  readonly attendance: Attendance;
}

/** Pages of nine; they turn by the server's time, so that every wall shows the same one. */
function Gallery({ title, beside, notes, attendance }: GalleryProps) {
  const pages = Math.ceil(notes.length / PER_PAGE);
  const page = Math.floor(attendance.now.value / PAGE_MS) % pages;
  const which = pages === 1 ? '' : `page ${page + 1} of ${pages}`;
  return (
    <Plot title={title} aside={beside ?? which}>
      <ul class="rd-gallery">
        {notes.slice(page * PER_PAGE, (page + 1) * PER_PAGE).map((note) => (
          <li key={note.id} class={note.colour ?? 'oat'} data-long={note.text.length > LONG}>
            <p dir="auto">{note.text}</p>
            <SeedMark colour={note.colour ?? 'oat'} />
          </li>
        ))}
      </ul>
    </Plot>
  );
}

/** More would not fit in the large letters. */
const LONG = 36;

interface CameProps {
  readonly poll: Poll;
  readonly result: Result;
  readonly board: Board;
}

function Came({ poll, result, board }: CameProps) {
  if (poll.kind === 'balance') return <BalanceTold board={board} result={result} atMost={MOST_STANDS} />;
  return <Bars bars={barsOf(poll, board)} />;
}

function Bars({ bars }: { readonly bars: readonly Bar[] }) {
  const most = Math.max(1, ...bars.map(({ value }) => value));
  return (
    <ol class="rd-bars">
      {bars.slice(0, PER_PAGE).map((bar) => (
        <li key={bar.key}>
          <span dir="auto">{bar.words}</span>
          <b class="num">{bar.shown}</b>
          <i aria-hidden="true" style={`inline-size:${(bar.value / most) * 100}%`} />
        </li>
      ))}
    </ol>
  );
}

interface PlotProps {
  readonly title: string;
  readonly aside: string;
  readonly children: ComponentChildren;
}

function Plot({ title, aside, children }: PlotProps) {
  return (
    <section class="rd-right" aria-label={title}>
      <h3 dir="auto">
        {title}
        <span>{aside}</span>
      </h3>
      {children}
    </section>
  );
}
