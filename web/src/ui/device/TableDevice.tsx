/**
 * The shared device of a table: a cover, and one person's turn after the other.
 *
 * A turn has a room of its own, whose token is in the memory of this page alone. The page is loaded anew when it ends, so that nothing
 * of a person is left in it; what had not reached the server is locked away, and comes back with their next turn.
 */

import '../styles/device.css';
import { useSignal } from '@preact/signals';
import { effect } from '@preact/signals-core';
import { useEffect, useRef } from 'preact/hooks';
import { ApiError } from '../../net/api.ts';
import { device } from '../../net/device.ts';
import { keepIn } from '../../net/gatheringStorage.ts';
import { inHand } from '../../net/handOn.ts';
import { LockedStorage, Locker } from '../../net/locker.ts';
import { Room } from '../../net/room.ts';
import { takeTurn } from '../../net/sharedDevices.ts';
import { scopeOf } from '../../net/storage.ts';
import { browserSurroundings } from '../../net/surroundings.ts';
import { BoardScreen } from '../BoardScreen.tsx';
import { Dialog } from '../Dialog.tsx';
import { companionOf } from '../focus/companion.ts';
import { attendanceOf } from '../gathering/attendance.ts';
import { listed } from '../names.ts';
import { OpeningScreen } from '../OpeningScreen.tsx';
import type { Services } from '../services.ts';
import { Cover } from './Cover.tsx';
import { TurnBar } from './TurnBar.tsx';
import { type Idle, idleAfter } from './turnClock.ts';

interface Props {
  readonly board: string;
  readonly room: Room;
  readonly services: Services;
  readonly openDisplay: () => void;
}

interface Turn {
  readonly name: string;
  readonly room: Room;
  readonly locker: Locker;
}

const LOOK_MS = 500;
/** How long the end of a turn waits for what is on its way. */
const PATIENCE_MS = 3_000;

export function TableDevice(props: Props) {
  const { board, room, services } = props;
  const turn = useSignal<Turn | null>(null);
  const { strip } = attendanceOf(room).own.value.devices;
  const begin = async (seat: string, pin: string | null): Promise<string | null> => {
    try {
      turn.value = await sitDown(board, room, seat, pin);
      return null;
    } catch (error) {
      return error instanceof ApiError ? error.message : 'That did not work. Try again in a moment.';
    }
  };
  if (turn.value !== null) return <TakenTurn {...props} turn={turn.value} />;
  return strip === null ? null : <Cover room={room} strip={strip} services={services} begin={begin} />;
}

async function sitDown(board: string, cover: Room, seat: string, pin: string | null): Promise<Turn> {
  const given = await takeTurn(board, cover.token, seat, pin);
  device.lent = true;
  const scope = scopeOf(board, given.resume);
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
  return { name: given.name, room, locker };
}

type Stage =
  | { readonly kind: 'on' }
  /** Something has not reached the group, and the person wants to go. */
  | { readonly kind: 'asks'; readonly left: readonly string[] }
  /** They have gone, and it would be lost. */
  | { readonly kind: 'paused'; readonly left: readonly string[] }
  | { readonly kind: 'ending' };

function TakenTurn({ board, services, openDisplay, turn }: Props & { readonly turn: Turn }) {
  const { name, room, locker } = turn;
  const stage = useSignal<Stage>({ kind: 'on' });
  const idle = useSignal<Idle>({ kind: 'here' });
  const away = useSignal(false);
  const touched = useRef(performance.now());

  const end = async (): Promise<void> => {
    stage.value = { kind: 'ending' };
    // The screens put down what is in their fields as they go.
    await new Promise((resolve) => setTimeout(resolve));
    room.close();
    await locker.settled();
    location.replace(location.pathname);
  };
  const done = async (): Promise<void> => {
    await soonSaved(room);
    const left = inHand(room, companionOf(room).peek()?.written ?? null);
    if (left.length === 0) await end();
    else stage.value = { kind: 'asks', left };
  };
  /** Nobody is there. Where it cannot be locked away, their words wait in memory, and out of sight. */
  const goneAway = async (): Promise<void> => {
    const left = inHand(room, companionOf(room).peek()?.written ?? null);
    if (left.length === 0 || locker.locks) await end();
    else stage.value = { kind: 'paused', left };
  };

  useEffect(() => watchTouches(touched), []);
  // A device that shows its open pages side by side shows none of this one.
  useEffect(() => {
    const look = (): void => {
      away.value = document.visibilityState === 'hidden';
    };
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, []);
  useEffect(() => {
    const looking = setInterval(() => {
      if (stage.peek().kind !== 'on' && stage.peek().kind !== 'asks') return;
      const now = idleAfter(performance.now() - touched.current);
      if (JSON.stringify(now) !== JSON.stringify(idle.peek())) idle.value = now;
      if (now.kind === 'over') void goneAway();
    }, LOOK_MS);
    return () => clearInterval(looking);
  }, [turn]);
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
      return <OpeningScreen words="One moment: your turn ends" progress={null} />;
    case 'paused':
      return (
        <Paused
          name={name}
          left={stage.value.left}
          goOn={() => {
            touched.current = performance.now();
            stage.value = { kind: 'on' };
          }}
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

interface PausedProps {
  readonly name: string;
  readonly left: readonly string[];
  readonly goOn: () => void;
  readonly end: () => void;
}

function Paused({ name, left, goOn, end }: PausedProps) {
  return (
    <main class="turn-paused" aria-label="A turn that waits">
      <h1>
        <bdi>{name}</bdi>, your turn waits
      </h1>
      <p>
        Not everything has reached the group yet: {listed(left)}. This browser cannot lock it away, so it waits here,
        out of sight.
      </p>
      <p class="row">
        <button type="button" class="btn main big" onClick={goOn}>
          I am {name}: go on
        </button>
        <button type="button" class="btn big" onClick={end}>
          End this turn, and lose it
        </button>
      </p>
    </main>
  );
}

const TOUCHES = ['pointerdown', 'pointermove', 'keydown', 'input', 'wheel'] as const;

function watchTouches(touched: { current: number }): () => void {
  const touch = (): void => {
    touched.current = performance.now();
  };
  for (const one of TOUCHES) document.addEventListener(one, touch, { capture: true, passive: true });
  return () => {
    for (const one of TOUCHES) document.removeEventListener(one, touch, { capture: true });
  };
}

/** Waits until the server has everything from the board, but not for long. */
function soonSaved(room: Room): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(resolve, PATIENCE_MS);
    const stop = effect(() => {
      if (room.save.value.kind === 'saving') return;
      clearTimeout(late);
      queueMicrotask(() => stop());
      resolve();
    });
  });
}
