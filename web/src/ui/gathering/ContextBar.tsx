/** The context bar: the one thing that is being asked now, the time for it, and where in the run of show we are. */

import '../styles/context.css';
import { effect } from '@preact/signals-core';
import { useEffect, useRef } from 'preact/hooks';
import { keepFocus } from '../../a11y/keepFocus.ts';
import { askNow, lengthNow, namedBy, stepOf, takesPart } from '../../model/agenda.ts';
import { elementId } from '../../model/element.ts';
import type { Room } from '../../net/room.ts';
import type { Editor } from '../editor.ts';
import { Icon } from '../icons.tsx';
import { later } from '../later.tsx';
import { layout } from '../layout.ts';
import { tellOffers } from '../records/offers.ts';
import type { Services } from '../services.ts';
import { type Attendance, attendanceOf } from './attendance.ts';
import { BellRung } from './BellRung.tsx';
import { Bell } from './bell.ts';
import { CareMenu } from './CareBar.tsx';
import { CatchUp } from './CatchUp.tsx';
import { ErasingLine, tellErasing } from './Erasing.tsx';
import { FinishedButton } from './Finished.tsx';
import { Furrows } from './Furrows.tsx';
import { tellLeaving } from './Leaving.tsx';
import { followSteps } from './place.ts';
import { showPlots } from './plots.ts';
import { tellPuttingBack } from './puttingBack.ts';
import { followHosts } from './summoned.ts';
import { TableButton } from './TableDialog.tsx';
import { Timer } from './Timer.tsx';
import { tellTeam } from './teamWords.ts';
import { MOMENT_WORDS, momentBetween } from './timeWords.ts';
import { tellVisits, visitorsOf, visitWords } from './visitors.ts';
import { askWords, BETWEEN, CLOSED, READY } from './words.ts';

const RecordDialog = later(async () => (await import('../records/RecordDialog.tsx')).RecordDialog);

interface Props {
  readonly room: Room;
  readonly editor: Editor;
  readonly services: Services;
  /** They have come for the first time. */
  readonly newcomer: boolean;
  /** Opens the view in which a person writes alone, votes or reads what was revealed; null while it is open, with a button of its own. */
  readonly openNow: (() => void) | null;
  /** Shows the board, where something else lies over it. */
  readonly showBoard: () => void;
}

export function ContextBar({ room, editor, services, newcomer, openNow, showBoard }: Props) {
  const toBoard = useRef(showBoard);
  toBoard.current = showBoard;
  const attendance = attendanceOf(room);
  const { gathering } = attendance;
  const { show } = gathering.value;
  const phase = attendance.phase.value;
  const step = stepOf(gathering.value);
  const narrow = layout.value === 'compact' || layout.value === 'phone';

  const bar = useRef<HTMLElement>(null);
  useEffect(() => (bar.current === null ? undefined : keepFocus(bar.current)), []);
  useEffect(() => tellSteps(attendance, services), [attendance, services]);
  useEffect(() => tellTime(attendance, services), [attendance, services]);
  useEffect(() => tellTable(attendance, services), [attendance, services]);
  useEffect(() => tellErasing(attendance, services), [attendance, services]);
  useEffect(() => tellLeaving(attendance, services), [attendance, services]);
  useEffect(() => tellPuttingBack(attendance, services), [attendance, services]);
  useEffect(() => tellOffers(attendance, editor, services), [attendance, editor, services]);
  useEffect(() => tellTeam(attendance, services), [attendance, services]);
  useEffect(() => tellVisits(attendance, services), [attendance, services]);
  useEffect(() => tellCursors(attendance, services), [attendance, services]);
  useEffect(() => showPlots(attendance, editor), [attendance, editor]);
  useEffect(() => followSteps(attendance, editor), [attendance, editor]);
  useEffect(() => followHosts(attendance, editor, services, () => toBoard.current()), [attendance, editor, services]);

  return (
    <section ref={bar} class="ctx" aria-label="What we are doing now">
      <div class="ctx-in">
        <div class="ask">
          <h2>
            <span dir="auto">{phase?.title ?? (show.title || 'The gathering')}</span>
            {step === null || phase === null ? null : (
              <span class="pill now">
                Step {step.n} of {step.m}
              </span>
            )}
            {show.stage === 'live' && !gathering.value.moderating.cursors ? (
              <span class="pill plain">Cursors are hidden</span>
            ) : null}
            {(openNow === null ? [] : visitorsOf(attendance)).map((visit) => (
              <span key={visit.seat} class="pill plain visiting">
                <Icon name="eye" />
                <span dir="auto">{visitWords(attendance.nameOf(visit.seat), visit)}</span>
              </span>
            ))}
          </h2>
          <p dir="auto">{phase === null ? idleWords(show.stage) : phase.instruction}</p>
        </div>
        <div class="ctx-end">
          <Timer attendance={attendance} />
          <TableButton attendance={attendance} editor={editor} services={services} narrow={narrow} />
          <MainAction attendance={attendance} editor={editor} openNow={openNow} />
          {openNow === null ? null : <FinishedButton attendance={attendance} services={services} icon={narrow} />}
          {narrow || openNow === null ? <CareMenu attendance={attendance} services={services} /> : null}
        </div>
      </div>
      <ErasingLine attendance={attendance} services={services} />
      <Furrows attendance={attendance} />
      {attendance.opened.value === null ? null : (
        <RecordDialog.Part
          key={attendance.opened.value}
          id={attendance.opened.value}
          attendance={attendance}
          editor={editor}
          services={services}
          missed={() => {
            attendance.opened.value = null;
          }}
        />
      )}
      <BellRung attendance={attendance} announcer={services.announcer} />
      {newcomer ? <CatchUp attendance={attendance} editor={editor} services={services} /> : null}
    </section>
  );
}

function idleWords(stage: string): string {
  if (stage === 'ready') return READY;
  return stage === 'closed' ? CLOSED : BETWEEN;
}

interface ActionProps {
  readonly attendance: Attendance;
  readonly editor: Editor;
  readonly openNow: (() => void) | null;
}

/** The one thing to do in this step, for those who take part; what hosts do stands in their console. */
function MainAction({ attendance, editor, openNow }: ActionProps) {
  if (attendance.hosting.value || openNow === null) return null;
  const person = attendance.person.value;
  const ask = askNow(attendance.gathering.value, person);
  // What is said to one person alone is nowhere on the board. A vote and a reveal come first.
  const leaves = attendance.phase.value?.connects === true && takesPart(person);
  if (leaves && ask.kind !== 'vote' && ask.kind !== 'revealed')
    return <NowButton open={openNow} label="Take your leave" />;
  switch (ask.kind) {
    case 'write': {
      const region = attendance.gathering.value.show.regions.find(({ key }) => key === ask.openings[0]?.region);
      if (region === undefined) return null;
      const isRecord = region.fields.length > 0;
      return (
        <button
          type="button"
          class="btn main big"
          onClick={() => editor.addNote({ parent: region.element === null ? null : elementId(region.element) })}
        >
          <Icon name={isRecord ? 'plus' : 'note'} />
          {isRecord ? 'Write a card' : 'Write a note'}
        </button>
      );
    }
    case 'sealed':
      return ask.openings.length === 0 ? null : <NowButton open={openNow} label="Write yours" />;
    case 'revealed':
      return <NowButton open={openNow} label="Read what was written" />;
    case 'vote':
      return ask.poll === null ? null : <NowButton open={openNow} label={ask.poll.open ? 'Vote' : 'See the result'} />;
    default:
      return namedBy(attendance.gathering.value, attendance.person.value).length === 0 ? null : (
        <NowButton open={openNow} label="Read and sign" />
      );
  }
}

function NowButton({ open, label }: { readonly open: () => void; readonly label: string }) {
  return (
    <button type="button" class="btn main big" onClick={open}>
      {label}
      <Icon name="arrow" />
    </button>
  );
}

/** A change of step is told, wherever a person is on the page. */
function tellSteps({ gathering }: Attendance, { announcer }: Services): () => void {
  let before: string | null = null;
  return effect(() => {
    const now = askWords(gathering.value);
    const { stage, at } = gathering.value.show;
    const here = `${stage} ${at}`;
    if (here !== before) announcer.say(now);
    before = here;
  });
}

/** Where one sits, that one can choose it, and the end of the time of one's own table. */
function tellTable({ gathering, own, person, tableSeconds }: Attendance, { announcer, toaster }: Services): () => void {
  let before: { readonly table: string | null; readonly chooses: boolean; readonly seconds: number | null } | null =
    null;
  const say = (text: string): void => {
    announcer.say(text);
    toaster.show({ text });
  };
  return effect(() => {
    const { people, tables } = gathering.value;
    const { role, table } = person.value;
    const chooses = tables.choosing && role === 'participant' && people.tables.size > 0;
    const seconds = tableSeconds.value;
    const known = before;
    before = { table, chooses, seconds };
    // What is there when one comes stands on the page.
    if (known === null || own.value.people.role === null) return;
    if (table !== known.table && table !== null) say(`You sit at ${people.tables.get(table) ?? 'a table'} now.`);
    if (chooses && !known.chooses) say('You can choose your table now.');
    if (seconds === 0 && known.seconds !== null && known.seconds > 0) say('The time of your table is up.');
    if (seconds !== null && known.seconds === null) say('Your table has a time of its own now.');
  });
}

/** That a host hides the cursors, or no longer, is told to everybody whose cursor it is. */
function tellCursors({ gathering }: Attendance, { announcer, toaster }: Services): () => void {
  let before: boolean | null = null;
  return effect(() => {
    const { show, moderating } = gathering.value;
    const shown = moderating.cursors;
    if (before !== null && before !== shown && show.stage === 'live') {
      const text = shown ? 'Cursors are no longer hidden.' : 'A host has hidden everybody’s cursor, hosts’ too.';
      announcer.say(text);
      toaster.show({ text });
    }
    before = shown;
  });
}

/** At a minute, at ten seconds and at the end, in words, and with a soft bell for those who want one. */
function tellTime({ gathering, secondsLeft }: Attendance, { announcer, toaster }: Services): () => void {
  const bell = new Bell();
  let before: { readonly at: string | null; readonly seconds: number | null } = { at: null, seconds: null };
  const stop = effect(() => {
    const { at } = gathering.value.show;
    const seconds = secondsLeft.value;
    const last = before.at === at ? before.seconds : null;
    before = { at, seconds };
    const moment = momentBetween(last, seconds, lengthNow(gathering.value) ?? 0);
    if (moment === null) return;
    announcer.say(MOMENT_WORDS[moment]);
    const rang = moment !== 'time' && bell.ring();
    toaster.show({ text: rang ? `Bell: ${MOMENT_WORDS[moment].toLowerCase()}` : MOMENT_WORDS[moment] });
  });
  return () => {
    stop();
    bell.close();
  };
}
