/** Handing a shared device on: what stays, what goes, and one button. */

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { handOn, unsent } from '../net/handOn.ts';
import type { Room } from '../net/room.ts';
import { Dialog } from './Dialog.tsx';
import { Reasoned } from './gathering/Reasoned.tsx';
import { Icon } from './icons.tsx';
import { listed } from './names.ts';

interface Props {
  readonly board: string;
  readonly room: Room;
  readonly close: () => void;
}

export function HandOn({ board, room, close }: Props) {
  const lost = useSignal<readonly string[] | null>(null);
  const busy = useSignal(false);
  useEffect(() => {
    void unsent(board, room).then((found) => {
      lost.value = found;
    });
  }, [board, room]);

  const leaves = (lost.value ?? []).length > 0;
  return (
    <Dialog title="Hand this device on" lead="When several people use one device, one after the other." close={close}>
      <ul>
        <li>What you wrote stays with the group. Sealed notes stay sealed until they are revealed.</li>
        <li>Nothing of yours stays on this device: no name, no words, no vote, no way back to your seat.</li>
        <li>
          Notes without your name can then not be reworded or withdrawn from here, unless you saved a copy of what is
          yours.
        </li>
      </ul>
      {leaves ? (
        <p class="problem" role="alert">
          <Icon name="alert" small />
          Not everything has reached the group yet: {listed(lost.value ?? [])}. It would be lost.
        </p>
      ) : null}
      <Reasoned
        label={leaves ? 'Leave my seat, and lose these' : 'Leave my seat on this device'}
        main
        reason={
          busy.value
            ? 'One moment: it is being cleared.'
            : lost.value === null
              ? 'One moment: we look whether all you wrote has reached the group.'
              : null
        }
        run={() => {
          busy.value = true;
          void handOn(board, room);
        }}
      />
    </Dialog>
  );
}
