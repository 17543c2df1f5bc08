/** One's own table: who sits there, its time, and what whoever hosts it may do; and what harvesters and table hosts ask hosts for. */

import '../styles/tables.css';
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { clockText } from '../../model/agenda.ts';
import { visibleRect } from '../../model/camera.ts';
import { Dialog } from '../Dialog.tsx';
import type { Editor } from '../editor.ts';
import { Icon } from '../icons.tsx';
import { later } from '../later.tsx';
import type { Services } from '../services.ts';
import { AskHosts } from './AskHosts.tsx';
import type { Attendance } from './attendance.ts';
import { Sign } from './gatheringIcons.tsx';
import { Reasoned } from './Reasoned.tsx';
import { spanWords } from './requestWords.ts';

export interface TableProps {
  readonly attendance: Attendance;
  readonly editor: Editor;
  readonly services: Services;
}

const TIMES_S = [120, 300, 600] as const;
const HOLD_S = 60;

export function TableDialog(props: TableProps & { readonly close: () => void }) {
  const { attendance, close } = props;
  const { people, tables } = attendance.gathering.value;
  const { role, table } = attendance.person.value;
  const title = people.tables.get(table ?? '');
  const chooses = role === 'participant' && tables.choosing && people.tables.size > 0;
  const helps = role === 'table' || role === 'harvester';
  return (
    <Dialog
      title={title ?? (chooses ? 'Choose your table' : role === 'harvester' ? 'What you ask hosts for' : 'Your table')}
      close={close}
    >
      <div class="table-parts">
        {title === undefined ? null : <Company {...props} table={table ?? ''} />}
        {title === undefined && role === 'table' ? (
          <p class="soft">You sit at no table yet. A host can seat you at yours.</p>
        ) : null}
        <TableTime {...props} />
        {role === 'table' && title !== undefined ? <HostsTable {...props} /> : null}
        {role === 'table' && title !== undefined ? <SharedDevice {...props} /> : null}
        {chooses ? <Choose {...props} /> : null}
        {helps ? <AskHosts {...props} /> : null}
      </div>
    </Dialog>
  );
}

export function Part({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <h3 id={id}>{title}</h3>
      {children}
    </section>
  );
}

function Company({ attendance, table }: TableProps & { readonly table: string }) {
  const { at } = attendance.gathering.value.people;
  const here = [...at].filter(([, key]) => key === table).map(([seat]) => attendance.nameOf(seat));
  return (
    <p class="soft" dir="auto">
      {here.join(', ')}
    </p>
  );
}

/** The time of one's own table; whoever hosts it sets it. */
function TableTime({ attendance, services }: TableProps) {
  const seconds = attendance.tableSeconds.value;
  const { role, table } = attendance.person.value;
  const sets = role === 'table' && table !== null;
  if (!sets && seconds === null) return null;
  const none = attendance.phase.value === null ? 'No step goes on just now.' : null;
  const set = (span: number): void => {
    const said = span === 0 ? 'Your table has no time of its own any more.' : `${spanWords(span)} for your table.`;
    void attendance.ask(services, 'table.timer', { seconds: span }, said);
  };
  return (
    <Part title="Time at your table">
      <p class="table-time" role="timer" aria-label="Time at your table">
        <Sign name="clock" small />
        {seconds === null ? 'As long as the step.' : seconds === 0 ? 'Time' : clockText(seconds * 1_000)}
      </p>
      {sets ? (
        <div class="row">
          {TIMES_S.map((span) => (
            <Reasoned key={span} label={spanWords(span)} reason={none} run={() => set(span)} />
          ))}
          {seconds === null ? null : <Reasoned label="No time of its own" reason={null} run={() => set(0)} />}
        </div>
      ) : null}
    </Part>
  );
}

/** Calling one's table together, on the part of the board that one looks at. */
function HostsTable({ attendance, editor, services }: TableProps) {
  const { summon } = attendance.own.value.tables;
  const { stage } = attendance.gathering.value.show;
  const why = stage === 'live' ? null : 'You can call your table once the gathering has begun.';
  const call = (hold: number): void => {
    const { x, y, w, h } = visibleRect(editor.camera.value, editor.viewport.value);
    const view = [Math.round(x), Math.round(y), Math.max(1, Math.round(w)), Math.max(1, Math.round(h))];
    const said = hold === 0 ? 'Your table is asked to come.' : 'Your table sees what you see, for a minute.';
    void attendance.ask(services, 'table.summon', { view, ...(hold === 0 ? {} : { hold }) }, said);
  };
  return (
    <Part title="Show your table what you see">
      <div class="row">
        {summon === null ? (
          <>
            <Reasoned label="Call my table here" reason={why} run={() => call(0)} />
            <Reasoned label="Hold it here for a minute" reason={why} run={() => call(HOLD_S)} />
          </>
        ) : (
          <Reasoned
            label="Let my table look where it likes"
            reason={null}
            run={() => void attendance.ask(services, 'table.release', {}, 'Your table looks where it likes.')}
          />
        )}
      </div>
    </Part>
  );
}

/** For whoever hosts a table, and for hosts. */
export const Devices = later(async () => (await import('../device/DevicesDialog.tsx')).DevicesDialog);

function SharedDevice({ attendance, services }: TableProps) {
  const open = useSignal(false);
  return (
    <Part title="One device for several people">
      <Reasoned
        label="Share a device at this table"
        reason={null}
        run={() => {
          open.value = true;
        }}
      />
      {open.value ? (
        <Devices.Part
          attendance={attendance}
          services={services}
          close={() => {
            open.value = false;
          }}
          missed={() => {
            open.value = false;
          }}
        />
      ) : null}
    </Part>
  );
}

function Choose({ attendance, services }: TableProps) {
  const { people } = attendance.gathering.value;
  const { table } = attendance.person.value;
  // The arrow keys walk through all of them: one sits down with the button.
  const chosen = useSignal<string | null>(null);
  const to = people.tables.has(chosen.value ?? '') ? chosen.value : table;
  const counts = new Map<string, number>();
  for (const key of people.at.values()) counts.set(key, (counts.get(key) ?? 0) + 1);
  return (
    <fieldset class="tables-to-choose">
      <legend>{table === null ? 'Hosts let you choose where you sit.' : 'You can sit at another table.'}</legend>
      {[...people.tables].map(([key, title]) => (
        <label key={key}>
          <input
            type="radio"
            name="table"
            checked={key === to}
            onChange={() => {
              chosen.value = key;
            }}
          />
          <span dir="auto">{title}</span>
          <small class="num soft">{counted(counts.get(key) ?? 0)}</small>
        </label>
      ))}
      <Reasoned
        label="Sit here"
        main
        reason={to === null ? 'Choose a table first.' : to === table ? 'You sit there already.' : null}
        run={() => {
          const said = `You sit at ${people.tables.get(to ?? '')}.`;
          void attendance.ask(services, 'table.choose', { table: to }, said).then(() => {
            chosen.value = null;
          });
        }}
      />
    </fieldset>
  );
}

function counted(people: number): string {
  return people === 0 ? 'nobody yet' : people === 1 ? '1 person' : `${people} people`;
}

/** Opens it: with the table's name and its time, wherever one is on the page. */
export function TableButton({ narrow, ...props }: TableProps & { readonly narrow: boolean }) {
  const open = useSignal(false);
  const { people, tables } = props.attendance.gathering.value;
  const { role, table } = props.attendance.person.value;
  const seconds = props.attendance.tableSeconds.value;
  const title = people.tables.get(table ?? '');
  const chooses = role === 'participant' && tables.choosing && people.tables.size > 0;
  const helps = role === 'table' || role === 'harvester';
  const sits = title !== undefined && role === 'participant';
  if (!(chooses || helps || sits)) return null;
  const label = title ?? (chooses ? 'Choose your table' : role === 'harvester' ? 'Ask hosts' : 'Your table');
  const digits = seconds === null ? '' : seconds === 0 ? 'Time' : clockText(seconds * 1_000);
  return (
    <>
      <button
        type="button"
        class={chooses && title === undefined ? 'btn main table-button' : 'btn table-button'}
        aria-haspopup="dialog"
        aria-label={digits === '' ? label : `${label}, time of your table: ${digits}`}
        title={narrow ? label : undefined}
        onClick={() => {
          open.value = true;
        }}
      >
        <Icon name="people" small />
        {narrow && (title === undefined || digits !== '') ? null : (
          <span class="table-name" dir="auto">
            {label}
          </span>
        )}
        {digits === '' ? null : <b class="num">{digits}</b>}
      </button>
      {open.value ? (
        <TableDialog
          {...props}
          close={() => {
            open.value = false;
          }}
        />
      ) : null}
    </>
  );
}
