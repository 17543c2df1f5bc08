/** The run of show: every step, and for the one that is opened here what may be done with it. */

import { useSignal } from '@preact/signals';
import { isLive } from '../../model/agenda.ts';
import type { Phase } from '../../model/gathering/phase.ts';
import { Icon } from '../icons.tsx';
import { asPlanned, isToCome, moved, withMinutes } from './arranging.ts';
import type { HostProps } from './Console.tsx';
import { Reasoned } from './Reasoned.tsx';

export function RunOfShow(props: HostProps & { readonly end: () => void }) {
  const { attendance, end } = props;
  const gathering = attendance.gathering.value;
  const { show } = gathering;
  const opened = useSignal<string | null>(null);
  const minutes = show.phases.reduce((sum, phase) => sum + (phase.skipped ? 0 : phase.minutes), 0);
  return (
    <section aria-labelledby="run-of-show">
      <h3 id="run-of-show">
        Run of show
        <span class="r num">
          {show.phases.length} steps, {minutes} min
        </span>
      </h3>
      <ol class="steps">
        {show.phases.map((phase, index) => (
          <li key={phase.key}>
            <StepLine
              phase={phase}
              number={index + 1}
              now={phase.key === show.at}
              open={opened.value === phase.key}
              toggle={() => {
                opened.value = opened.value === phase.key ? null : phase.key;
              }}
            />
            {opened.value === phase.key ? <StepActions {...props} phase={phase} /> : null}
          </li>
        ))}
      </ol>
      {isLive(gathering) ? (
        <button type="button" class="btn end-button" aria-haspopup="dialog" onClick={end}>
          End the gathering
        </button>
      ) : null}
    </section>
  );
}

interface LineProps {
  readonly phase: Phase;
  readonly number: number;
  readonly now: boolean;
  readonly open: boolean;
  readonly toggle: () => void;
}

function StepLine({ phase, number, now, open, toggle }: LineProps) {
  const done = !now && phase.opened !== null;
  const state = now ? 'now' : phase.skipped ? 'passed over' : done ? 'done' : 'to come';
  return (
    <button
      type="button"
      class={`step ${now ? 'cur' : phase.skipped ? 'skipped' : done ? 'done' : ''}`}
      aria-expanded={open}
      aria-current={now ? 'step' : undefined}
      onClick={toggle}
    >
      <span class="st" aria-hidden="true">
        {done ? <Icon name="check" small /> : null}
      </span>
      <span class="step-title">
        <span class="sr">{number}. </span>
        <span dir="auto">{phase.title}</span>
        <span class="sr">, {state}</span>
      </span>
      <span class="m num">{phase.minutes} min</span>
    </button>
  );
}

function StepActions({ attendance, services, phase }: HostProps & { readonly phase: Phase }) {
  const { show } = attendance.gathering.value;
  const { key, title, skipped, minutes } = phase;
  const now = key === show.at;
  const live = show.stage === 'live';
  const toCome = isToCome(phase, show);
  const begun = now ? 'This step goes on.' : 'This step has begun and stays as it was agreed.';

  const arrange = (phases: readonly Phase[] | null, said: string): void => {
    if (phases === null) return;
    void attendance.ask(services, 'show.arrange', { phases: phases.map(asPlanned) }, said);
  };
  const earlier = moved(show, key, -1);
  const later = moved(show, key, 1);
  const place = (phases: readonly Phase[] | null): string =>
    `${title} is step ${(phases ?? []).findIndex((one) => one.key === key) + 1} now.`;

  return (
    <fieldset class="step-actions" aria-label={`What can be done with ${title}`}>
      {phase.instruction === '' ? null : (
        <p class="soft" dir="auto">
          {phase.instruction}
        </p>
      )}
      <Reasoned
        label={phase.opened === null ? 'Go to it' : 'Open it again'}
        reason={now ? 'This step goes on.' : live ? null : 'Start the gathering first.'}
        run={() => void attendance.ask(services, 'show.go', { phase: key })}
      />
      <Reasoned
        label={skipped ? 'Take it back in' : 'Pass it over'}
        reason={now ? 'This step goes on. Go to another one instead.' : phase.opened !== null ? begun : null}
        run={() =>
          void attendance.ask(
            services,
            'show.skip',
            { phase: key, skipped: !skipped },
            skipped ? `${title} is back in.` : `${title} is passed over.`,
          )
        }
      />
      <Reasoned
        label="Earlier"
        reason={!toCome ? begun : earlier === null ? 'Nothing that is still to come stands before it.' : null}
        run={() => arrange(earlier, place(earlier))}
      />
      <Reasoned
        label="Later"
        reason={!toCome ? begun : later === null ? 'It is the last step.' : null}
        run={() => arrange(later, place(later))}
      />
      <fieldset class="stepper" aria-label={`Minutes of ${title}`}>
        <Reasoned
          label="A minute less"
          icon="minus"
          reason={!toCome ? begun : minutes <= 1 ? 'A step has a minute at least.' : null}
          run={() => arrange(withMinutes(show, key, minutes - 1), `${minutes - 1} minutes.`)}
        />
        <b class="num">{minutes} min</b>
        <Reasoned
          label="A minute more"
          icon="plus"
          reason={toCome ? null : begun}
          run={() => arrange(withMinutes(show, key, minutes + 1), `${minutes + 1} minutes.`)}
        />
      </fieldset>
    </fieldset>
  );
}
