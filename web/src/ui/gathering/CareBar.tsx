/** Care: a raised hand, a pause, a word with a host. There in every step, also while a host holds the view. */

import '../styles/care.css';
import { type Signal, useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { takesPart } from '../../model/agenda.ts';
import type { Asking } from '../../model/gathering/people.ts';
import type { Room } from '../../net/room.ts';
import { Icon } from '../icons.tsx';
import { later } from '../later.tsx';
import { leavePopover } from '../popover.ts';
import type { Services } from '../services.ts';
import { type Attendance, attendanceOf } from './attendance.ts';
import { Sign } from './gatheringIcons.tsx';
import { PowersDialog } from './Powers.tsx';

const TeamDialog = later(async () => (await import('./TeamTalk.tsx')).TeamDialog);
const SitInDialog = later(async () => (await import('./SitIn.tsx')).SitInDialog);

const CARES: readonly { readonly what: Asking; readonly label: string; readonly on: string; readonly off: string }[] = [
  { what: 'hand', label: 'Raise hand', on: 'Your hand is raised. Everyone sees it.', off: 'Your hand is down.' },
  {
    what: 'pause',
    label: 'Ask for a pause',
    on: 'You have asked for a pause. Everyone sees it.',
    off: 'You no longer ask for a pause.',
  },
  {
    what: 'word',
    label: 'A word with a host',
    on: 'You would like a word with a host. Only hosts see it.',
    off: 'You no longer ask for a word with a host.',
  },
];

interface Props {
  readonly attendance: Attendance;
  readonly services: Services;
  readonly done?: () => void;
}

function Cares({ attendance, services, done }: Props) {
  const { asking } = attendance.own.value.people;
  return (
    <>
      {CARES.map(({ what, label, on, off }) => {
        const asks = asking.includes(what);
        return (
          <button
            key={what}
            type="button"
            class="btn bare"
            aria-pressed={asks}
            onClick={() => {
              done?.();
              void attendance.ask(services, 'people.ask', { what, asking: !asks }, asks ? off : on);
            }}
          >
            {what === 'hand' ? <Icon name="hand" /> : <Sign name={what === 'pause' ? 'bell' : 'word'} />}
            {label}
          </button>
        );
      })}
    </>
  );
}

interface TeamProps {
  readonly attendance: Attendance;
  readonly talks: Signal<boolean>;
  readonly visits: Signal<boolean>;
  /** In a menu there is room for words; it is closed first. */
  readonly done?: () => void;
}

/** What those of the team have beside it who have no console. */
function TeamWays({ attendance, talks, visits, done }: TeamProps) {
  const { role } = attendance.person.value;
  if (role !== 'harvester' && role !== 'table') return null;
  const ways = [{ label: 'Host team', sign: <Sign name="team" />, opens: talks }];
  if (role === 'harvester' && attendance.gathering.value.people.tables.size > 0) {
    ways.push({ label: 'Sit in with a table', sign: <Icon name="eye" />, opens: visits });
  }
  return (
    <>
      {ways.map(({ label, sign, opens }) => (
        <button
          key={label}
          type="button"
          class={done === undefined ? 'btn bare ico' : 'btn bare'}
          aria-haspopup="dialog"
          aria-label={done === undefined ? label : undefined}
          title={done === undefined ? label : undefined}
          onClick={() => {
            done?.();
            opens.value = true;
          }}
        >
          {sign}
          {done === undefined ? null : label}
        </button>
      ))}
    </>
  );
}

function TeamDialogs({ talks, visits, ...given }: Omit<TeamProps, 'done'> & { readonly services: Services }) {
  return (
    <>
      {talks.value ? <TeamDialog.Part {...given} close={() => close(talks)} missed={() => close(talks)} /> : null}
      {visits.value ? <SitInDialog.Part {...given} close={() => close(visits)} missed={() => close(visits)} /> : null}
    </>
  );
}

function close(shown: Signal<boolean>): void {
  shown.value = false;
}

/** Beside one's own name, at the foot of the board. */
export function CareBar({ room, services }: { readonly room: Room; readonly services: Services }) {
  const attendance = attendanceOf(room);
  const powers = useSignal(false);
  const team = { attendance, talks: useSignal(false), visits: useSignal(false) };
  if (!takesPart(attendance.person.value) || attendance.hosting.value) return null;
  return (
    <>
      <span class="bar" />
      <Cares attendance={attendance} services={services} />
      <TeamWays {...team} />
      <button
        type="button"
        class="btn bare ico"
        aria-haspopup="dialog"
        aria-label="What hosts did"
        title="What hosts did"
        onClick={() => {
          powers.value = true;
        }}
      >
        <Sign name="shield" />
      </button>
      <TeamDialogs {...team} services={services} />
      {powers.value ? <PowersDialog attendance={attendance} close={() => close(powers)} /> : null}
    </>
  );
}

/** Where there is no room for the bar: one button that opens it. */
export function CareMenu({ attendance, services }: Props) {
  const id = useId();
  const powers = useSignal(false);
  const team = { attendance, talks: useSignal(false), visits: useSignal(false) };
  if (!takesPart(attendance.person.value) || attendance.hosting.value) return null;
  const asks = attendance.own.value.people.asking.length > 0;
  return (
    <span class="menu-place">
      <button
        type="button"
        class="btn ico care-button"
        popovertarget={id}
        aria-label={asks ? 'You are asking for something. Change it' : 'Raise a hand, ask for a pause or a word'}
      >
        <Icon name="hand" />
        {asks ? <span class="badge" /> : null}
      </button>
      <div id={id} class="pop care-pop" popover="auto">
        <Cares attendance={attendance} services={services} done={() => leavePopover(id)} />
        <TeamWays {...team} done={() => leavePopover(id)} />
        <button
          type="button"
          class="btn bare"
          aria-haspopup="dialog"
          onClick={() => {
            leavePopover(id);
            powers.value = true;
          }}
        >
          <Sign name="shield" />
          What hosts did
        </button>
      </div>
      <TeamDialogs {...team} services={services} />
      {powers.value ? <PowersDialog attendance={attendance} close={() => close(powers)} /> : null}
    </span>
  );
}
