/** Why people objected or were concerned, or held up few fingers, once a round has ended; whoever objected says here that it is met. */

import { Icon } from '../icons.tsx';
import type { PaperProps } from './ballots/paper.ts';
import { nameOf } from './bars.ts';

const ONE_UP = 'What would move somebody one up';

export function Reasons({ companion, editor, services, poll }: PaperProps) {
  const mine = companion.ballot(poll.poll);
  if (poll.objections.length + poll.concerns.length === 0) return null;
  const open = poll.objections.some(({ met }) => !met);
  const say = async (): Promise<void> => {
    try {
      await companion.met(poll.poll);
      services.announcer.say('Your objection is met.');
    } catch {
      services.announcer.say('This could not be saved. Try again when the connection is back.', 'assertive');
    }
  };
  return (
    <div class="objections">
      {poll.objections.length === 0 ? null : <h4>Objections</h4>}
      <ul>
        {poll.objections.map(({ id, reason, met, by }) => (
          <li key={id} class="own-note open">
            <p dir="auto">
              {reason === '' ? 'Its words were taken back.' : reason}
              {by === null ? null : <small dir="auto"> {editor.room.nameOf(by) ?? ''}</small>}
            </p>
            <span class="only">
              <Icon name={met ? 'check' : 'alert'} small />
              {met ? 'Met' : 'To meet'}
            </span>
          </li>
        ))}
      </ul>
      {poll.concerns.length === 0 ? null : <h4>{poll.kind === 'consent' ? 'Concerns we keep' : ONE_UP}</h4>}
      <ul>
        {poll.concerns.map(({ id, about, reason, by }) => (
          <li key={id} class="own-note open">
            <p dir="auto">
              {about === null ? null : <small dir="auto">{nameOf(editor.board, about)}: </small>}
              {reason}
              {by === null ? null : <small dir="auto"> {editor.room.nameOf(by) ?? ''}</small>}
            </p>
          </li>
        ))}
      </ul>
      {mine.ballot === 'objection' && mine.cast !== null && open ? (
        <button type="button" class="btn" onClick={() => void say()}>
          <Icon name="check" small />
          My objection is met
        </button>
      ) : null}
    </div>
  );
}
