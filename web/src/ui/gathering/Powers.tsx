/** What hosts did: every power that was used, for everybody to read. */

import '../styles/powers.css';
import type { PowerUsed } from '../../model/gathering/moderating.ts';
import { Dialog } from '../Dialog.tsx';
import type { Attendance } from './attendance.ts';
import { timeWords } from './words.ts';

const MOST = 100;

/** The server says what was done; whom it was done to, only people's names can say. */
function powerWords({ what, about }: PowerUsed, { room }: Attendance): string {
  return what.replace('…', (about === null ? null : room.nameOf(about)) ?? 'somebody');
}

export function PowersList({ attendance }: { readonly attendance: Attendance }) {
  const { powers } = attendance.gathering.value.moderating;
  if (powers.length === 0) return <p class="soft">No host has used a power yet.</p>;
  return (
    <ol class="powers">
      {powers
        .slice(-MOST)
        .toReversed()
        .map((power) => (
          <li key={`${power.at} ${power.what} ${power.about}`}>
            <span class="num soft">{timeWords(power.at)}</span>
            <span>
              <bdi>{power.by === '' ? 'The server' : attendance.nameOf(power.by)}</bdi> {powerWords(power, attendance)}
            </span>
          </li>
        ))}
    </ol>
  );
}

export function PowersDialog({ attendance, close }: { readonly attendance: Attendance; readonly close: () => void }) {
  return (
    <Dialog
      title="What hosts did"
      lead="Hosts open and close regions, reveal, set aside and remove. Each time they do, it stands here for everybody."
      close={close}
    >
      <PowersList attendance={attendance} />
    </Dialog>
  );
}
