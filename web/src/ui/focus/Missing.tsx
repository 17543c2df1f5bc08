/** What is missing in what is marked: written sealed in the same step, and read here once it is revealed. */

import { isHeld, openingsFor, regionOf } from '../../model/agenda.ts';
import type { Phase } from '../../model/gathering/phase.ts';
import { label } from '../../model/outline.ts';
import type { PaperProps } from './ballots/paper.ts';
import { things } from './things.ts';
import { Write } from './Write.tsx';

export function Missing({ phase, ...props }: Omit<PaperProps, 'poll'> & { readonly phase: Phase }) {
  const { companion, editor } = props;
  const gathering = companion.gathering.value;
  const openings = openingsFor(gathering, companion.person.value).filter(isHeld);
  editor.board.version.value;
  if (openings.length === 0) return null;
  if (!phase.revealed) {
    return (
      <Write
        {...props}
        phase={phase}
        openings={openings}
        takesFocus={false}
        toBoard={nowhere}
        toOutline={nowhere}
        showOnBoard={nowhere}
      />
    );
  }
  return (
    <>
      {openings.map(({ region }) => (
        <section key={region} class="yours" aria-label={regionOf(gathering, region)?.title}>
          <h4 dir="auto">{regionOf(gathering, region)?.title}</h4>
          <ul>
            {things(editor.board, gathering, region).map((note) => (
              <li key={note.id} class="own-note open">
                <p dir="auto">{label(note)}</p>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

/** What is written sealed leads to no other view. */
const nowhere = (): void => undefined;
