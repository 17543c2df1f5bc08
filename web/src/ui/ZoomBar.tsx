/** The view: closer, further, everything, and the buttons that move it without a drag. */

import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import type { Editor } from './editor.ts';
import { Icon, type IconName } from './icons.tsx';
import { layout } from './layout.ts';

const WAYS = [
  { way: 'up', label: 'Show what is above', dx: 0, dy: -1, icon: 'back' },
  { way: 'left', label: 'Show what is on the left', dx: -1, dy: 0, icon: 'back' },
  { way: 'right', label: 'Show what is on the right', dx: 1, dy: 0, icon: 'arrow' },
  { way: 'down', label: 'Show what is below', dx: 0, dy: 1, icon: 'arrow' },
] as const satisfies readonly { way: string; label: string; dx: number; dy: number; icon: IconName }[];

/** Part of the view that one press moves by. */
const SHARE = 0.4;

export function ZoomBar({ editor }: { readonly editor: Editor }) {
  const pad = useId();
  const moving = useSignal(false);
  const percent = `${Math.round(editor.camera.value.zoom * 100)}%`;
  const move = (dx: number, dy: number): void => {
    const { w, h } = editor.viewport.value;
    editor.panBy(dx * w * SHARE, dy * h * SHARE);
  };
  // On a phone the board needs the room: everything but the whole board stands behind one button.
  const phone = layout.value === 'phone';
  const out = (
    <button type="button" class="btn ico out" aria-label="Zoom out" onClick={() => editor.zoomOut()}>
      <Icon name="minus" />
    </button>
  );
  const closer = (
    <button type="button" class="btn ico in" aria-label="Zoom in" onClick={() => editor.zoomIn()}>
      <Icon name="plus" />
    </button>
  );
  const name = phone ? 'Zoom and move the view' : 'Move the view';
  return (
    <fieldset class="zoom" aria-label="View">
      {phone ? null : out}
      <button
        type="button"
        class="btn percent num"
        aria-label={`Zoom ${percent}. Show actual size`}
        onClick={() => editor.zoomTo(1)}
      >
        {percent}
      </button>
      {phone ? null : closer}
      <button type="button" class="btn ico" aria-label="Show the whole board" onClick={() => editor.fit()}>
        <Icon name="fit" />
      </button>
      <button
        type="button"
        class="btn ico"
        aria-label={name}
        aria-expanded={moving.value}
        aria-controls={pad}
        onClick={() => {
          moving.value = !moving.value;
        }}
      >
        <Icon name="move" />
      </button>
      <fieldset id={pad} class="pan-pad" aria-label={name} hidden={!moving.value}>
        {WAYS.map(({ way, label, dx, dy, icon }) => (
          <button type="button" class={`btn ico ${way}`} key={way} aria-label={label} onClick={() => move(dx, dy)}>
            <Icon name={icon} />
          </button>
        ))}
        {phone ? out : null}
        {phone ? closer : null}
      </fieldset>
    </fieldset>
  );
}
