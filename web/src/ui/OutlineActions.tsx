/** Everything that can be done to the row in focus, with a word on each. Closed ones stay, and say why. */

import { useSignal } from '@preact/signals';
import { COLOURS, type ElementId } from '../model/element.ts';
import type { OutlineRow } from '../model/outline.ts';
import type { Room } from '../net/room.ts';
import { colourLabel } from '../render/seeds.ts';
import { ChooseDialog } from './ChooseDialog.tsx';
import type { Editor } from './editor.ts';
import { Icon, SeedMark } from './icons.tsx';
import { lockedWords, toggleLock } from './locking.ts';
import { closedBecause, LAYOUT_REASON, observes } from './observing.ts';
import { regionName } from './regions.ts';

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
                Add a note here
              </button>
            ) : (
              <>
                <button type="button" class="btn" aria-haspopup="dialog" onClick={() => ask('region')}>
                  <Icon name="moveTo" small />
                  Move to…
                </button>
                <button type="button" class="btn" aria-haspopup="dialog" onClick={() => ask('colour')}>
                  <Icon name="colour" small />
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
          <Icon name="show" small />
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
