/** Ending the gathering: what it does, and then doing it. */

import { Dialog } from '../Dialog.tsx';
import type { HostProps } from './Console.tsx';

interface Props extends HostProps {
  readonly close: () => void;
  /** The button that opened this goes with the gathering's end; the focus has to go elsewhere. */
  readonly ended: () => void;
}

export function EndDialog({ attendance, services, close, ended }: Props) {
  return (
    <Dialog
      title="End the gathering"
      lead="Writing closes for everybody, and everything stays here to be read. A host can go on after the end."
      close={close}
    >
      <p class="row">
        <button
          type="button"
          class="btn main"
          onClick={() => {
            close();
            void attendance.ask(services, 'show.close').then(ended);
          }}
        >
          End it for everybody
        </button>
        <button type="button" class="btn" onClick={close}>
          Go on
        </button>
      </p>
    </Dialog>
  );
}
