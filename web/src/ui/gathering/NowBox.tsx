/** Now and next: the time, a minute more, the clock, and the one gold button. */

import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { drift } from '../../model/agenda.ts';
import { Icon } from '../icons.tsx';
import type { HostProps } from './Console.tsx';
import { finishedWords } from './Finished.tsx';
import { Sign } from './gatheringIcons.tsx';
import { driftWords, type NextStep, nextStep } from './nextStep.ts';
import { newPollId } from './pollIds.ts';

/** After a press nothing follows for so long: what the button does next is another thing, and a hand that presses twice means one. */
const REST_MS = 900;

interface Props extends HostProps {
  readonly end: () => void;
}

export function NowBox(props: Props & { readonly button: RefObject<HTMLButtonElement | null> | null }) {
  const { attendance, services, button } = props;
  const { gathering } = attendance;
  const { show } = gathering.value;
  const phase = attendance.phase.value;
  const stopped = show.timer !== null && show.timer.ends === null;
  const seconds = attendance.secondsLeft.value;
  return (
    <section class="nowbox" aria-label="Now and next">
      <div>
        <h3 dir="auto">{phase?.title ?? (show.stage === 'closed' ? 'The gathering has ended' : 'Not begun')}</h3>
        {phase === null ? null : <div class="t num">{seconds === 0 ? 'Time' : attendance.digits}</div>}
      </div>
      {phase === null ? null : (
        <div class="nowbox-clock">
          <button
            type="button"
            class="btn"
            onClick={() => void attendance.ask(services, 'show.add', { seconds: 60 }, 'One minute more.')}
          >
            +1 min
          </button>
          <button
            type="button"
            class="btn ico"
            aria-label={stopped ? 'Let the clock run on' : 'Stop the clock'}
            onClick={() =>
              void attendance.ask(
                services,
                'show.stop',
                { stopped: !stopped },
                stopped ? 'The clock runs on.' : 'The clock is stopped. Writing stays open.',
              )
            }
          >
            <Sign name={stopped ? 'go' : 'stop'} />
          </button>
        </div>
      )}
      {button === null ? null : <NextButton {...props} button={button} />}
      <NextNote {...props} />
    </section>
  );
}

/** What is revealed, and how the gathering stands to its plan. */
function NextNote({ attendance }: Props) {
  const next = nextStep(attendance.gathering.value);
  const { show, finishing } = attendance.gathering.value;
  const check = attendance.phase.value?.check ?? '';
  const finished = finishedWords(finishing);
  return (
    <>
      {finished === null && check === '' ? null : (
        <p class="soft console-line" data-finished>
          <Icon name="check" small />
          <span>
            {finished === null ? null : <b class="num">{finished}. </b>}
            {check === '' ? null : (
              <>
                Done when: <span dir="auto">{check}</span>
              </>
            )}
          </span>
        </p>
      )}
      {next?.kind === 'reveal' && next.what !== '' ? (
        <p class="soft console-line">
          <Icon name="lock" small />
          Sealed in {next.what}.{' '}
          {next.toTables ? 'Each table sees its own notes, shuffled.' : 'All of it is shown at once, shuffled.'}
        </p>
      ) : null}
      {show.stage === 'live' ? (
        <p class="soft console-line">
          <Sign name="clock" small />
          {driftWords(drift(show, attendance.minute))}
        </p>
      ) : null}
    </>
  );
}

export function NextButton(props: Props & { readonly button: RefObject<HTMLButtonElement | null> }) {
  const { attendance, button } = props;
  const busy = useSignal(false);
  const next = nextStep(attendance.gathering.value);
  if (next === null) return null;
  const press = async (): Promise<void> => {
    if (busy.value) return;
    busy.value = true;
    const rest = new Promise((rested) => setTimeout(rested, REST_MS));
    await carryOut(next, props);
    await rest;
    busy.value = false;
  };
  return (
    <button
      ref={button}
      type="button"
      class={next.kind === 'end' || next.kind === 'reopen' ? 'btn big next' : 'btn main big next'}
      aria-busy={busy}
      aria-keyshortcuts="Alt+N"
      onClick={() => void press()}
    >
      {next.kind === 'reveal' ? <Sign name="reveal" /> : null}
      <span dir="auto">{next.label}</span>
      {next.kind === 'start' || next.kind === 'go' ? <Icon name="arrow" /> : null}
    </button>
  );
}

async function carryOut(next: NextStep, { attendance, services, end }: Props): Promise<void> {
  switch (next.kind) {
    case 'start':
      await attendance.ask(services, 'show.start');
      return;
    case 'go':
      await attendance.ask(services, 'show.go', next.since === null ? {} : { since: next.since });
      return;
    case 'reveal':
      await attendance.ask(services, 'seal.reveal', {}, 'Revealed.');
      return;
    case 'openVote': {
      const { kind, question, region, budget, most } = next.poll;
      const asks = { kind, question, budget, most, ...(region === null ? {} : { region }) };
      await attendance.ask(services, 'poll.open', { poll: newPollId(), asks }, 'The vote is open.');
      return;
    }
    case 'closeVote':
      await attendance.ask(services, 'poll.close', { poll: next.poll }, 'The vote is closed.');
      return;
    case 'reopen':
      await attendance.ask(services, 'show.reopen', {}, 'The gathering goes on.');
      return;
    case 'end':
      end();
      return;
  }
}
