/** Who asks for a host: raised hands, pauses, words, and those who wait to be let in. */

import type { Asking } from '../../model/gathering/people.ts';
import type { Request } from '../../model/gathering/requests.ts';
import { Icon } from '../icons.tsx';
import type { HostProps } from './Console.tsx';
import { Sign } from './gatheringIcons.tsx';
import { noteWords, requestWords } from './requestWords.ts';

export function askingWords(name: string, what: Asking): string {
  switch (what) {
    case 'hand':
      return `${name} raises a hand`;
    case 'pause':
      return `${name} asks for a pause`;
    case 'word':
      return `${name} would like a word`;
  }
}

const ANSWERS: Readonly<Record<Asking, string>> = { hand: 'Seen', pause: 'Give 1 min', word: 'Seen to' };

export function AskingForYou({ attendance, services }: HostProps) {
  const { people, requests } = attendance.gathering.value;
  const running = attendance.phase.value !== null;
  const count = people.asking.length + people.waiting.length + requests.length;

  const answer = async (seat: string, what: Asking): Promise<void> => {
    if (what === 'pause' && running && !(await attendance.ask(services, 'show.add', { seconds: 60 }))) return;
    await attendance.ask(services, 'people.answer', { seat, what }, 'Done.');
  };

  return (
    <section aria-labelledby="asking-for-you">
      <h3 id="asking-for-you">
        Asking for you
        <span class="r num">{count === 0 ? '' : `${count} waiting`}</span>
      </h3>
      {count === 0 ? <p class="soft">Nobody needs you right now.</p> : null}
      <ul>
        {people.waiting.map((seat) => (
          <li key={`waits ${seat}`} class="ask-item">
            <Icon name="people" small />
            <span>
              <bdi>{attendance.nameOf(seat)}</bdi> waits to be let in
            </span>
            <button
              type="button"
              class="btn"
              onClick={() => void attendance.ask(services, 'people.admit', { seat }, 'Let in.')}
            >
              Let in<span class="sr"> {attendance.nameOf(seat)}</span>
            </button>
          </li>
        ))}
        {people.asking.map(({ seat, what }) => (
          <li key={`${what} ${seat}`} class="ask-item">
            {what === 'hand' ? <Icon name="hand" small /> : <Sign name={what === 'pause' ? 'bell' : 'word'} small />}
            <span dir="auto">{askingWords(attendance.nameOf(seat), what)}</span>
            <button type="button" class="btn" onClick={() => void answer(seat, what)}>
              {what === 'pause' && !running ? 'Seen' : ANSWERS[what]}
              <span class="sr">: {askingWords(attendance.nameOf(seat), what)}</span>
            </button>
          </li>
        ))}
        {requests.map((request) => (
          <Asked key={request.request} attendance={attendance} services={services} request={request} />
        ))}
      </ul>
    </section>
  );
}

/** What only a host does: with one press, or not. */
function Asked({
  attendance,
  services,
  request,
}: Pick<HostProps, 'attendance' | 'services'> & { readonly request: Request }) {
  const words = requestWords(attendance, request);
  const about = noteWords(attendance, request);
  const answer = (command: string, said: string): void => {
    void attendance.ask(services, command, { request: request.request }, said);
  };
  return (
    <li class="ask-item asked">
      {request.what === 'time' || request.what === 'stop' ? <Sign name="clock" small /> : <Icon name="people" small />}
      <span>
        <span dir="auto">{words}</span>
        {about === null ? null : (
          <q class="chosen" dir="auto">
            {about}
          </q>
        )}
      </span>
      <span class="answers">
        <button type="button" class="btn" onClick={() => answer('request.grant', 'Done.')}>
          {GRANTED[request.what]}
          <span class="sr">: {words}</span>
        </button>
        <button type="button" class="btn bare" onClick={() => answer('request.decline', 'Declined.')}>
          Decline<span class="sr">: {words}</span>
        </button>
      </span>
    </li>
  );
}

const GRANTED: Readonly<Record<Request['what'], string>> = {
  time: 'Give it',
  stop: 'Do it',
  move: 'Move',
  aside: 'Set aside',
  restore: 'Bring back',
};
