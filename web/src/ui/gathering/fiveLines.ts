/** Five lines for somebody who comes while the gathering is under way: what for, where we are, what came of it so far, what is asked, how long. */

import { type Ask, askNow, clockText, type Person, regionOf, stepOf, timeLeft } from '../../model/agenda.ts';
import type { Board } from '../../model/board.ts';
import { elementId } from '../../model/element.ts';
import type { Poll, PollKind } from '../../model/gathering/deciding.ts';
import type { Gathering } from '../../model/gathering/gathering.ts';
import { label } from '../../model/outline.ts';
import { OUTCOMES } from '../focus/bars.ts';
import { things } from '../focus/things.ts';
import { about, sentence } from './words.ts';

export interface Line {
  readonly about: string;
  readonly words: string;
}

/**
 * The five lines, each true at `now`, the server's time.
 *
 * They tell what anybody reads on the board and nothing else: of what is sealed not even that there is any.
 */
export function catchUp(gathering: Gathering, board: Board, person: Person, now: number): readonly Line[] {
  const { show } = gathering;
  const step = stepOf(gathering);
  const ask = askNow(gathering, person);
  const phase = 'phase' in ask ? ask.phase : null;
  const where = phase === null ? 'Between two steps.' : sentence(phase.title);
  return [
    { about: 'What for', words: sentence(show.purpose || show.title) },
    { about: 'Where we are', words: step === null ? where : `Step ${step.n} of ${step.m}: ${where}` },
    { about: 'So far', words: soFar(gathering, board) },
    { about: 'Now', words: asked(ask, gathering) },
    { about: 'Time', words: time(gathering, now) },
  ];
}

/** What has been revealed and decided, the latest first. */
function soFar(gathering: Gathering, board: Board): string {
  const decided = gathering.deciding.polls.filter(({ result }) => result !== null).map((poll) => decision(poll, board));
  const revealed = gathering.show.phases
    .filter((phase) => phase.revealed)
    .flatMap(({ opens }) => opens.filter(({ visibility }) => visibility !== 'open').map(({ region }) => region))
    .map((region) => {
      const count = things(board, gathering, region).filter(({ text }) => text.trim() !== '').length;
      const title = regionOf(gathering, region)?.title ?? 'a region';
      return `${count === 1 ? 'One note is' : `${count} notes are`} revealed in ${title}.`;
    });
  const lines = [...decided.toReversed(), ...revealed.toReversed()];
  if (lines.length > 0) return lines.slice(0, 2).join(' ');
  const written = gathering.show.regions.reduce((sum, { key }) => sum + things(board, gathering, key).length, 0);
  if (written === 0) return 'Nothing is decided yet, and nothing is on the board.';
  return `Nothing is decided yet. ${written === 1 ? 'One note is' : `${written} notes are`} on the board.`;
}

/** Here nothing is chosen before something else. */
const UNRANKED: readonly PollKind[] = ['fist', 'fists', 'balance', 'marks'];

function decision({ question, kind, result }: Poll, board: Board): string {
  const asked = sentence(question);
  if (result === null) return asked;
  if (result.outcome !== null) return `${asked} ${OUTCOMES[result.outcome]}`;
  const [first, ...more] = [...(kind === 'rating' ? result.means : result.totals)].sort(([, a], [, b]) => b - a);
  if (result.suppressed || first === undefined || UNRANKED.includes(kind)) return `${asked} ${result.n} answered.`;
  const level = more.some(([, count]) => count === first[1]);
  const thing = board.get(elementId(first[0]));
  return level || thing === undefined ? `${asked} ${result.n} voted.` : `${asked} Most chose “${label(thing)}”.`;
}

/** What is asked of whoever reads it. */
function asked(ask: Ask, { show }: Gathering): string {
  switch (ask.kind) {
    case 'write':
    case 'sealed': {
      const region = show.regions.find(({ key }) => key === ask.openings[0]?.region);
      const what = region?.prompt || ask.phase.instruction;
      const how = ask.kind === 'sealed' ? 'You write alone' : 'You write';
      const place = region === undefined ? '' : ` in ${region.title}`;
      return what === '' ? `${how}${place}.` : `${how}${place}: ${sentence(what)}`;
    }
    case 'vote':
      return `You vote: ${sentence(ask.poll?.question ?? ask.phase.poll?.question ?? ask.phase.title)}`;
    case 'revealed':
      return 'Everybody reads what was revealed, in silence.';
    case 'sort':
      return 'You choose a note, and then where it belongs.';
    case 'listen':
      return sentence(ask.phase.instruction || 'You listen; there is nothing to write in this step');
    default:
      return 'Nothing is asked of you just now.';
  }
}

function time({ show }: Gathering, now: number): string {
  const left = timeLeft(show, now);
  if (left === null) return 'No clock is running.';
  if (show.timer?.ends == null) return `The clock is stopped, with ${clockText(left)} left.`;
  return left === 0 ? 'The time for this step is up.' : `${clockText(left)} left, until ${about(show.timer.ends)}.`;
}
