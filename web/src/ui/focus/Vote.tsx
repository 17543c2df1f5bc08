/** Deciding: dots, a rating, fist to five, or consent. What was chosen stays on this device until it is handed in. */

import { useId } from 'preact/hooks';
import { regionOf, takesPart } from '../../model/agenda.ts';
import type { Board } from '../../model/board.ts';
import { type BoardElement, type ElementId, elementId } from '../../model/element.ts';
import type { Poll } from '../../model/gathering/deciding.ts';
import type { Gathering } from '../../model/gathering/gathering.ts';
import type { Phase } from '../../model/gathering/phase.ts';
import { label } from '../../model/outline.ts';
import { unreachable } from '../../model/unreachable.ts';
import type { Ballot } from '../../net/gatheringStorage.ts';
import { Icon, SeedMark } from '../icons.tsx';
import type { FocusProps } from './FocusView.tsx';
import { Results } from './Results.tsx';
import { Counted, counted } from './words.ts';

interface Props extends FocusProps {
  readonly phase: Phase;
  readonly poll: Poll | null;
}

/** Regions in regions: nobody nests so deep, and a loop ends here. */
const DEEPEST = 32;

/** What can be voted on: the notes and cards of a region, also those in its themes. */
export function things(board: Board, gathering: Gathering, region: string | null): readonly BoardElement[] {
  const frame = regionOf(gathering, region)?.element;
  if (frame === undefined || frame === null) return [];
  const found: BoardElement[] = [];
  const look = (parent: ElementId, depth: number): void => {
    for (const child of board.children(parent)) {
      if (child.kind === 'note' || child.kind === 'card') found.push(child);
      else if (depth < DEEPEST) look(child.id, depth + 1);
    }
  };
  look(elementId(frame), 0);
  return found;
}

/** The theme a thing lies in, if it lies in one. */
export function themeOf(board: Board, thing: BoardElement, gathering: Gathering, region: string | null): string | null {
  const parent = thing.parent === null ? undefined : board.get(thing.parent);
  return parent === undefined || parent.id === regionOf(gathering, region)?.element ? null : label(parent);
}

export function Vote(props: Props) {
  const { companion, phase, poll } = props;
  const question = poll?.question ?? phase.poll?.question ?? phase.title;
  const about = poll?.about == null ? undefined : props.editor.board.get(elementId(poll.about));
  return (
    <>
      <h3 class="question" dir="auto">
        {question}
      </h3>
      {about === undefined ? null : (
        <blockquote class="about" dir="auto">
          {label(about)}
        </blockquote>
      )}
      {poll === null ? (
        <p class="question-rest">A host opens the vote.</p>
      ) : poll.result !== null ? (
        <Results {...props} poll={poll} />
      ) : takesPart(companion.person.value) ? (
        <Paper {...props} poll={poll} />
      ) : (
        <p class="question-rest">{turnout(poll)} You observe this gathering, so voting is closed to you.</p>
      )}
    </>
  );
}

function turnout({ turnout: n, of }: Poll): string {
  return of > 0 ? `${n} of ${of} have voted.` : `${n} have voted.`;
}

const LEADS = {
  rating: 'One to five for each, five is most. Results stay hidden until the vote closes.',
  fist: 'Hold up as many fingers as you agree. Results stay hidden until the vote closes.',
  consent: 'Could you live with it and support it? Answers stay hidden until the round closes.',
} as const;

function Paper(props: Props & { readonly poll: Poll }) {
  const { companion, poll } = props;
  const lead =
    poll.kind === 'dots'
      ? `${Counted(poll.budget)} ${poll.budget === 1 ? 'dot' : 'dots'}, ${counted(poll.most)} at most on one. Totals stay hidden until the vote closes.`
      : LEADS[poll.kind];
  const ballot = companion.ballot(poll.poll);
  const handed = companion.isHandedIn(poll.poll);
  return (
    <>
      <p class="question-rest">{lead}</p>
      {marks(props, ballot.ballot)}
      <div class="vote-foot">
        <Status {...props} handed={handed} />
        <HandIn {...props} handed={handed} />
      </div>
    </>
  );
}

function marks(props: Props & { readonly poll: Poll }, ballot: Ballot | null) {
  const { kind } = props.poll;
  const counts = typeof ballot === 'object' && ballot !== null ? ballot : {};
  switch (kind) {
    case 'dots':
      return <Dots {...props} counts={counts} />;
    case 'rating':
      return <Ratings {...props} counts={counts} />;
    case 'fist':
      return <Fist {...props} chosen={typeof ballot === 'number' ? ballot : null} />;
    case 'consent':
      return <ConsentRound {...props} chosen={typeof ballot === 'string' ? ballot : null} />;
    default:
      return unreachable(kind);
  }
}

type Counts = Readonly<Record<string, number>>;

function placed(counts: Counts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function Dots({ companion, editor, services, poll, counts }: Props & { readonly poll: Poll; readonly counts: Counts }) {
  const { board } = editor;
  board.version.value;
  const gathering = companion.gathering.value;
  const list = things(board, gathering, poll.region);
  const spare = poll.budget - placed(counts);
  const set = (thing: BoardElement, count: number): void => {
    companion.choose(poll.poll, { ballot: { ...counts, [thing.id]: count } });
    const left = poll.budget - placed({ ...counts, [thing.id]: count });
    services.announcer.say(`${count} on ${label(thing)}, ${left} left.`);
  };
  if (list.length === 0) return <p class="hint">There is nothing to vote on yet.</p>;
  return (
    <ul class="votes">
      {list.map((thing) => {
        const count = counts[thing.id] ?? 0;
        const theme = themeOf(board, thing, gathering, poll.region);
        const most = count >= poll.most;
        return (
          <li key={thing.id} class="vote">
            <div>
              <b dir="auto">{label(thing)}</b>
              {theme === null ? null : (
                <small class={thing.colour ?? 'oat'}>
                  <SeedMark colour={thing.colour ?? 'oat'} />
                  {theme}
                </small>
              )}
            </div>
            {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a row everywhere */}
            <div class="stepper" role="group" aria-label={`Dots for ${label(thing)}`}>
              <button
                type="button"
                class="btn ico bare"
                aria-label="One dot less"
                aria-disabled={count === 0 ? true : undefined}
                onClick={() => {
                  if (count > 0) set(thing, count - 1);
                }}
              >
                <Icon name="minus" />
              </button>
              <span class="dots" role="img" aria-label={`${count} of ${poll.most}`}>
                {count === 0 ? '0' : Array.from({ length: count }, (_, index) => <i key={index} class="dot" />)}
              </span>
              <button
                type="button"
                class="btn ico bare"
                aria-label="One dot more"
                aria-disabled={most || spare <= 0 ? true : undefined}
                onClick={() => {
                  if (!most && spare > 0) set(thing, count + 1);
                  else if (most) services.announcer.say(`${Counted(poll.most)} at most on one.`);
                  else services.announcer.say('All your dots are placed. Take one back first.');
                }}
              >
                <Icon name="plus" />
              </button>
            </div>
          </li>
        );
      })}
    </ul>
  );
}

function Ratings({ companion, editor, poll, counts }: Props & { readonly poll: Poll; readonly counts: Counts }) {
  const { board } = editor;
  board.version.value;
  const list = things(board, companion.gathering.value, poll.region);
  if (list.length === 0) return <p class="hint">There is nothing to rate yet.</p>;
  return (
    <div class="votes">
      {list.map((thing) => (
        <fieldset key={thing.id} class="vote rate">
          <legend dir="auto">{label(thing)}</legend>
          <Scale
            name={thing.id}
            from={1}
            chosen={counts[thing.id] ?? null}
            choose={(value) => companion.choose(poll.poll, { ballot: { ...counts, [thing.id]: value } })}
          />
        </fieldset>
      ))}
    </div>
  );
}

function Fist({ companion, poll, chosen }: Props & { readonly poll: Poll; readonly chosen: number | null }) {
  return (
    <fieldset class="vote rate fist">
      <legend class="sr">Fingers</legend>
      <Scale
        name={poll.poll}
        from={0}
        chosen={chosen}
        choose={(value) => companion.choose(poll.poll, { ballot: value })}
      />
      <p class="ends">
        <span>0: I cannot</span>
        <span>5: wholly</span>
      </p>
    </fieldset>
  );
}

interface ScaleProps {
  readonly name: string;
  readonly from: number;
  readonly chosen: number | null;
  readonly choose: (value: number) => void;
}

function Scale({ name, from, chosen, choose }: ScaleProps) {
  return (
    <div class="scale">
      {Array.from({ length: 6 - from }, (_, index) => index + from).map((value) => (
        <label key={value}>
          <input type="radio" name={name} checked={value === chosen} onChange={() => choose(value)} />
          <span class="num">{value}</span>
        </label>
      ))}
    </div>
  );
}

const ANSWERS = [
  ['consent', 'I consent', 'Good enough for now, safe enough to try.'],
  ['concern', 'I consent, with a concern', 'It does not hold us up, and should be heard.'],
  ['objection', 'I object', 'It would harm what we are here for. We look for a way together.'],
] as const;

function ConsentRound({ companion, poll, chosen }: Props & { readonly poll: Poll; readonly chosen: string | null }) {
  const id = useId();
  const { reason, named } = companion.ballot(poll.poll);
  return (
    <>
      <fieldset class="answers">
        <legend class="sr">Your answer</legend>
        {ANSWERS.map(([value, words, meaning]) => (
          <label key={value}>
            <input
              type="radio"
              name={poll.poll}
              checked={value === chosen}
              onChange={() => companion.choose(poll.poll, { ballot: value })}
            />
            <span>
              <b>{words}</b>
              <small>{meaning}</small>
            </span>
          </label>
        ))}
      </fieldset>
      {chosen === 'concern' || chosen === 'objection' ? (
        <label class="field">
          <span>What is it?</span>
          <textarea
            autocomplete="off"
            class="input"
            dir="auto"
            rows={3}
            maxLength={600}
            value={reason}
            aria-describedby={`${id}-who`}
            onInput={(event) => companion.choose(poll.poll, { reason: event.currentTarget.value })}
          />
          <small id={`${id}-who`}>
            The group reads it once the round closes.{' '}
            {named ? 'Your name is on it.' : 'Your name is not stored with it.'}
          </small>
        </label>
      ) : null}
      {chosen === 'concern' || chosen === 'objection' ? (
        <label class="check">
          <input
            type="checkbox"
            checked={named}
            onChange={(event) => companion.choose(poll.poll, { named: event.currentTarget.checked })}
          />
          Put my name with it
        </label>
      ) : null}
    </>
  );
}

interface StatusProps extends Props {
  readonly poll: Poll;
  readonly handed: boolean;
}

function isDots({ kind }: Poll): boolean {
  return kind === 'dots';
}

function Status({ companion, poll, handed }: StatusProps) {
  const { ballot, cast, wanted } = companion.ballot(poll.poll);
  const counts = typeof ballot === 'object' && ballot !== null ? ballot : {};
  const spare = poll.budget - placed(counts);
  const offline = wanted && companion.room.save.value.kind !== 'saved';
  let words: string;
  if (handed)
    words = isDots(poll)
      ? 'Your dots are in. Totals show when the vote closes.'
      : 'Your answer is in. Results show when the vote closes.';
  else if (offline) words = 'Kept on this device. It is handed in when the connection is back.';
  else if (cast !== null) words = 'Changed since you handed it in.';
  else if (!isDots(poll)) words = turnout(poll);
  else if (spare === poll.budget) words = 'None placed yet.';
  else words = spare === 0 ? `All ${counted(poll.budget)} placed. You can still move them.` : `${Counted(spare)} left.`;
  return (
    <p class="vote-status" role="status">
      {isDots(poll) ? (
        <span class="dots" aria-hidden="true">
          {Array.from({ length: poll.budget }, (_, index) => (
            <i key={index} class={index < poll.budget - spare ? 'dot' : 'dot ring-dot'} />
          ))}
        </span>
      ) : null}
      <span>{words}</span>
    </p>
  );
}

function HandIn({ companion, services, poll, handed }: StatusProps) {
  const { ballot, reason } = companion.ballot(poll.poll);
  const needsReason = (ballot === 'concern' || ballot === 'objection') && reason.trim() === '';
  const why =
    ballot === null ? 'Choose first.' : needsReason ? 'Say what it is, so that the group can work with it.' : null;
  if (handed) {
    return (
      <p class="handed">
        <Icon name="check" />
        Handed in. You can still change it until the vote closes.
      </p>
    );
  }
  return (
    <button
      type="button"
      class="btn main big"
      aria-disabled={why === null ? undefined : true}
      onClick={() => {
        if (why === null) companion.handIn(poll.poll);
        else services.announcer.say(why);
      }}
    >
      {isDots(poll) ? 'Hand in my dots' : poll.kind === 'consent' ? 'Give my answer' : 'Hand in my rating'}
    </button>
  );
}
