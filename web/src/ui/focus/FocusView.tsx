/** Now: one region, one prompt, one button. What is asked of a person, and nothing beside it. */

import '../styles/focus.css';
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { keepFocus } from '../../a11y/keepFocus.ts';
import { type Ask, namedBy, phaseNext, regionOf, takesPart } from '../../model/agenda.ts';
import type { ElementId } from '../../model/element.ts';
import type { Phase } from '../../model/gathering/phase.ts';
import { unreachable } from '../../model/unreachable.ts';
import type { Editor } from '../editor.ts';
import { attendanceOf } from '../gathering/attendance.ts';
import { FinishedPart } from '../gathering/Finished.tsx';
import { visitorsOf, visitWords } from '../gathering/visitors.ts';
import { Icon } from '../icons.tsx';
import type { Services } from '../services.ts';
import { Consent } from './Consent.tsx';
import type { Companion } from './companion.ts';
import { GoOn } from './GoOn.tsx';
import { Left } from './Left.tsx';
import { usePartsOf } from './laterParts.tsx';
import { AskedOfMe, RecordsHere } from './Records.tsx';
import { Reveal } from './Reveal.tsx';
import { RungBefore } from './RungBefore.tsx';
import { Vote } from './Vote.tsx';
import { Write } from './Write.tsx';

export interface FocusProps {
  readonly companion: Companion;
  readonly editor: Editor;
  readonly services: Services;
  readonly toBoard: () => void;
  readonly toOutline: () => void;
  readonly showOnBoard: (id: ElementId) => void;
}

export function FocusView(props: FocusProps) {
  const { companion } = props;
  const ask = companion.ask.value;
  usePartsOf(companion.gathering.value);
  // A reveal is read first, in silence.
  const silent = ask.kind === 'revealed';
  const attendance = attendanceOf(companion.room);
  const view = useRef<HTMLElement>(null);
  useLayoutEffect(() => (view.current === null ? undefined : keepFocus(view.current)), []);
  return (
    <main ref={view} class="focus-view" id="now" aria-label="Now" data-ask={ask.kind}>
      <div class="focus-body">
        {silent ? null : <Left companion={companion} editor={props.editor} services={props.services} />}
        {silent ? null : <AskedOfMe {...props} />}
        {visitorsOf(attendance).map((visit) => (
          <p key={visit.seat} class="guarantee">
            <Icon name="eye" />
            <b dir="auto">{visitWords(attendance.nameOf(visit.seat), visit)}.</b>
          </p>
        ))}
        {silent || ask.kind === 'vote' ? null : <GoOn {...props} />}
        {content(ask, props)}
        {ask.kind === 'write' || ask.kind === 'listen' ? <RungBefore {...props} /> : null}
        <FinishedPart attendance={attendance} services={props.services} />
        {silent ? <Left companion={companion} editor={props.editor} services={props.services} /> : null}
        {silent || ask.kind === 'vote' ? null : <Consent room={companion.room} services={props.services} />}
      </div>
    </main>
  );
}

function content(ask: Ask, props: FocusProps): ComponentChildren {
  const { companion, toBoard, toOutline } = props;
  const { show } = companion.gathering.value;
  switch (ask.kind) {
    case 'nothing':
      return null;
    case 'ready':
      return (
        <Plain question={show.purpose || show.title} rest="We have not begun. A host opens the first step.">
          <Ways toBoard={toBoard} toOutline={toOutline} />
        </Plain>
      );
    case 'between':
      return (
        <Plain question="Between steps" rest="A host opens the next step.">
          <Ways toBoard={toBoard} toOutline={toOutline} />
        </Plain>
      );
    case 'closed':
      return (
        <Plain question="The gathering has ended" rest="What we wrote stays here to read.">
          <Ways toBoard={toBoard} toOutline={toOutline} />
        </Plain>
      );
    case 'listen': {
      const named = namedBy(companion.gathering.value, companion.person.value);
      if (named.length > 0) {
        return (
          <>
            <h3 class="question" dir="auto">
              {ask.phase.instruction || ask.phase.title}
            </h3>
            {named.map((region) => (
              <RecordsHere key={region.key} {...props} region={region} change={null} />
            ))}
          </>
        );
      }
      return (
        <Plain question={ask.phase.instruction || ask.phase.title} rest={closedWords(ask.phase, companion)}>
          <Ways toBoard={toBoard} toOutline={toOutline} />
        </Plain>
      );
    }
    case 'sort':
      return (
        <Plain
          question={ask.phase.instruction || ask.phase.title}
          rest={
            takesPart(companion.person.value)
              ? 'Choose a note, then choose where it belongs. Everyone sees it move.'
              : 'The group is sorting. You observe this gathering, so moving notes is closed to you.'
          }
        >
          <div class="focus-ways">
            <button type="button" class="btn main big" onClick={toBoard}>
              <Icon name="board" />
              Sort on the board
            </button>
            <button type="button" class="btn big" onClick={toOutline}>
              <Icon name="outline" />
              Sort in the outline
            </button>
          </div>
        </Plain>
      );
    case 'write':
    case 'sealed':
      return <Write {...props} phase={ask.phase} openings={ask.openings} />;
    case 'revealed':
      return <Reveal {...props} regions={ask.regions} />;
    case 'vote':
      return <Vote {...props} phase={ask.phase} poll={ask.poll} />;
    default:
      return unreachable(ask);
  }
}

/** What is not asked now, and what comes next. */
function closedWords(phase: Phase, companion: Companion): string {
  const next = phaseNext(companion.gathering.value);
  const then = next === null ? '' : ` Next: ${next.title}.`;
  const open = phase.opens[0];
  if (open !== undefined && takesPart(companion.person.value)) {
    const where = regionOf(companion.gathering.value, open.region)?.title ?? 'this region';
    return `Others write in ${where} in this step.${then}`;
  }
  return `There is nothing to write in this step.${then}`;
}

interface PlainProps {
  readonly question: string;
  readonly rest: string;
  readonly children: ComponentChildren;
}

function Plain({ question, rest, children }: PlainProps) {
  return (
    <>
      <h3 class="question" dir="auto">
        {question}
      </h3>
      <p class="question-rest">{rest}</p>
      {children}
    </>
  );
}

function Ways({ toBoard, toOutline }: { readonly toBoard: () => void; readonly toOutline: () => void }) {
  return (
    <div class="focus-ways">
      <button type="button" class="btn big" onClick={toBoard}>
        <Icon name="board" />
        See the board
      </button>
      <button type="button" class="btn big" onClick={toOutline}>
        <Icon name="outline" />
        Read the outline
      </button>
    </div>
  );
}
