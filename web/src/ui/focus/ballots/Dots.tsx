/** A budget of dots, put where one's effort should go. */

import type { BoardElement } from '../../../model/element.ts';
import { label } from '../../../model/outline.ts';
import { Icon, SeedMark } from '../../icons.tsx';
import { themeOf, things } from '../things.ts';
import { Counted } from '../words.ts';
import { type CountsProps, placed } from './paper.ts';

export function Dots({ companion, editor, services, poll, counts }: CountsProps) {
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
