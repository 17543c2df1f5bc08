/** Everything that can be done to the row in focus, with a word on each. Closed ones stay, and say why. */

import { useSignal } from '@preact/signals';
import { COLOURS, type ElementId } from '../model/element.ts';
import type { OutlineRow } from '../model/outline.ts';
import type { Room } from '../net/room.ts';
import { colourLabel } from '../render/seeds.ts';
import { ChooseDialog } from './ChooseDialog.tsx';
import type { Editor } from './editor.ts';
import { Drawing, Icon, type Outline, SeedMark } from './icons.tsx';
import { lockedWords, toggleLock } from './locking.ts';
import { closedBecause, LAYOUT_REASON, observes } from './observing.ts';
import { regionName } from './regions.ts';

/** Lucide outlines (ISC, see `licences.txt`) that nothing on the first screen needs. */
const COLOUR: Outline = {
  paths: [
    'M12 2a10 10 0 0 0 0 20c1.1 0 2-.9 2-2 0-.5-.2-1-.5-1.4-.3-.3-.5-.8-.5-1.3 0-1.1.9-2 2-2h2.3a4.7 4.7 0 0 0 4.7-4.7C22 5.9 17.5 2 12 2z',
  ],
  circles: [
    [7.5, 11.5, 0.6],
    [10, 7, 0.6],
    [15, 7, 0.6],
    [17.5, 11, 0.6],
  ],
};
const SHOW: Outline = {
  paths: [
    'M3 7V5a2 2 0 0 1 2-2h2',
    'M17 3h2a2 2 0 0 1 2 2v2',
    'M21 17v2a2 2 0 0 1-2 2h-2',
    'M7 21H5a2 2 0 0 1-2-2v-2',
    'M18.944 12.33a1 1 0 0 0 0-.66 7.5 7.5 0 0 0-13.888 0 1 1 0 0 0 0 .66 7.5 7.5 0 0 0 13.888 0',
  ],
  circles: [[12, 12, 1]],
};

interface Props {
  readonly id: ElementId;
  readonly kind: OutlineRow['kind'];
  readonly label: string;
  readonly editor: Editor;
  readonly room: Room;
  readonly edit: () => void;
  readonly addInside: (region: ElementId) => void;
  readonly remove: (id: ElementId) => void;
  readonly showOnBoard: (id: ElementId) => void;
  readonly revealRow: (id: ElementId) => void;
}

const OUTSIDE = 'outside';

export function OutlineActions(props: Props) {
  const { id, kind, label, editor, room, edit, addInside, remove, showOnBoard, revealRow } = props;
  const choosing = useSignal<'region' | 'colour' | null>(null);
  const board = room.board.value;
  const region = kind === 'frame';
  const locked = board.get(id)?.locked === true;
  const reason = observes(room) ? null : (closedBecause(room) ?? (locked ? lockedWords(editor) : null));
  const closed = observes(room) || reason !== null;
  const laidOut = region && !editor.arranges;
  const also = editor.plots.value?.also(id);

  const ask = (what: 'region' | 'colour'): void => {
    if (!editor.refuse()) choosing.value = what;
  };
  const stop = (): void => {
    choosing.value = null;
  };

  return (
    <>
      <div class="row-actions" role="toolbar" aria-label={`Actions for “${label}”`}>
        {closed ? null : (
          <>
            {laidOut ? null : (
              <button type="button" class="btn" onClick={edit}>
                <Icon name="pencil" small />
                {region ? 'Change the title' : 'Edit'}
              </button>
            )}
            {region ? (
              <button type="button" class="btn" onClick={() => addInside(id)}>
                <Icon name="plus" small />
                {editor.plots.value?.recordIn(id, '') == null ? 'Add a note here' : 'Add a card here'}
              </button>
            ) : (
              <>
                <button type="button" class="btn" aria-haspopup="dialog" onClick={() => ask('region')}>
                  <Icon name="moveTo" small />
                  Move to…
                </button>
                <button type="button" class="btn" aria-haspopup="dialog" onClick={() => ask('colour')}>
                  <Drawing outline={COLOUR} small />
                  Colour
                </button>
                <button
                  type="button"
                  class="btn"
                  onClick={() => {
                    editor.select([id]);
                    editor.duplicateSelection();
                  }}
                >
                  <Icon name="duplicate" small />
                  Duplicate
                </button>
              </>
            )}
            {also ? (
              <button type="button" class="btn" onClick={also.run}>
                <Icon name="plus" small />
                {also.label}
              </button>
            ) : null}
            {laidOut ? null : (
              <button type="button" class="btn stop" onClick={() => remove(id)}>
                <Icon name="trash" small />
                Delete
              </button>
            )}
          </>
        )}
        {editor.arranges && room.canWrite.value ? (
          <button
            type="button"
            class="btn"
            onClick={() => {
              editor.select([id]);
              toggleLock(editor);
            }}
          >
            <Icon name="lock" small />
            {locked ? 'Unlock' : 'Lock'}
          </button>
        ) : null}
        <button type="button" class="btn" onClick={() => showOnBoard(id)}>
          <Drawing outline={SHOW} small />
          Show on board
        </button>
        {reason !== null || (laidOut && !closed) ? (
          <p class="closed-line">
            <Icon name="lock" small />
            {reason ?? LAYOUT_REASON}
          </p>
        ) : null}
      </div>
      {choosing.value === 'region' ? (
        <ChooseDialog
          title="Move to a region"
          lead={`“${label}”`}
          options={[
            ...board.regions().map((frame) => ({ key: frame.id as string, label: regionName(frame), mark: null })),
            { key: OUTSIDE, label: 'Outside the regions', mark: null },
          ]}
          current={board.get(id)?.parent ?? OUTSIDE}
          close={stop}
          choose={(key) => {
            stop();
            const target = board.regions().find((frame) => frame.id === key);
            editor.moveTo([id], target?.id ?? null);
            revealRow(id);
          }}
        />
      ) : null}
      {choosing.value === 'colour' ? (
        <ChooseDialog
          title="Choose a colour"
          lead={`“${label}”`}
          options={COLOURS.map((name) => ({
            key: name,
            label: colourLabel(name),
            mark: <SeedMark colour={name} />,
            swatch: name,
          }))}
          current={board.get(id)?.colour ?? ''}
          close={stop}
          choose={(key) => {
            stop();
            const colour = COLOURS.find((name) => name === key);
            if (colour === undefined) return;
            editor.select([id]);
            editor.recolour(colour);
          }}
        />
      ) : null}
    </>
  );
}
