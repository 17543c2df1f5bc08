/** Whose names are on a record, and one's own: putting it, taking it off, being asked and asking; and what comes of it. */

import { useId } from 'preact/hooks';
import { takesPart } from '../../model/agenda.ts';
import type { Part } from '../../model/gathering/recording.ts';
import { type BoardRecord, headOf, type Signed } from '../../model/records.ts';
import type { Editor } from '../editor.ts';
import type { Attendance } from '../gathering/attendance.ts';
import { Reasoned } from '../gathering/Reasoned.tsx';
import { Icon } from '../icons.tsx';
import type { Services } from '../services.ts';
import { AskOne } from './AskOne.tsx';
import { OwnWords } from './OwnWords.tsx';
import { RecordServed } from './RecordServed.tsx';
import { RecordStatus } from './RecordStatus.tsx';

interface Props {
  readonly record: BoardRecord;
  readonly attendance: Attendance;
  readonly services: Services;
}

const TITLES = { none: '', commit: 'Committed', lead: 'Who' } as const;
const TAKE: Readonly<Record<Part, string>> = {
  commit: 'I commit to this',
  lead: 'I will lead this',
  help: 'I will help',
};
const TAKEN: Readonly<Record<Part, string>> = {
  commit: 'Your name is on it.',
  lead: 'You lead this.',
  help: 'You help with this.',
};

/** What stands beside the words of a record: what is done for it, whose names are on it, and how it stands. */
export function RecordNames({ editor, ...props }: Props & { readonly editor: Editor }) {
  return (
    <>
      <RecordServed record={props.record} attendance={props.attendance} editor={editor} />
      <Names {...props} />
    </>
  );
}

function Names(props: Props) {
  const id = useId();
  const { record, attendance } = props;
  const { region, lead, names } = record;
  const { stage } = attendance.gathering.value.show;
  const here = (stage === 'live' || stage === 'closed') && takesPart(attendance.person.value);
  if (region.names === 'none') return <Agreeing {...props} />;
  const all = lead === null ? names : [lead, ...names];
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is of fields
    <div class="record-names" role="group" aria-labelledby={id}>
      <p class="names-title" id={id}>
        {TITLES[region.names]}
      </p>
      {all.length === 0 ? (
        <p class="soft">{region.names === 'lead' ? 'Nobody leads this yet.' : 'Nobody has put their name here yet.'}</p>
      ) : (
        <ul>
          {all.map((name) => (
            <Named key={name.seat} name={name} attendance={attendance} />
          ))}
        </ul>
      )}
      {here ? <Mine {...props} all={all} /> : null}
      <RecordStatus {...props} />
      <Agreeing {...props} />
    </div>
  );
}

function Named({ name, attendance }: { readonly name: Signed; readonly attendance: Attendance }) {
  const mine = name.seat === attendance.seat;
  const part = name.part === 'lead' ? 'leads' : name.part === 'help' ? 'helps' : '';
  return (
    <li>
      <Icon name={name.earlier ? 'alert' : 'check'} small />
      <span>
        <bdi>{attendance.nameOf(name.seat)}</bdi>
        {mine ? ' (you)' : ''} {part}
        {name.earlier ? <small class="soft"> · said so to earlier words</small> : null}
        {name.own === '' ? null : (
          <q class="own" dir="auto">
            {name.own}
          </q>
        )}
      </span>
    </li>
  );
}

/** One's own name. What is said here is said from this seat, and from no other. */
function Mine({ record, attendance, services, all }: Props & { readonly all: readonly Signed[] }) {
  const { id: element, region, lead, lacks, askedBy } = record;
  const mine = all.find(({ seat }) => seat === attendance.seat);
  const why = lacks.length === 0 ? null : `Still missing: ${lacks.join(' ')}`;
  const take = (part: Part): void => {
    void attendance.ask(services, 'record.take', { element, part }, TAKEN[part]);
  };
  const led = lead !== null && lead !== mine;
  const head = headOf(record);
  const stood = record.standing.some(({ seat }) => seat === attendance.seat);
  const left = `Your name is off it again.${stood ? ' What you said of how it stands is there without your name.' : ''}`;
  const { capture, stage } = attendance.gathering.value.show;
  // After the end nobody begins anything; what has one's name stays one's own.
  const ended = stage === 'closed';
  if (ended && mine === undefined) return null;
  return (
    <>
      {askedBy.length === 0 ? null : (
        <div class="offer">
          <p>
            <bdi>{askedBy.map((seat) => attendance.nameOf(seat)).join(', ')}</bdi> asks whether you would lead this.
            Only the two of you know.
          </p>
          <button
            type="button"
            class="btn"
            onClick={() => void attendance.ask(services, 'record.decline', { element }, 'You have said no, thank you.')}
          >
            No, thank you
          </button>
        </div>
      )}
      <div class="row">
        {mine === undefined ? (
          <>
            {region.names === 'commit' ? (
              <Reasoned label={TAKE.commit} reason={why} run={() => take('commit')} />
            ) : null}
            {region.names === 'lead' && !led ? (
              <Reasoned label={TAKE.lead} reason={why} run={() => take('lead')} />
            ) : null}
            {region.names === 'lead' ? <Reasoned label={TAKE.help} reason={why} run={() => take('help')} /> : null}
          </>
        ) : (
          <>
            {mine.earlier && !ended ? <Reasoned label="Say so again" reason={why} run={() => take(mine.part)} /> : null}
            <button
              type="button"
              class="btn"
              onClick={() => void attendance.ask(services, 'record.leave', { element }, left)}
            >
              Take my name off<span class="sr">: “{head}”</span>
            </button>
            <OwnWords element={element} head={head} mine={mine} attendance={attendance} services={services} />
          </>
        )}
      </div>
      {mine === undefined && capture !== 'nothing' ? (
        <p class="hint">
          Your name then stands here, and in files made of the gathering unless you leave your words out.
        </p>
      ) : null}
      {region.names === 'lead' && lead === null && !ended ? (
        <Asking record={record} attendance={attendance} services={services} />
      ) : null}
    </>
  );
}

/** Asking somebody else. Nobody but them is told. */
function Asking({ record, attendance, services }: Props) {
  const { id: element, asked, lacks } = record;
  const known = new Set([attendance.seat, ...asked.map(({ to }) => to)]);
  return (
    <>
      {asked.map(({ to, declined }) => (
        <p key={to} class="asked">
          <span>
            {declined ? '' : 'You asked '}
            <bdi>{attendance.nameOf(to)}</bdi>
            {declined ? ' said no, thank you.' : ', who has not answered yet.'}
          </span>
          {declined ? null : (
            <button
              type="button"
              class="btn bare"
              onClick={() =>
                void attendance.ask(
                  services,
                  'record.offer',
                  { element, seat: to, offered: false },
                  'Not asked any more.',
                )
              }
            >
              Ask no longer
            </button>
          )}
        </p>
      ))}
      {lacks.length > 0 ? null : (
        <AskOne
          attendance={attendance}
          label="Ask somebody to lead it. Only they will know."
          verb="Ask"
          known={known}
          ask={(seat) => attendance.ask(services, 'record.offer', { element, seat }, 'Asked.')}
        />
      )}
    </>
  );
}

/** The host team marks what the group has agreed on, once it is whole. */
function Agreeing({ record, attendance, services }: Props) {
  const { role } = attendance.person.value;
  const { id: element, agreed, lacks } = record;
  const team = attendance.hosting.value || role === 'harvester';
  const { stage } = attendance.gathering.value.show;
  if (!team || (stage !== 'live' && stage !== 'closed')) {
    return agreed ? (
      <p class="agreed">
        <Icon name="check" small />
        Agreed
      </p>
    ) : null;
  }
  return (
    <div class="row">
      <Reasoned
        label={agreed ? 'Open it again' : 'Mark as agreed'}
        reason={agreed || lacks.length === 0 ? null : `Still missing: ${lacks.join(' ')}`}
        run={() =>
          void attendance.ask(
            services,
            'record.agree',
            { element, agreed: !agreed },
            agreed ? 'Its words can be changed again.' : 'Marked as agreed. Its words stay as they are.',
          )
        }
      />
    </div>
  );
}
