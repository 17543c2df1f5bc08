/**
 * The host console: what a host needs while speaking, on the dark surface that nobody else has.
 *
 * Beside the board where there is room, else a sheet at the foot, which always shows the time and the one gold button.
 */

import '../styles/console.css';
import { useSignal } from '@preact/signals';
import { effect } from '@preact/signals-core';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { keepFocus } from '../../a11y/keepFocus.ts';
import { settings } from '../../net/device.ts';
import type { Room } from '../../net/room.ts';
import type { Editor } from '../editor.ts';
import { Icon } from '../icons.tsx';
import { layout } from '../layout.ts';
import type { Services } from '../services.ts';
import { AskingForYou, askingWords } from './AskingForYou.tsx';
import { type Attendance, attendanceOf } from './attendance.ts';
import { EndDialog } from './EndDialog.tsx';
import { EraseAll } from './Erasing.tsx';
import { Sign } from './gatheringIcons.tsx';
import { HostsOnly } from './HostsOnly.tsx';
import { Leaving } from './Leaving.tsx';
import { Moderating } from './Moderating.tsx';
import { NextButton, NowBox } from './NowBox.tsx';
import { PeopleHere } from './PeopleHere.tsx';
import { PowersList } from './Powers.tsx';
import { RunOfShow } from './RunOfShow.tsx';
import { requestWords } from './requestWords.ts';
import { SitIn } from './SitIn.tsx';
import { ringBell, Steady } from './Steady.tsx';
import { Votes } from './Votes.tsx';

interface Props {
  readonly board: string;
  readonly room: Room;
  readonly editor: Editor;
  readonly services: Services;
}

/** What each part of the console is given. */
export interface HostProps {
  readonly board: string;
  readonly attendance: Attendance;
  readonly editor: Editor;
  readonly services: Services;
}

export function HostConsole({ board, room, editor, services }: Props) {
  const attendance = attendanceOf(room);
  const root = useRef<HTMLElement>(null);
  const next = useRef<HTMLButtonElement>(null);
  const ending = useSignal(false);
  const where = layout.value;
  const roomBeside = where === 'wide' || (where === 'desktop' && !settings.value.outline);
  const open = useSignal(where === 'wide' || where === 'desktop');
  const beside = roomBeside && open.value;
  const given = { board, attendance, editor, services };

  // Before it is painted: a button that can be seen answers to its key.
  useLayoutEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const here = root.current?.contains(document.activeElement) === true;
      const writes = event.target instanceof HTMLElement && event.target.closest('input, textarea, select') !== null;
      const alone = here && !writes && settings.peek().shortcuts && !event.altKey && !event.ctrlKey && !event.metaKey;
      const does = event.code === 'KeyN' || event.code === 'KeyB';
      if (event.repeat || !does || !(alone || (event.altKey && !event.ctrlKey))) return;
      // An open dialog comes first.
      if (document.querySelector('dialog[open]') !== null) return;
      event.preventDefault();
      if (event.code === 'KeyN') next.current?.click();
      else ringBell(attendance, services);
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [attendance, services]);
  useEffect(() => tellAsking(attendance, services), [attendance, services]);
  useEffect(() => (root.current === null ? undefined : keepFocus(root.current)), []);

  const toggle = (): void => {
    open.value = !open.value;
  };
  const end = (): void => {
    ending.value = true;
  };
  const form = beside ? 'beside' : open.value && !roomBeside ? 'sheet open' : 'sheet';

  return (
    <aside ref={root} class={`console ${form}`} aria-label="Host console">
      <div class="hat">
        <Icon name="sprout" />
        {form === 'beside' ? <span>You are hosting</span> : <BarTime attendance={attendance} />}
        {form === 'beside' ? null : <NextButton {...given} end={end} button={next} />}
        <button type="button" class="btn bare" aria-expanded={open.value} onClick={toggle}>
          {form === 'beside' ? <Sign name="hide" small /> : <Icon name={open.value ? 'down' : 'more'} small />}
          {open.value ? 'Hide' : 'Open'}
          <span class="sr"> the host console</span>
        </button>
      </div>
      {open.value && (beside || !roomBeside) ? (
        <div class="console-body">
          <NowBox {...given} end={end} button={beside ? next : null} />
          <Steady {...given} />
          <AskingForYou {...given} />
          <RunOfShow {...given} end={end} />
          <PeopleHere {...given} />
          {attendance.gathering.value.people.tables.size === 0 ? null : (
            <details>
              <summary>
                <h3>Sit in with a table</h3>
              </summary>
              <SitIn attendance={attendance} services={services} />
            </details>
          )}
          <Moderating {...given} />
          <Votes {...given} />
          <Leaving {...given} />
          <HostsOnly {...given} />
          <details>
            <summary>
              <h3>What hosts did</h3>
            </summary>
            <PowersList attendance={attendance} />
          </details>
          <EraseAll {...given} />
        </div>
      ) : null}
      {ending.value ? (
        <EndDialog
          {...given}
          close={() => {
            ending.value = false;
          }}
          ended={() => next.current?.focus()}
        />
      ) : null}
    </aside>
  );
}

function BarTime({ attendance }: { readonly attendance: Attendance }) {
  const { digits, phase } = attendance;
  return (
    <span class="bar-time">
      <b class="num">{digits}</b>
      <span dir="auto">{phase.value?.title ?? 'You are hosting'}</span>
    </span>
  );
}

/** What somebody asks for is told once, when it comes. */
function tellAsking(attendance: Attendance, { announcer }: Services): () => void {
  let before: ReadonlySet<string> | null = null;
  const named = (seat: string): string => attendance.nameOf(seat);
  return effect(() => {
    const { people, requests } = attendance.gathering.value;
    const { asking, waiting } = people;
    const lines = [
      ...requests.map((request) => requestWords(attendance, request)),
      ...asking.map((asked) => askingWords(named(asked.seat), asked.what)),
      ...waiting.map((seat) => `${named(seat)} waits to be let in`),
    ];
    const known = before;
    if (known !== null) for (const line of lines) if (!known.has(line)) announcer.say(`${line}.`);
    before = new Set(lines);
  });
}
