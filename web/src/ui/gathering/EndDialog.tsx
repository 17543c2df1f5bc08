/** Ending the gathering: what it does, and then doing it. */

import { Dialog } from '../Dialog.tsx';
import type { HostProps } from './Console.tsx';

export function EndDialog({ attendance, services, close }: HostProps & { readonly close: () => void }) {
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
            void attendance.ask(services, 'show.close');
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
