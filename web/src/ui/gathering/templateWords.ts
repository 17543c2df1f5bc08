/** What the picker says of a template, in plain words. */

import { POLL_KINDS, type PollKind } from '../../model/gathering/deciding.ts';
import { some } from '../../model/gathering/reading.ts';
import type { Need, Template, TemplatePhase } from '../../net/templates.ts';

export const NEED_WORDS: Readonly<Record<Need, string>> = {
  meet: 'Get to know each other',
  see: 'See what is happening',
  agree: 'Agree how we work',
  purpose: 'Find our purpose',
  focus: 'Choose our focus',
  act: 'Act and review',
};

const POLL_WORDS: Readonly<Record<PollKind, string>> = {
  dots: 'Everybody puts dots. Totals show at the close',
  rating: 'Everybody rates. Results show at the close',
  fist: 'Everybody shows nought to five. Results show at the close',
  fists: 'Everybody shows nought to five for each card. Results show at the close',
  balance: 'Everybody marks where things are and should be. Results show at the close',
  marks: 'Everybody marks words that ring true, or jar. Totals show at the close',
  consent: 'Everybody consents, or says what harm they see',
};

/** "5 to 10 min", the shortest form first; "5 min" where there is one. */
export function minutesOf(template: Template): string {
  const minutes = template.lengths.map((length) => length.minutes);
  const [least, most] = [Math.min(...minutes), Math.max(...minutes)];
  return least === most ? `${most} min` : `${least} to ${most} min`;
}

export function peopleOf({ people: [fewest, most] }: Template): string {
  return `${fewest} to ${most} people, in a room, remote or both`;
}

/** Who sees what is written in a step, or how the group decides in it; nothing where neither happens. */
export function termsOf(phase: TemplatePhase): string {
  if (phase.poll !== null) {
    // A server may be newer than this page.
    const kind = some(phase.poll, POLL_KINDS);
    return kind === null ? '' : POLL_WORDS[kind];
  }
  if (phase.writers === 'host') return 'A host writes';
  if (phase.writers === 'harvest') return 'The harvester writes';
  switch (phase.visibility) {
    case 'sealed-open':
      return phase.attribution === 'none'
        ? 'Written alone, shown together, without names'
        : 'Written alone, shown together';
    case 'sealed-table':
      return 'Written alone, shown at your table';
    case 'table':
      return 'Only your table sees it';
    case 'open':
      return 'Everyone sees it as it is written';
    default:
      return '';
  }
}

/** A list of words in a sentence. */
export function listed(words: readonly string[]): string {
  return words
    .map((word, index) => (index === 0 ? word : `${word.charAt(0).toLowerCase()}${word.slice(1)}`))
    .join(', ');
}
