/** How to join, on the room display: large while nothing else is going on, small beside a step. */

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ApiError } from '../../net/api.ts';
import { type Door, door } from '../../net/links.ts';
import type { Room } from '../../net/room.ts';
import { attendanceOf } from '../gathering/attendance.ts';
import { parseQr, QrCode, type QrDrawing } from '../qrCode.tsx';

/** A host may make another code at any time, or remove somebody and with them a link. */
const AGAIN_MS = 20_000;

export interface WayIn {
  /** Where a code is typed. */
  readonly address: string;
  readonly code: string;
  readonly drawing: QrDrawing | null;
}

/** How people come in, as long as a host lets it be shown; `null` until it is known, or if nobody comes in any more. */
export function useWayIn(board: string, room: Room): WayIn | null {
  const way = useSignal<WayIn | null>(null);
  const { gathering } = attendanceOf(room);
  const { moderating, show } = gathering.value;
  const shown = moderating.door && show.stage !== 'closed';
  useEffect(() => {
    way.value = null;
    if (!shown) return;
    let isOver = false;
    const look = async (): Promise<void> => {
      const found = await wayNow(door(board, room.token));
      if (!isOver && found !== undefined && found?.code !== way.peek()?.code) way.value = found;
    };
    void look();
    const timer = setInterval(() => void look(), AGAIN_MS);
    return () => {
      isOver = true;
      clearInterval(timer);
    };
  }, [board, room, shown]);
  return shown ? way.value : null;
}

/** What the server says of the way in: none where it has none; `undefined`, and all stays as it was, where it cannot be reached. */
export function wayNow(asked: Promise<Door>): Promise<WayIn | null | undefined> {
  return asked.then(wayIn, (error: unknown) =>
    error instanceof ApiError && error.code === 'network' ? undefined : null,
  );
}

function wayIn({ link, code, qr }: Door): WayIn {
  const host = URL.canParse(link) ? new URL(link).host : location.host;
  return { address: `${host}/join`, code, drawing: parseQr(qr) };
}

interface Props {
  readonly way: WayIn;
  readonly large: boolean;
}

export function JoinHere({ way, large }: Props) {
  const { address, code, drawing } = way;
  return (
    <div class={large ? 'rd-join large' : 'rd-join'}>
      {drawing === null ? null : <QrCode drawing={drawing} label="QR code that opens this gathering" />}
      <p>
        {large ? <span>Point a phone’s camera here, or go to</span> : <span>Join at</span>}
        <b>{address}</b>
        <span>{large ? 'and type' : 'with'}</span>
        <strong class="num">{`${code.slice(0, 3)} ${code.slice(3)}`}</strong>
      </p>
    </div>
  );
}
