/** Putting a region back to how it was: where, to when, what that would change; then doing it, and undoing it. */

import '../styles/putBack.css';
import { useSignal } from '@preact/signals';
import { useEffect, useId, useRef } from 'preact/hooks';
import { type Outcome, pastTimes, readOutcome, readRewinding, readSince } from '../../model/rewinding.ts';
import { ApiError } from '../../net/api.ts';
import { Dialog } from '../Dialog.tsx';
import type { HostProps } from './Console.tsx';
import { choiceWords, closedWords, wouldWords } from './pastWords.ts';
import { Reasoned } from './Reasoned.tsx';

interface Props extends HostProps {
  readonly close: () => void;
}

/** How a region was put back, and to when that has to be undone. */
interface Done {
  readonly title: string;
  readonly region: string;
  readonly outcome: Outcome;
  readonly undone: boolean;
}

export function PutBackDialog({ attendance, close }: Props) {
  const { room } = attendance;
  const { show } = attendance.gathering.value;
  const at = useId();
  // Times stay what they were when this was opened, however long somebody thinks.
  const now = useSignal(room.serverTime());
  const since = useSignal<number | null | undefined>(undefined);
  const region = useSignal(attendance.phase.peek()?.opens[0]?.region ?? show.regions[0]?.key ?? '');
  const chosen = useSignal<number | null>(null);
  const would = useSignal<readonly string[] | null>(null);
  const fault = useSignal('');
  const busy = useSignal(false);
  const done = useSignal<Done | null>(null);
  const times =
    since.value === undefined || since.value === null
      ? []
      : pastTimes(show, readRewinding(room.gathering.value), region.value, now.value, since.value);
  const title = show.regions.find(({ key }) => key === region.value)?.title ?? '';

  useEffect(() => {
    room.command('mod.past', {}).then(
      (answer) => {
        since.value = readSince(answer);
      },
      (error: unknown) => {
        since.value = null;
        fault.value = faultWords(error);
      },
    );
  }, [room, since, fault]);

  // What would come of it is asked for whatever is chosen; an answer to an earlier choice is of no interest any more.
  useEffect(() => {
    const time = chosen.value;
    would.value = null;
    if (time === null || done.value !== null) return undefined;
    let current = true;
    room.command('mod.rewind', { region: region.value, at: time, look: true }).then(
      (answer) => {
        if (!current) return;
        fault.value = '';
        would.value = wouldWords(readOutcome(answer));
      },
      (error: unknown) => {
        if (current) fault.value = faultWords(error);
      },
    );
    return () => {
      current = false;
    };
  }, [region.value, chosen.value, done.value]);

  const put = (to: number, where: string, named: string, undone: boolean): void => {
    busy.value = true;
    fault.value = '';
    room.command('mod.rewind', { region: where, at: to }).then(
      (answer) => {
        busy.value = false;
        done.value = { title: named, region: where, outcome: readOutcome(answer), undone };
      },
      (error: unknown) => {
        busy.value = false;
        fault.value = faultWords(error);
      },
    );
  };

  return (
    <Dialog
      title="Put a region back"
      lead="Everything in it is again as it was at a time you choose. Nothing is lost: you can undo it. What was withdrawn or set aside stays so. Everybody reads that you did."
      close={close}
    >
      {done.value === null ? (
        <form class="put-back" aria-busy={busy.value} onSubmit={(event) => event.preventDefault()}>
          <label class="field">
            <span>Region</span>
            <select
              class="input"
              value={region.value}
              onChange={(event) => {
                region.value = event.currentTarget.value;
                chosen.value = null;
                fault.value = '';
              }}
            >
              {show.regions.map((each) => (
                <option key={each.key} value={each.key}>
                  {each.title}
                </option>
              ))}
            </select>
          </label>
          <fieldset>
            <legend>To how it was</legend>
            {since.value === undefined ? <p class="soft">One moment</p> : null}
            {since.value !== undefined && times.length === 0 ? (
              <p class="soft">There is no earlier time to go back to yet.</p>
            ) : null}
            {times.map((time) => (
              <label key={`${time.since} ${time.at}`} class="put-back-time">
                <input
                  type="radio"
                  name={at}
                  checked={chosen.value === time.at}
                  onChange={() => {
                    chosen.value = time.at;
                  }}
                />
                <span dir="auto">{choiceWords(time)}</span>
              </label>
            ))}
          </fieldset>
          {/* In its place from the beginning, so that it is read out when it comes. */}
          <div role="status">
            {busy.value ? <p>Putting it back…</p> : null}
            {busy.value || would.value === null ? null : would.value.length === 0 ? (
              <p>Nothing here has changed since then.</p>
            ) : (
              <ul>
                {would.value.map((line) => (
                  <li key={line}>{line}</li>
                ))}
              </ul>
            )}
          </div>
          {fault.value === '' ? null : (
            <p class="problem" role="alert">
              {fault.value}
            </p>
          )}
          <p class="row">
            <Reasoned
              label="Put it back"
              main
              reason={
                would.value === null && fault.value !== ''
                  ? fault.value
                  : closedWords(chosen.value, would.value, busy.value)
              }
              run={() => {
                if (chosen.value !== null) put(chosen.value, region.value, title, false);
              }}
            />
          </p>
        </form>
      ) : (
        <Ended
          done={done.value}
          fault={fault.value}
          busy={busy.value}
          undo={({ outcome, region: where, title: named }) => {
            if (outcome.before !== null) put(outcome.before, where, named, true);
          }}
          close={close}
        />
      )}
    </Dialog>
  );
}

interface EndedProps {
  readonly done: Done;
  readonly fault: string;
  readonly busy: boolean;
  readonly undo: (done: Done) => void;
  readonly close: () => void;
}

function Ended({ done, fault, busy, undo, close }: EndedProps) {
  const way = useRef<HTMLButtonElement>(null);
  // The form that had the focus is gone, and this stands in its place.
  useEffect(() => way.current?.focus(), [done]);
  return (
    <div class="put-back">
      <p>
        <bdi>“{done.title}”</bdi> {done.undone ? 'is as it was before.' : 'is put back.'}
      </p>
      {fault === '' ? null : (
        <p class="problem" role="alert">
          {fault}
        </p>
      )}
      <p class="row">
        <button type="button" class="btn main" ref={way} onClick={close}>
          Done
        </button>
        {done.undone || done.outcome.before === null ? null : (
          <Reasoned label="Undo it" reason={busy ? 'One moment.' : null} run={() => undo(done)} />
        )}
      </p>
    </div>
  );
}

function faultWords(error: unknown): string {
  return error instanceof ApiError ? error.message : 'That did not work. Try again in a moment.';
}
