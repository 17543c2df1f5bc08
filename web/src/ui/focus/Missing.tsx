/** What is missing in what is marked: written sealed in the same step, and read here once it is revealed. */

import { isHeld, openingsFor, regionOf } from '../../model/agenda.ts';
import type { Phase } from '../../model/gathering/phase.ts';
import { label } from '../../model/outline.ts';
import type { PaperProps } from './ballots/paper.ts';
import { things } from './things.ts';
import { WriteBeside } from './Write.tsx';

export function Missing({ phase, ...props }: Omit<PaperProps, 'poll'> & { readonly phase: Phase }) {
  const { companion, editor } = props;
  const gathering = companion.gathering.value;
  const openings = openingsFor(gathering, companion.person.value).filter(isHeld);
  editor.board.version.value;
  if (openings.length === 0) return null;
  if (!phase.revealed) return <WriteBeside {...props} phase={phase} openings={openings} main={false} />;
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
