/**
 * The shared device of a table: a cover, and one person's turn after the other.
 *
 * A turn has a room of its own, whose token is in the memory of this page alone. The page is loaded anew when it ends, so that nothing
 * of a person is left in it; what had not reached the server is locked away, and comes back with their next turn.
 */

import '../styles/device.css';
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { ApiError } from '../../net/api.ts';
import { device } from '../../net/device.ts';
import { keepIn, keepNoMore } from '../../net/gatheringStorage.ts';
import { inHand, isUnderWay, type Written } from '../../net/handOn.ts';
import { holdLocker, LockedStorage, Locker } from '../../net/locker.ts';
import { Room } from '../../net/room.ts';
import { takeTurn } from '../../net/sharedDevices.ts';
import { scopeOf } from '../../net/storage.ts';
import { browserSurroundings } from '../../net/surroundings.ts';
import { BoardScreen } from '../BoardScreen.tsx';
import { Dialog } from '../Dialog.tsx';
import { type EndReason, reasonOfClose, TITLES } from '../endings.ts';
import { endingOf } from '../endingWords.ts';
import { companionOf } from '../focus/companion.ts';
import { attendanceOf } from '../gathering/attendance.ts';
import { listed } from '../names.ts';
import { OpeningScreen } from '../OpeningScreen.tsx';
import type { Services } from '../services.ts';
import { Cover } from './Cover.tsx';
import { Keypad } from './Keypad.tsx';
import { TurnBar } from './TurnBar.tsx';
import { type Idle, idleAt, type Moment, momentNow } from './turnClock.ts';

interface Props {
  readonly board: string;
  readonly room: Room;
  readonly services: Services;
  readonly openDisplay: () => void;
}

interface Turn {
  readonly seat: string;
  readonly name: string;
  readonly room: Room;
  readonly locker: Locker;
}

const LOOK_MS = 500;
/** How long the end of a turn waits for what is on its way, and between two looks whether it has gone. */
const PATIENCE_MS = 3_000;
const GLANCE_MS = 50;
/** How long the page may take to answer at the end of a turn, and between two tries. */
const PAGE_MS = 5_000;
const AGAIN_MS = 2_000;

export function TableDevice(props: Props) {
  const { board, room, services } = props;
  const turn = useSignal<Turn | null>(null);
  const isGone = useRef(false);
  useEffect(
    () => () => {
      isGone.current = true;
    },
    [],
  );
  const { strip } = attendanceOf(room).own.value.devices;
  const begin = async (seat: string, pin: string | null): Promise<string | null> => {
    try {
      const begun = await sitDown(board, room, seat, pin);
      if (isGone.current) await standUp(begun).then(loadAnew);
      else turn.value = begun;
      return null;
    } catch (error) {
      return problemOf(error);
    }
  };
  if (turn.value !== null) return <TakenTurn {...props} turn={turn.value} />;
  return strip === null ? null : <Cover room={room} strip={strip} services={services} begin={begin} />;
}

function problemOf(error: unknown): string {
  return error instanceof ApiError ? error.message : 'That did not work. Try again in a moment.';
}

async function sitDown(board: string, cover: Room, seat: string, pin: string | null): Promise<Turn> {
  const given = await takeTurn(board, cover.token, seat, pin);
  const scope = scopeOf(board, given.resume);
  const release = await holdLocker(scope);
  if (release === null)
    throw new ApiError('elsewhere', 'This seat has a turn in another window here. End it there first.', 0);
  device.lent = true;
  try {
    const locker = await Locker.open(scope, given.lock);
    keepIn(scope, locker);
    const room = await Room.open(
      { boardId: board, token: given.resume, role: given.role },
      {
        ...browserSurroundings(),
        openStorage: () => Promise.resolve(new LockedStorage(locker)),
        remember: () => undefined,
      },
    );
    return { seat, name: given.name, room, locker };
  } catch (error) {
    device.lent = false;
    keepNoMore(scope);
    release();
    throw error;
  }
}

/** Leaves a turn's room, with everything locked away. */
async function standUp({ room, locker }: Turn): Promise<void> {
  // The screens put down what is in their fields as they go.
  await new Promise((resolve) => setTimeout(resolve));
  room.close();
  await locker.settled();
}

function loadAnew(): void {
  location.replace(location.pathname);
}

/** Whether the page would come if it was loaded anew: if not, a browser shows its own, and nobody brings it back from there. */
async function pageComes(): Promise<boolean> {
  try {
    return (await fetch(location.pathname, { cache: 'no-store', signal: AbortSignal.timeout(PAGE_MS) })).ok;
  } catch {
    return false;
  }
}

type Stage =
  | { readonly kind: 'on' }
  /** Something has not reached the group, and the person wants to go. */
  | { readonly kind: 'asks'; readonly left: readonly string[] }
  /** They have gone, and it would be lost. */
  | { readonly kind: 'paused'; readonly left: readonly string[] }
  /** Their seat has ended, or its connection for good. */
  | { readonly kind: 'ended'; readonly reason: EndReason }
  | { readonly kind: 'ending'; readonly waits: boolean };

function TakenTurn({ board, room: cover, services, openDisplay, turn }: Props & { readonly turn: Turn }) {
  const { name, room, locker } = turn;
  const stage = useSignal<Stage>({ kind: 'on' });
  const idle = useSignal<Idle>({ kind: 'here' });
  const away = useSignal(false);
  const leaving = useSignal(false);
  const touched = useRef(momentNow());

  const end = async (): Promise<void> => {
    if (stage.peek().kind === 'ending') return;
    stage.value = { kind: 'ending', waits: false };
    await standUp(turn);
    while (!(await pageComes())) {
      stage.value = { kind: 'ending', waits: true };
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
    loadAnew();
  };
  const written = (): Written | null => companionOf(room).peek()?.written ?? null;
  const done = async (): Promise<void> => {
    if (leaving.peek()) return;
    leaving.value = true;
    await soonGone(() => isUnderWay(room, written()));
    leaving.value = false;
    if (stage.peek().kind !== 'on') return;
    const left = inHand(room, written());
    if (left.length === 0) await end();
    else stage.value = { kind: 'asks', left };
  };
  /** Nobody is there. Where it cannot be locked away, their words wait in memory, and out of sight. */
  const goneAway = async (): Promise<void> => {
    const left = inHand(room, written());
    if (left.length === 0 || locker.locks || stage.peek().kind === 'ended') await end();
    else stage.value = { kind: 'paused', left };
  };
  /** Whoever says they are back proves it as at the beginning. Returns what is said if they cannot. */
  const goOn = async (pin: string | null): Promise<string | null> => {
    try {
      await takeTurn(board, cover.token, turn.seat, pin);
    } catch (error) {
      return problemOf(error);
    }
    touched.current = momentNow();
    stage.value = { kind: 'on' };
    return null;
  };
  const look = (): void => {
    const { kind } = stage.peek();
    if (kind === 'paused' || kind === 'ending') return;
    const now = idleAt(touched.current, momentNow());
    if (JSON.stringify(now) !== JSON.stringify(idle.peek())) idle.value = now;
    if (now.kind === 'over') void goneAway();
  };

  useEffect(() => watchTouches(touched), []);
  // A device that shows its open pages side by side shows none of this one.
  useEffect(() => {
    const show = (): void => {
      // It may have slept meanwhile.
      look();
      away.value = document.visibilityState === 'hidden';
    };
    document.addEventListener('visibilitychange', show);
    return () => document.removeEventListener('visibilitychange', show);
  }, []);
  useEffect(() => {
    const looking = setInterval(look, LOOK_MS);
    return () => clearInterval(looking);
  }, [turn]);
  useEffect(
    () =>
      room.save.subscribe((save) => {
        const { kind } = stage.peek();
        if (save.kind === 'ended' && kind !== 'ending')
          stage.value = { kind: 'ended', reason: reasonOfClose(save.code) };
      }),
    [room],
  );
  // The device itself may be taken away in the middle of a turn.
  useEffect(
    () => () => {
      if (stage.peek().kind !== 'ending') void standUp(turn).then(loadAnew);
    },
    [turn],
  );
  // Whoever went back in history to a page that slept would see what it showed.
  useEffect(() => {
    const again = ({ persisted }: PageTransitionEvent): void => {
      if (persisted) location.reload();
    };
    addEventListener('pageshow', again);
    return () => removeEventListener('pageshow', again);
  }, []);

  switch (stage.value.kind) {
    case 'ending':
      return stage.value.waits ? (
        <Between
          title="This turn has ended"
          words="We cannot reach the group just now. The names come back by themselves as soon as we can."
        />
      ) : (
        <OpeningScreen words="One moment: your turn ends" progress={null} />
      );
    case 'ended':
      return (
        <Between title={TITLES[stage.value.reason]} words={endingOf(stage.value.reason).why}>
          <button type="button" class="btn main big" onClick={() => void end()}>
            Back to the names
          </button>
        </Between>
      );
    case 'paused':
      return (
        <Paused
          name={room.me.value?.name ?? name}
          hasPin={attendanceOf(room).own.value.devices.pin === true}
          left={stage.value.left}
          goOn={goOn}
          end={() => void end()}
        />
      );
    default:
      return (
        <div class="turn" data-away={away.value}>
          <TurnBar
            board={board}
            name={name}
            room={room}
            services={services}
            idle={idle.value}
            busy={leaving.value}
            goOn={() => {
              touched.current = momentNow();
              look();
            }}
            done={() => void done()}
          />
          <BoardScreen
            board={board}
            room={room}
            linkToken={null}
            welcome={`Welcome back, ${name}.`}
            services={services}
            openDisplay={openDisplay}
            asks
          />
          {stage.value.kind === 'asks' ? (
            <NotYet
              left={stage.value.left}
              locks={locker.locks}
              stay={() => {
                stage.value = { kind: 'on' };
              }}
              end={() => void end()}
            />
          ) : null}
        </div>
      );
  }
}

interface NotYetProps {
  readonly left: readonly string[];
  readonly locks: boolean;
  readonly stay: () => void;
  readonly end: () => void;
}

function NotYet({ left, locks, stay, end }: NotYetProps) {
  return (
    <Dialog title="Not everything has reached the group yet" close={stay}>
      <p>
        It is {listed(left)}.{' '}
        {locks
          ? 'It stays locked away on this device, where nobody else can read it, and is here again in your next turn.'
          : 'This browser cannot lock it away for you, so it would be lost.'}
      </p>
      <p class="row dialog-actions">
        <button type="button" class="btn main" onClick={stay}>
          Stay in my turn
        </button>
        <button type="button" class="btn" onClick={end}>
          {locks ? 'End my turn' : 'End my turn, and lose it'}
        </button>
      </p>
    </Dialog>
  );
}

interface BetweenProps {
  readonly title: string;
  readonly words: string;
  readonly children?: ComponentChildren;
}

/** Nothing of anybody, and why. */
function Between({ title, words, children }: BetweenProps) {
  return (
    <main class="turn-paused" aria-label="Between two turns">
      <h1>{title}</h1>
      <p role="status">{words}</p>
      <p class="row">{children}</p>
    </main>
  );
}

interface PausedProps {
  readonly name: string;
  readonly hasPin: boolean;
  readonly left: readonly string[];
  readonly goOn: (pin: string | null) => Promise<string | null>;
  readonly end: () => void;
}

/** A turn that waits for its person, who is asked for their PIN as at its beginning. */
export function Paused({ name, hasPin, left, goOn, end }: PausedProps) {
  const asks = useSignal(false);
  const busy = useSignal(false);
  const problem = useSignal('');
  const attempt = async (pin: string | null): Promise<void> => {
    if (busy.peek()) return;
    busy.value = true;
    problem.value = (await goOn(pin)) ?? '';
    busy.value = false;
  };
  return (
    <main class="turn-paused" aria-label="A turn that waits">
      <h1>
        <bdi>{name}</bdi>, your turn waits
      </h1>
      <p>
        Not everything has reached the group yet: {listed(left)}. This browser cannot lock it away, so it waits here,
        out of sight.
      </p>
      {asks.value ? (
        <Keypad
          label={`The PIN of ${name}`}
          problem={problem.value}
          busy={busy.value}
          enter={(pin) => void attempt(pin)}
        />
      ) : (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <p class="row">
        {asks.value ? null : (
          <button
            type="button"
            class="btn main big"
            aria-disabled={busy.value}
            onClick={() => {
              if (hasPin) asks.value = true;
              else void attempt(null);
            }}
          >
            I am {name}: go on
          </button>
        )}
        <button type="button" class="btn big" onClick={end}>
          End this turn, and lose it
        </button>
      </p>
    </main>
  );
}

/** Those that tell of somebody there, also of one who works by voice, by switches or with a screen reader. */
const TOUCHES = [
  'pointerdown',
  'pointermove',
  'keydown',
  'input',
  'wheel',
  'click',
  'focusin',
  'selectionchange',
] as const;

function watchTouches(touched: { current: Moment }): () => void {
  const touch = (): void => {
    const now = momentNow();
    // Whoever wakes a device that slept does not take up the turn that was left on it.
    if (idleAt(touched.current, now).kind !== 'over') touched.current = now;
  };
  for (const one of TOUCHES) document.addEventListener(one, touch, { capture: true, passive: true });
  return () => {
    for (const one of TOUCHES) document.removeEventListener(one, touch, { capture: true });
  };
}

/** Waits until nothing is on its way any more, but not for long. */
async function soonGone(isGoing: () => boolean): Promise<void> {
  const late = performance.now() + PATIENCE_MS;
  while (isGoing() && performance.now() < late) await new Promise((resolve) => setTimeout(resolve, GLANCE_MS));
}
