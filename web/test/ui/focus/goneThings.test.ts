import { beforeEach, describe, expect, it } from 'vitest';
import type { Board } from '../../../src/model/board.ts';
import type { ElementId } from '../../../src/model/element.ts';
import type { Ballot } from '../../../src/net/gatheringStorage.ts';
import { addFrame, addNote, bench, rect } from '../../model/boards.ts';
import { attend, told } from '../companions.ts';

const MARKED = { words: 'digest__', rings: [[0, 0] as const], jars: [] };

let board: Board;
let frame: ElementId;
let here: ElementId;
let gone: ElementId;

beforeEach(() => {
  ({ board } = bench(7));
  frame = addFrame(board, 'Cards');
  here = addNote(board, 'Stays', rect(0, 0), frame);
  gone = addNote(board, 'Goes', rect(0, 200), frame);
});

async function choosing(kind: string) {
  const polls = [{ poll: 'p', kind, region: 'see', budget: 5, most: 3, open: true, round: 1 }];
  const attended = await attend('open', board);
  const { show, ...rest } = told('open');
  const regions = show.regions.map((region) => ({ ...region, element: frame }));
  attended.gathering.value = { ...rest, show: { ...show, regions }, deciding: { polls } };
  const cast = () => attended.said.filter(({ name }) => name === 'poll.cast').map(({ args }) => args.ballot);
  return { ...attended, cast };
}

const KINDS: readonly [string, unknown, unknown][] = [
  ['dots', 2, 3],
  ['rating', 4, 1],
  ['fists', 0, 3],
  ['balance', [0, 50], [50, null]],
  ['marks', MARKED, MARKED],
];

describe.each(KINDS)('a ballot of %s about something that goes', (kind, kept, lost) => {
  it('is handed in without it, and says nothing of it before', async () => {
    const { companion, cast } = await choosing(kind);
    companion.choose('p', { ballot: { [here]: kept, [gone]: lost } as Ballot });
    board.run({ type: 'delete', ids: [gone] });
    expect(companion.ballot('p').ballot).toEqual({ [here]: kept });
    companion.handIn('p');
    expect(cast()).toEqual([{ [here]: kept }]);
  });

  it('stays in when it goes later, and can still be changed', async () => {
    const { companion, cast, own } = await choosing(kind);
    companion.choose('p', { ballot: { [here]: kept, [gone]: kind === 'balance' ? [0, 0] : lost } as Ballot });
    companion.handIn('p');
    await Promise.resolve();
    own.value = { people: { role: 'participant' }, deciding: { cast: ['p'] } };
    expect(companion.isHandedIn('p')).toBe(true);
    board.run({ type: 'delete', ids: [gone] });
    expect(companion.isHandedIn('p')).toBe(true);
    companion.choose('p', { ballot: companion.ballot('p').ballot });
    companion.handIn('p');
    expect(cast().at(-1)).toEqual({ [here]: kept });
  });
});
