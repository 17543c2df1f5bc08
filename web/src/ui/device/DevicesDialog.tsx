/** Shared devices of tables: to give a table one, to open it in another browser, and to take it away. */

import '../styles/device.css';
import { useSignal } from '@preact/signals';
import { useId, useRef } from 'preact/hooks';
import type { Device } from '../../model/gathering/devices.ts';
import { newId } from '../../model/ids.ts';
import { ApiError } from '../../net/api.ts';
import { type WayIn, wayToDevice } from '../../net/sharedDevices.ts';
import { isHosting } from '../../sync/state.ts';
import { copyText } from '../clipboard.ts';
import { Dialog } from '../Dialog.tsx';
import type { Attendance } from '../gathering/attendance.ts';
import { Reasoned } from '../gathering/Reasoned.tsx';
import { Icon } from '../icons.tsx';
import { inWords, listed } from '../names.ts';
import { parseQr, QrCode } from '../qrCode.tsx';
import { Sure } from '../Sure.tsx';
import type { Services } from '../services.ts';
import { boardHere, useBrowserAsDevice } from './becoming.ts';

const MOST = 12;
const LONGEST_NAME = 60;
const PIN = /^[0-9]{4}$/;

export interface DevicesProps {
  readonly attendance: Attendance;
  readonly services: Services;
}

export function DevicesDialog({ attendance, services, close }: DevicesProps & { readonly close: () => void }) {
  const { people, devices: all } = attendance.gathering.value;
  const { role, table } = attendance.person.value;
  const devices = new Map([...all].filter(([, device]) => isHosting(role) || device.table === table));
  const tables = [...people.tables].filter(([key]) => isHosting(role) || key === table);
  const shown = useSignal<string | null>(null);
  const device = devices.get(shown.value ?? '');
  return (
    <Dialog
      title="A device that a table shares"
      lead="One tablet or laptop, and a seat for each person around it: their own votes and their own words, one turn after the other."
      close={close}
    >
      {shown.value !== null && device !== undefined ? (
        <Shown
          attendance={attendance}
          services={services}
          id={shown.value}
          device={device}
          title={people.tables.get(device.table) ?? ''}
          back={() => {
            shown.value = null;
          }}
        />
      ) : (
        <>
          {devices.size === 0 ? null : (
            <section class="devices" aria-label="Shared devices">
              <ul>
                {[...devices].map(([id, { table: at, seats }]) => (
                  <li key={id}>
                    <span>
                      <b dir="auto">{people.tables.get(at) ?? 'No table'}</b>
                      <small class="device-names" dir="auto">
                        {listed([...seats.values()])}
                      </small>
                    </span>
                    <button
                      type="button"
                      class="btn"
                      onClick={() => {
                        shown.value = id;
                      }}
                    >
                      Show
                      <span class="sr"> the device of {people.tables.get(at)}</span>
                    </button>
                  </li>
                ))}
              </ul>
            </section>
          )}
          <NewDevice
            attendance={attendance}
            services={services}
            tables={tables}
            made={(id) => {
              shown.value = id;
            }}
          />
        </>
      )}
    </Dialog>
  );
}

/** Those whose device was taken away, as far as one can give them another. */
function theLeft({ gathering, person }: Attendance): readonly (readonly [seat: string, name: string])[] {
  const { people, left } = gathering.value;
  const { role, table } = person.value;
  return [...left].filter(([seat]) => isHosting(role) || people.at.get(seat) === table);
}

interface Named {
  readonly name: string;
  readonly pin: string;
}

const NOBODY: Named = { name: '', pin: '' };

interface NewDeviceProps extends DevicesProps {
  readonly tables: readonly (readonly [key: string, title: string])[];
  readonly made: (device: string) => void;
}

function NewDevice({ attendance, services, tables, made }: NewDeviceProps) {
  const { role } = attendance.person.value;
  const table = useSignal(tables[0]?.[0] ?? '');
  const rows = useSignal<readonly Named[]>([NOBODY, NOBODY, NOBODY]);
  const shares = useSignal(role === 'table');
  const ownPin = useSignal('');
  const back = useSignal<ReadonlySet<string>>(new Set());
  // The same wish again, as after a broken line, makes no second device.
  const wish = useRef(newId());
  const busy = useSignal(false);
  const needsPin = role !== 'table';
  const change = (at: number, to: Partial<Named>): void => {
    const next = rows.value.map((row, index) => (index === at ? { ...row, ...to } : row));
    const isLast = at === next.length - 1 && next[at]?.name !== '' && next.length < MOST;
    rows.value = isLast ? [...next, NOBODY] : next;
  };
  const people = rows.value.filter(({ name }) => name.trim() !== '');
  const left = theLeft(attendance);
  const again = left.filter(([seat]) => back.value.has(seat));
  const count = people.length + again.length + Number(shares.value);
  const hasOddPin = [...people.map(({ pin }) => pin), shares.value ? ownPin.value : ''].some(
    (pin) => pin !== '' && !PIN.test(pin),
  );
  const why =
    tables.length === 0
      ? isHosting(role)
        ? 'Make the tables first: People, A table more.'
        : 'You sit at no table yet. A host can seat you at yours.'
      : count === 0
        ? 'Write the name of somebody at the table first.'
        : count > MOST
          ? 'At most twelve people share a device.'
          : hasOddPin
            ? 'A PIN is four digits.'
            : shares.value && needsPin && ownPin.value === ''
              ? 'Hosts need a PIN here.'
              : busy.value
                ? 'One moment.'
                : null;
  const make = async (): Promise<void> => {
    busy.value = true;
    try {
      const answer = (await attendance.room.command('device.set_up', {
        table: table.value,
        people: people.map(({ name, pin }) => ({ name: name.trim(), pin: pin === '' ? null : pin })),
        back: again.map(([seat]) => seat),
        own: shares.value ? { pin: ownPin.value === '' ? null : ownPin.value } : null,
        wish: wish.current,
      })) as { readonly device?: string };
      services.announcer.say(`${count === 1 ? 'One person has a seat' : `${inWords(count)} people have seats`} there.`);
      wish.current = newId();
      made(answer.device ?? '');
    } catch (error) {
      const text = error instanceof ApiError ? error.message : 'That did not work.';
      services.announcer.say(text);
      services.toaster.show({ text, tone: 'warn' });
    } finally {
      busy.value = false;
    }
  };
  return (
    <form
      class="dialog-form device-form"
      autocomplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        if (why === null) void make();
      }}
    >
      {tables.length < 2 ? (
        <h3 class="device-title" dir="auto">
          {tables[0]?.[1] ?? 'No table yet'}
        </h3>
      ) : (
        <label class="field">
          <span>Table</span>
          <select
            class="input"
            value={table.value}
            onChange={(event) => {
              table.value = event.currentTarget.value;
            }}
          >
            {tables.map(([key, title]) => (
              <option key={key} value={key}>
                {title}
              </option>
            ))}
          </select>
        </label>
      )}
      <p class="soft">
        Who sits around it and has no seat yet? First names are enough. A PIN keeps others at the table from taking
        somebody’s turn; everybody can also choose one in their own first turn.
      </p>
      <ol class="device-people">
        {rows.value.map((row, index) => (
          <li key={index}>
            <input
              class="input"
              aria-label={`Name ${index + 1}`}
              dir="auto"
              maxLength={LONGEST_NAME}
              autocomplete="off"
              spellcheck={false}
              value={row.name}
              onInput={(event) => change(index, { name: event.currentTarget.value })}
            />
            <PinField
              label={`PIN of ${row.name || `name ${index + 1}`}, if they want one`}
              value={row.pin}
              change={(pin) => change(index, { pin })}
            />
          </li>
        ))}
      </ol>
      {left.length === 0 ? null : (
        <fieldset class="device-back">
          <legend>Their device was taken away. Who goes on at this one, on the seat they have?</legend>
          {left.map(([seat, name]) => (
            <label key={seat}>
              <input
                type="checkbox"
                checked={back.value.has(seat)}
                onChange={({ currentTarget }) => {
                  const others = [...back.value].filter((other) => other !== seat);
                  back.value = new Set(currentTarget.checked ? [...others, seat] : others);
                }}
              />
              <span dir="auto">{name}</span>
            </label>
          ))}
        </fieldset>
      )}
      <label class="switch">
        <span>
          I share it too
          <small>
            Your own seat is on it. Nothing of yours stays in the browser you use now, if that becomes the device.
          </small>
        </span>
        <input
          type="checkbox"
          role="switch"
          aria-checked={shares.value}
          checked={shares.value}
          onChange={() => {
            shares.value = !shares.value;
          }}
        />
      </label>
      {shares.value ? (
        <p class="row device-own-pin">
          <span aria-hidden="true">{needsPin ? 'Your PIN' : 'Your PIN, if you want one'}</span>
          <PinField
            label={needsPin ? 'Your PIN' : 'Your PIN, if you want one'}
            value={ownPin.value}
            change={(pin) => {
              ownPin.value = pin;
            }}
          />
        </p>
      ) : null}
      <Reasoned
        label={
          count === 0
            ? 'Give them a seat'
            : count === 1
              ? 'Give one person a seat'
              : `Give ${inWords(count)} people a seat`
        }
        main
        reason={why}
        run={() => void make()}
      />
    </form>
  );
}

interface PinFieldProps {
  readonly label: string;
  readonly value: string;
  readonly change: (pin: string) => void;
}

/** No field of type password: a browser would offer to keep it. */
function PinField({ label, value, change }: PinFieldProps) {
  return (
    <input
      class="input pin"
      aria-label={label}
      placeholder="PIN"
      inputMode="numeric"
      autocomplete="off"
      maxLength={4}
      value={value}
      onInput={(event) => change(event.currentTarget.value)}
    />
  );
}

interface ShownProps extends DevicesProps {
  readonly id: string;
  readonly device: Device;
  readonly title: string;
  readonly back: () => void;
}

/** One device: how it is opened, and who has a seat on it. */
function Shown({ attendance, services, id, device, title, back }: ShownProps) {
  const { room } = attendance;
  const way = useSignal<WayIn | null>(null);
  const problem = useSignal('');
  const name = useSignal('');
  const heading = useId();
  const hosts = isHosting(attendance.person.value.role);
  const becoming = useBrowserAsDevice(attendance);
  const attempt = async (): Promise<WayIn | null> => {
    problem.value = '';
    try {
      return await wayToDevice(boardHere(), room.token, id);
    } catch (error) {
      problem.value = error instanceof ApiError ? error.message : 'That did not work. Try again in a moment.';
      return null;
    }
  };
  const show = async (): Promise<void> => {
    way.value = await attempt();
  };
  const add = async (): Promise<void> => {
    const who = name.value.trim();
    if (await attendance.ask(services, 'device.add', { device: id, name: who }, `${who} has a seat there.`)) {
      name.value = '';
    }
  };
  const takeIn = (back: string, who: string): void =>
    void attendance.ask(services, 'device.add', { device: id, back }, `${who} has their seat there.`);
  const left = theLeft(attendance);
  const drawing = way.value === null ? null : parseQr(way.value.qr);
  return (
    <section class="device-shown" aria-labelledby={heading}>
      <h3 id={heading} class="device-title" dir="auto">
        {title}
      </h3>
      <p dir="auto">{listed([...device.seats.values()])}</p>
      <div class="row">
        <Reasoned
          label="Use this browser"
          main
          reason={becoming.reason}
          run={() => void attempt().then((found) => (found === null ? undefined : becoming.ask(found.link)))}
        />
        <button type="button" class="btn" onClick={() => void show()}>
          Open it on another device
        </button>
      </div>
      {becoming.asking === null ? null : (
        <fieldset class="device-sure" aria-label="Use this browser">
          <p>
            This browser becomes the device of {title}. Your own seat leaves it: nothing of yours stays here.{' '}
            {becoming.isOnDevice
              ? 'You take your turns like everybody else at the table.'
              : 'Have your own link at hand to come back elsewhere.'}
          </p>
          {becoming.held ? (
            <p class="problem" role="alert">
              <Icon name="alert" small />
              Some of your words are still on this device: another page of Harvestry holds them. Close all its other
              pages, then go on.
            </p>
          ) : becoming.lost.length === 0 ? null : (
            <p class="problem" role="alert">
              <Icon name="alert" small />
              Not everything has reached the group yet: {listed(becoming.lost)}. It would be lost.
            </p>
          )}
          <p class="row">
            <button type="button" class="btn main" onClick={becoming.go}>
              {becoming.held
                ? 'Go on'
                : becoming.lost.length === 0
                  ? 'Make it the table’s device'
                  : 'Make it the table’s device, and lose these'}
            </button>
            {becoming.held ? null : (
              <button type="button" class="btn" onClick={becoming.stay}>
                Keep my seat here
              </button>
            )}
          </p>
        </fieldset>
      )}
      {drawing === null || way.value === null ? null : (
        <div class="device-way">
          <QrCode drawing={drawing} label={`The way to the device of ${title}`} />
          <p>
            Point the camera of the table’s device at this, or open the link there. Whoever opens it has the table’s
            device, so show it to nobody else.
          </p>
          <button
            type="button"
            class="btn"
            onClick={() => {
              const { link } = way.value ?? { link: '' };
              void copyText(link).then((copied) => {
                const text = copied ? 'The link is copied.' : 'Copying is not allowed here.';
                services.announcer.say(text);
                services.toaster.show({ text });
              });
            }}
          >
            <Icon name="copy" small />
            Copy the link
          </button>
        </div>
      )}
      <p class="problem" role="alert">
        {problem.value === '' ? null : (
          <>
            <Icon name="alert" small />
            {problem.value}
          </>
        )}
      </p>
      <form
        class="device-add"
        autocomplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          if (name.value.trim() !== '') void add();
        }}
      >
        <label class="field">
          <span>One more person at this table</span>
          <input
            class="input"
            dir="auto"
            maxLength={LONGEST_NAME}
            autocomplete="off"
            value={name.value}
            onInput={(event) => {
              name.value = event.currentTarget.value;
            }}
          />
        </label>
        <Reasoned
          label="Give them a seat"
          reason={
            device.seats.size >= MOST
              ? 'At most twelve people share a device.'
              : name.value.trim() === ''
                ? 'Write their name first.'
                : null
          }
          run={() => void add()}
        />
      </form>
      {left.length === 0 || device.seats.size >= MOST ? null : (
        <section class="device-back" aria-label="Those whose device was taken away">
          <p>Their device was taken away. Who goes on at this one, on the seat they have?</p>
          <p class="row">
            {left.map(([seat, who]) => (
              <button key={seat} type="button" class="btn" dir="auto" onClick={() => takeIn(seat, who)}>
                {who}
              </button>
            ))}
          </p>
        </section>
      )}
      <div class="row">
        <button type="button" class="btn" onClick={back}>
          <Icon name="back" small />
          All shared devices
        </button>
        {hosts ? (
          <Sure
            label="Take the device away"
            back="Leave it there"
            yes="Yes, take it away"
            run={async () => {
              const said = `${title} has no shared device any more. Its people keep their seats: you can give them another device.`;
              if (await attendance.ask(services, 'people.remove', { seat: id }, said)) back();
            }}
          />
        ) : null}
      </div>
    </section>
  );
}
