/** With whom one would like to go on: said to them alone, and told to both once both have said so. */

import '../styles/records.css';
import { useId } from 'preact/hooks';
import { phaseNow, takesPart } from '../../model/agenda.ts';
import { attendanceOf } from '../gathering/attendance.ts';
import { Icon } from '../icons.tsx';
import { AskOne } from '../records/AskOne.tsx';
import type { FocusProps } from './FocusView.tsx';

export function GoOn({ companion, editor, services }: Pick<FocusProps, 'companion' | 'editor' | 'services'>) {
  const id = useId();
  const attendance = attendanceOf(editor.room);
  const { offered, offering, mutual } = companion.own.value.connecting;
  const asks = phaseNow(companion.gathering.value)?.connects === true && takesPart(companion.person.value);
  if (!asks && offered.length + mutual.length === 0) return null;
  const known = new Set([attendance.seat, ...offered, ...offering, ...mutual]);
  const name = (seat: string) => attendance.nameOf(seat);
  const offer = (seat: string, on: boolean, said: string): Promise<boolean> =>
    attendance.ask(services, 'connect.offer', { seat, offered: on }, said);
  return (
    <section class="yours go-on" aria-labelledby={id}>
      <h3 class="names-title" id={id}>
        I would like to go on with…
      </h3>
      <p class="guarantee">
        <Icon name="lock" />
        <span>
          <b>Only the one you choose is told.</b> If both of you say so, both know. Nobody else does, hosts included,
          and no export has it.
        </span>
      </p>
      <ul>
        {mutual.map((seat) => (
          <li key={seat} class="asked">
            <Icon name="check" small />
            <span>
              You and <bdi>{name(seat)}</bdi> both said so.
            </span>
          </li>
        ))}
        {offered.map((seat) => (
          <li key={seat} class="asked">
            <span>
              <bdi>{name(seat)}</bdi> would like to go on with you.
            </span>
            <button type="button" class="btn soft-fill" onClick={() => void offer(seat, true, 'Both of you know now.')}>
              Me too<span class="sr">, with {name(seat)}</span>
            </button>
            <button
              type="button"
              class="btn bare"
              onClick={() => void attendance.ask(services, 'connect.decline', { seat }, 'They are not told.')}
            >
              No, thank you<span class="sr">, {name(seat)}</span>
            </button>
          </li>
        ))}
        {offering.map((seat) => (
          <li key={seat} class="asked">
            <span>
              You told <bdi>{name(seat)}</bdi>.
            </span>
            <button type="button" class="btn bare" onClick={() => void offer(seat, false, 'Taken back.')}>
              Take it back<span class="sr">, {name(seat)}</span>
            </button>
          </li>
        ))}
      </ul>
      {asks ? (
        <AskOne
          attendance={attendance}
          label="Somebody here"
          verb="Tell them"
          known={known}
          ask={(seat) => offer(seat, true, 'Told, and nobody else is.')}
        />
      ) : null}
    </section>
  );
}
