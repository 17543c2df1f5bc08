/** Whose turn it is, what they may do with their seat, and the way out, which is always there. */

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ApiError } from '../../net/api.ts';
import type { Room } from '../../net/room.ts';
import { type WayIn, wayToSeat } from '../../net/sharedDevices.ts';
import { Dialog } from '../Dialog.tsx';
import { attendanceOf } from '../gathering/attendance.ts';
import { Icon } from '../icons.tsx';
import { parseQr, QrCode } from '../qrCode.tsx';
import type { Services } from '../services.ts';
import { Keypad } from './Keypad.tsx';
import { type Idle, WARN_MS } from './turnClock.ts';

interface Props {
  readonly board: string;
  readonly name: string;
  readonly room: Room;
  readonly services: Services;
  readonly idle: Idle;
  /** Whether the turn is about to end. */
  readonly busy: boolean;
  /** Somebody is still there. */
  readonly goOn: () => void;
  readonly done: () => void;
}

export function TurnBar({ board, name, room, services, idle, busy, goOn, done }: Props) {
  const open = useSignal<'phone' | 'pin' | null>(null);
  const close = (): void => {
    open.value = null;
  };
  const called = room.me.value?.name ?? name;
  const hasPin = attendanceOf(room).own.value.devices.pin;
  return (
    <section class="turn-bar" aria-label="Your turn">
      <b>
        <bdi>{called}</bdi>
        <span class="turn-of">’s turn</span>
      </b>
      <button
        type="button"
        class="btn bare"
        aria-haspopup="dialog"
        onClick={() => {
          open.value = 'phone';
        }}
      >
        <Icon name="share" small />
        <span class="turn-label">Use my phone</span>
      </button>
      {hasPin === null ? null : (
        <button
          type="button"
          class="btn bare"
          aria-haspopup="dialog"
          onClick={() => {
            open.value = 'pin';
          }}
        >
          <Icon name="lock" small />
          <span class="turn-label">{hasPin ? 'Change my PIN' : 'Choose a PIN'}</span>
        </button>
      )}
      <button type="button" class="btn main" aria-disabled={busy} onClick={done}>
        <Icon name="check" small />
        {busy ? 'One moment' : 'Done'}
      </button>
      <p class="turn-idle" role="status">
        {idle.kind === 'warned'
          ? `Are you still there, ${called}? Your turn ends in ${WARN_MS / 1_000} seconds without a touch.`
          : null}
      </p>
      {idle.kind === 'warned' ? (
        <button type="button" class="btn" onClick={goOn}>
          Go on
          <span aria-hidden="true"> ({idle.seconds} s)</span>
        </button>
      ) : null}
      {open.value === 'phone' ? <PhoneDialog board={board} room={room} close={close} /> : null}
      {open.value === 'pin' ? (
        <PinDialog room={room} services={services} hasPin={hasPin === true} close={close} />
      ) : null}
    </section>
  );
}

function PhoneDialog({
  board,
  room,
  close,
}: {
  readonly board: string;
  readonly room: Room;
  readonly close: () => void;
}) {
  const way = useSignal<WayIn | null>(null);
  const problem = useSignal('');
  useEffect(() => {
    wayToSeat(board, room.token).then(
      (found) => {
        way.value = found;
      },
      (error) => {
        problem.value = error instanceof ApiError ? error.message : 'That did not work. Try again in a moment.';
      },
    );
  }, [board, room]);
  const drawing = way.value === null ? null : parseQr(way.value.qr);
  return (
    <Dialog
      title="Take your seat to your phone"
      lead="Point your phone’s camera at this. It is your own seat: do not let others do so. Then end your turn here."
      close={close}
    >
      <p class="soft">
        What is on this device alone stays here for your turns: words that are not sent yet, the way to change a vote
        you handed in, and the way to reword or withdraw notes without your name.
      </p>
      {problem.value === '' ? (
        drawing === null ? (
          <p class="soft">One moment.</p>
        ) : (
          <QrCode drawing={drawing} label="The way to your seat, for the camera of your phone" />
        )
      ) : (
        <p class="problem" role="alert">
          <Icon name="alert" small />
          {problem.value}
        </p>
      )}
    </Dialog>
  );
}

interface PinProps {
  readonly room: Room;
  readonly services: Services;
  readonly hasPin: boolean;
  readonly close: () => void;
}

export function PinDialog({ room, services, hasPin, close }: PinProps) {
  const attendance = attendanceOf(room);
  const busy = useSignal(false);
  const problem = useSignal('');
  const first = useSignal<string | null>(null);
  const enter = (pin: string): void => {
    problem.value = '';
    if (first.peek() === null) {
      first.value = pin;
    } else if (first.peek() === pin) {
      void set(pin);
    } else {
      first.value = null;
      problem.value = 'These were not the same four digits. Choose them again.';
    }
  };
  const set = async (pin: string | null): Promise<void> => {
    busy.value = true;
    const said = pin === null ? 'Your seat opens without a PIN.' : 'Your seat opens with this PIN now.';
    const isDone = await attendance.ask(services, 'device.pin', { pin }, said);
    busy.value = false;
    first.value = null;
    if (isDone) close();
    else problem.value = 'The PIN could not be changed. Try again in a moment.';
  };
  return (
    <Dialog
      title={hasPin ? 'Change your PIN' : 'Choose a PIN'}
      lead="Four digits that you are asked for before each turn, so that nobody at your table takes it for you."
      close={close}
    >
      <p role="status">{first.value === null ? 'Your new PIN' : 'The same once more, so that it is no slip'}</p>
      <Keypad
        label={first.value === null ? 'Your new PIN' : 'Your new PIN once more'}
        problem={problem.value}
        busy={busy.value}
        enter={enter}
      />
      {hasPin ? (
        <p class="row">
          <button type="button" class="btn" onClick={() => void set(null)}>
            Do without a PIN
          </button>
        </p>
      ) : null}
    </Dialog>
  );
}
