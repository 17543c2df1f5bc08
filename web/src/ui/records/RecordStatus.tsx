/** How an action stands: said by whoever leads it or helps, or of one that nobody has by the host team. */

import { useSignal } from '@preact/signals';
import { useEffect, useId, useRef } from 'preact/hooks';
import { takesPart } from '../../model/agenda.ts';
import type { Standing, Status } from '../../model/gathering/recording.ts';
import { type BoardRecord, headOf, STATUS_WORDS } from '../../model/records.ts';
import type { Attendance } from '../gathering/attendance.ts';
import { Icon } from '../icons.tsx';
import type { Services } from '../services.ts';
import { LineField } from './LineField.tsx';

interface Props {
  readonly record: BoardRecord;
  readonly attendance: Attendance;
  readonly services: Services;
}

const STATUSES = ['not_started', 'moving', 'stuck', 'done', 'let_go'] as const;
/** What nobody can act on without knowing why, and how one is asked. */
const ASKS: Readonly<Partial<Record<Status, string>>> = {
  stuck: 'What would unstick it?',
  let_go: 'Why is it let go?',
};
const LONGEST_REASON = 200;
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

export function RecordStatus(props: Props) {
  const { record, attendance } = props;
  const changing = useSignal(false);
  const opener = useRef<HTMLButtonElement>(null);
  const { lead, names, standing } = record;
  const { role } = attendance.person.value;
  const { stage } = attendance.gathering.value.show;
  const begun = stage === 'live' || stage === 'closed';
  const mine = [lead, ...names].some((name) => name?.seat === attendance.seat);
  const nobodys = lead === null && names.length === 0;
  const team = attendance.hosting.value || role === 'harvester';
  const may = begun && takesPart(attendance.person.value) && (mine || (nobodys && team));
  const last = standing.at(-1);
  if (record.region.names !== 'lead' || (last === undefined && !may)) return null;
  const status = last?.status ?? 'not_started';
  return (
    <div class="record-status">
      <p>
        <span class="soft">How it stands:</span> <b class={`status ${status}`}>{STATUS_WORDS[status]}</b>
        {last === undefined ? null : <Since of={last} attendance={attendance} />}
      </p>
      {last?.reason ? <p dir="auto">{last.reason}</p> : null}
      {standing.length < 2 ? null : (
        <details>
          <summary>How it went</summary>
          <ol>
            {standing.toReversed().map((one) => (
              <li key={one.at}>
                {STATUS_WORDS[one.status]}
                <Since of={one} attendance={attendance} />
                {one.reason === null ? null : <span dir="auto"> {one.reason}</span>}
              </li>
            ))}
          </ol>
        </details>
      )}
      {!may ? null : changing.value ? (
        <Change
          {...props}
          now={status}
          stop={() => {
            changing.value = false;
            requestAnimationFrame(() => opener.current?.focus());
          }}
        />
      ) : (
        <div class="row">
          <button
            ref={opener}
            type="button"
            class="btn"
            onClick={() => {
              changing.value = true;
            }}
          >
            <Icon name="pencil" small />
            Say how it stands<span class="sr">: “{headOf(record)}”</span>
          </button>
        </div>
      )}
    </div>
  );
}

function Since({ of: { at, seat }, attendance }: { readonly of: Standing; readonly attendance: Attendance }) {
  return (
    <small class="soft">
      {' '}
      · <time dateTime={new Date(at).toISOString()}>{DAY.format(at)}</time>
      {seat === null ? null : (
        <>
          {', '}
          <bdi>{attendance.nameOf(seat)}</bdi>
        </>
      )}
    </small>
  );
}

function Change({
  record,
  attendance,
  services,
  now,
  stop,
}: Props & { readonly now: Status; readonly stop: () => void }) {
  const id = useId();
  const form = useRef<HTMLFormElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const status = useSignal<Status>(now);
  const reason = useSignal('');
  const problem = useSignal('');
  const asks = ASKS[status.value];

  useEffect(() => form.current?.querySelector<HTMLInputElement>('input:checked')?.focus(), []);

  const say = async (): Promise<void> => {
    const said = reason.value.trim();
    if (asks !== undefined && said === '') {
      problem.value = 'Say why, in a few words.';
      field.current?.focus();
      return;
    }
    const args = { element: record.id, status: status.value, ...(asks === undefined ? {} : { reason: said }) };
    const told = `${STATUS_WORDS[status.value]}. Everybody can read it.`;
    if (await attendance.ask(services, 'record.status', args, told)) stop();
  };
  return (
    <form
      ref={form}
      class="record-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void say();
      }}
    >
      <fieldset class="status-choices">
        <legend>How does it stand?</legend>
        {STATUSES.map((one) => (
          <label key={one}>
            <input
              type="radio"
              name={id}
              checked={one === status.value}
              onChange={() => {
                status.value = one;
                problem.value = '';
              }}
            />
            {STATUS_WORDS[one]}
          </label>
        ))}
      </fieldset>
      {asks === undefined ? null : (
        <LineField
          id={`${id}-why`}
          field={field}
          label={asks}
          longest={LONGEST_REASON}
          text={reason}
          problem={problem}
        />
      )}
      <div class="row">
        <button type="submit" class="btn">
          Say so
        </button>
        <button type="button" class="btn" onClick={stop}>
          Leave it
        </button>
      </div>
    </form>
  );
}
