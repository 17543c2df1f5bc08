/** Handing a shared device on: what stays, what goes, and one button. */

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { handOn, leave, unsent } from '../net/handOn.ts';
import type { Room } from '../net/room.ts';
import { Dialog } from './Dialog.tsx';
import { companionOf } from './focus/companion.ts';
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
  /** It is done as far as this page can do it. */
  const held = useSignal(false);
  useEffect(() => {
    void unsent(board, room, companionOf(room).peek()?.written ?? null).then((found) => {
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
      {held.value ? (
        <p class="problem" role="alert">
          <Icon name="alert" small />
          Some of your words are still on this device: another page of Harvestry holds them. Close all its other pages,
          then go on.
        </p>
      ) : leaves ? (
        <p class="problem" role="alert">
          <Icon name="alert" small />
          Not everything has reached the group yet: {listed(lost.value ?? [])}. It would be lost.
        </p>
      ) : null}
      <Reasoned
        label={held.value ? 'Go on' : leaves ? 'Leave my seat, and lose these' : 'Leave my seat on this device'}
        main
        reason={
          held.value
            ? null
            : busy.value
              ? 'One moment: it is being cleared.'
              : lost.value === null
                ? 'One moment: we look whether all you wrote has reached the group.'
                : null
        }
        run={() => {
          if (held.value) return leave();
          busy.value = true;
          void handOn(board, room).then((isGone) => {
            if (isGone) leave();
            held.value = !isGone;
          });
        }}
      />
    </Dialog>
  );
}
