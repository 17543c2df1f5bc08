/** Deciding, in whatever way is asked. What was chosen stays on this device until it is handed in. */

import { useId } from 'preact/hooks';
import { takesPart } from '../../model/agenda.ts';
import { elementId } from '../../model/element.ts';
import type { Poll } from '../../model/gathering/deciding.ts';
import type { Phase } from '../../model/gathering/phase.ts';
import { label } from '../../model/outline.ts';
import { unreachable } from '../../model/unreachable.ts';
import type { Ballot, StoredBallot } from '../../net/gatheringStorage.ts';
import { Icon } from '../icons.tsx';
import { BalanceMarks } from './ballots/BalanceMarks.tsx';
import { ConsentRound } from './ballots/ConsentRound.tsx';
import { Dots } from './ballots/Dots.tsx';
import { Fist } from './ballots/Fist.tsx';
import { Fists } from './ballots/Fists.tsx';
import { countsOf, givenOf, isWhole, markedIn, marksOn, pairsOf } from './ballots/given.ts';
import { type PaperProps, placed } from './ballots/paper.ts';
import { Ratings } from './ballots/Ratings.tsx';
import { MarkWords } from './laterParts.tsx';
import { Missing } from './Missing.tsx';
import { Results } from './Results.tsx';
import { Counted, counted } from './words.ts';

interface Props extends Omit<PaperProps, 'poll'> {
  readonly phase: Phase;
  readonly poll: Poll | null;
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
        <>
          <Results {...props} poll={poll} />
          {poll.kind === 'marks' ? <Missing {...props} /> : null}
        </>
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
  fists:
    'Hold up as many fingers for each as you agree. Leave out what you do not know. Results stay hidden until the vote closes.',
  balance:
    'For each, mark where it is today and where it should be. Leave out what you do not know. Results stay hidden until the vote closes.',
  consent: 'Could you live with it and support it? Answers stay hidden until the round closes.',
} as const;

function Paper(props: PaperProps & { readonly phase: Phase }) {
  const { companion, poll } = props;
  const lead =
    poll.kind === 'dots'
      ? `${Counted(poll.budget)} ${poll.budget === 1 ? 'dot' : 'dots'}, ${counted(poll.most)} at most on one. Totals stay hidden until the vote closes.`
      : poll.kind === 'marks'
        ? `Up to ${poll.budget} marks. Words side by side are one mark. Marks stay hidden until the vote closes.`
        : LEADS[poll.kind];
  const ballot = companion.ballot(poll.poll);
  const handed = companion.isHandedIn(poll.poll);
  return (
    <>
      <p class="question-rest">{lead}</p>
      {ballotPaper(props, ballot.ballot)}
      {poll.kind === 'marks' ? <Missing {...props} /> : null}
      <div class="vote-foot">
        <Status {...props} handed={handed} />
        <HandIn {...props} handed={handed} />
      </div>
    </>
  );
}

function ballotPaper(props: PaperProps, ballot: Ballot | null) {
  const { kind } = props.poll;
  switch (kind) {
    case 'dots':
      return <Dots {...props} counts={countsOf(ballot)} />;
    case 'rating':
      return <Ratings {...props} counts={countsOf(ballot)} />;
    case 'fist':
      return <Fist {...props} chosen={typeof ballot === 'number' ? ballot : null} />;
    case 'fists':
      return <Fists {...props} counts={countsOf(ballot)} />;
    case 'balance':
      return <BalanceMarks {...props} />;
    case 'consent':
      return <ConsentRound {...props} chosen={typeof ballot === 'string' ? ballot : null} />;
    case 'marks':
      return <MarkWords {...props} />;
    default:
      return unreachable(kind);
  }
}

interface StatusProps extends PaperProps {
  readonly handed: boolean;
}

const HANDED: Partial<Record<Poll['kind'], string>> = {
  dots: 'Your dots are in. Totals show when the vote closes.',
  marks: 'Your marks are in. The words show when the vote closes.',
};

function isDots({ kind }: Poll): boolean {
  return kind === 'dots';
}

function Status({ companion, poll, handed }: StatusProps) {
  const { ballot, cast, wanted } = companion.ballot(poll.poll);
  const spare = poll.budget - placed(countsOf(ballot));
  const offline = wanted && companion.room.save.value.kind !== 'saved';
  let words: string;
  if (handed) words = HANDED[poll.kind] ?? 'Your answer is in. Results show when the vote closes.';
  else if (offline) words = 'Kept on this device. It is handed in when the connection is back.';
  else if (cast !== null) words = 'Changed since you handed it in.';
  else if (poll.kind === 'marks') words = `${markedIn(marksOn(ballot))} of ${poll.budget} marks.`;
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

const HAND_IN = {
  dots: 'Hand in my dots',
  rating: 'Hand in my rating',
  fist: 'Hand in my rating',
  fists: 'Hand in my answers',
  balance: 'Hand in my marks',
  consent: 'Give my answer',
  marks: 'Hand in my marks',
} as const;

/** Why it cannot be handed in yet. */
function lacks(poll: Poll, { ballot, reason }: StoredBallot): string | null {
  if (Object.values(pairsOf(ballot)).some((pair) => !isWhole(pair))) {
    return 'Each needs two marks: where it is today, and where it should be.';
  }
  if (ballot === null || givenOf(poll, ballot) === null) return 'Choose first.';
  if ((ballot === 'concern' || ballot === 'objection') && reason.trim() === '') {
    return 'Say what it is, so that the group can work with it.';
  }
  return null;
}

function HandIn({ companion, services, poll, handed }: StatusProps) {
  const id = useId();
  const why = lacks(poll, companion.ballot(poll.poll));
  if (handed) {
    return (
      <p class="handed">
        <Icon name="check" />
        Handed in. You can still change it until the vote closes.
      </p>
    );
  }
  return (
    <>
      <button
        type="button"
        class="btn main big"
        aria-disabled={why === null ? undefined : true}
        aria-describedby={why === null ? undefined : id}
        onClick={() => {
          if (why === null) companion.handIn(poll.poll);
          else services.announcer.say(why);
        }}
      >
        {HAND_IN[poll.kind]}
      </button>
      {why === null ? null : (
        <p id={id} class="hint">
          {why}
        </p>
      )}
    </>
  );
}
