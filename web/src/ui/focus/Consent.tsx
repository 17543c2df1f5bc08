/** Whether one's words may be kept for the harvest: asked once before anything is written, changed at any time, and no condition. */

import '../styles/focus.css';
import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { takesPart } from '../../model/agenda.ts';
import type { Capture } from '../../model/gathering/show.ts';
import type { Room } from '../../net/room.ts';
import { attendanceOf } from '../gathering/attendance.ts';
import { Icon } from '../icons.tsx';
import type { Services } from '../services.ts';

interface Props {
  readonly room: Room;
  readonly services: Services;
}

const KEPT_AS: Readonly<Record<Capture, string>> = {
  named: 'The harvest may quote notes, with the name where a note carries one.',
  role: 'The harvest may quote notes with a role, and never with a name.',
  chatham: 'The harvest may quote notes, and never says who wrote them.',
  nothing: 'Nothing is kept of this gathering after its end.',
};

export function Consent({ room, services }: Props) {
  const id = useId();
  const again = useSignal(false);
  const { gathering, own, person } = attendanceOf(room);
  const { consent } = own.value.people;
  const { capture, stage } = gathering.value.show;
  if (capture === 'nothing' || stage === 'none' || !takesPart(person.value)) return null;

  const say = async (kept: boolean): Promise<void> => {
    try {
      await room.command('people.consent', { capture: kept });
      again.value = false;
      services.announcer.say(kept ? 'Your words may be kept for the harvest.' : 'Your words stay out of the harvest.');
    } catch {
      services.announcer.say('This could not be saved. Try again when the connection is back.', 'assertive');
    }
  };

  if (consent !== null && !again.value) {
    return (
      <p class="consent-line">
        <Icon name={consent ? 'check' : 'lock'} small />
        {consent ? 'Your words may be kept for the harvest.' : 'Your words stay out of the harvest.'}
        <button
          type="button"
          class="link"
          onClick={() => {
            again.value = true;
          }}
        >
          Change
        </button>
      </p>
    );
  }
  return (
    <section class="offer consent" aria-labelledby={`${id}-ask`}>
      <h3 id={`${id}-ask`}>May your words be kept for the harvest?</h3>
      <p>
        {KEPT_AS[capture]} Where you put your own name on a card, it stays there, unless you leave your words out. You
        take part either way, and can change this at any time.
      </p>
      <div class="row">
        <button type="button" class="btn soft-fill" aria-pressed={consent === true} onClick={() => void say(true)}>
          They may be kept
        </button>
        <button type="button" class="btn" aria-pressed={consent === false} onClick={() => void say(false)}>
          Leave mine out
        </button>
      </div>
    </section>
  );
}
