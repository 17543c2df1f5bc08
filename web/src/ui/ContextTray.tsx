/** The tray for what is selected: colours, another region, a copy, away with it. It never lies over what it is about. */

import './styles/tray.css';
import { useSignal } from '@preact/signals';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { isEditable } from '../model/board.ts';
import { rectToScreen } from '../model/camera.ts';
import { type BoardElement, COLOURS, type ElementId, type Rect } from '../model/element.ts';
import { union } from '../model/rect.ts';
import { isResizable } from '../render/handles.ts';
import { colourLabel } from '../render/seeds.ts';
import { counted } from '../tools/describe.ts';
import { ChooseDialog } from './ChooseDialog.tsx';
import type { Editor } from './editor.ts';
import { Icon, SeedMark } from './icons.tsx';
import { layout } from './layout.ts';
import { lockedWords, toggleLock } from './locking.ts';
import { regionName } from './regions.ts';

const OUTSIDE = 'outside';
/** Kept free around what is selected, in CSS pixels. */
const CLEARANCE = 14;

export function ContextTray({ editor }: { readonly editor: Editor }) {
  const { board } = editor;
  board.version.value;
  const elements = [...editor.selection.value].flatMap((id) => board.get(id) ?? []);
  const busy = editor.preview.value.kind === 'move' || editor.preview.value.kind === 'resize';
  const sweeping = editor.preview.value.kind === 'marquee';
  if (elements.length === 0 || !editor.room.canWrite.value || busy || sweeping) return null;
  return <Tray editor={editor} elements={elements} />;
}

function Tray({ editor, elements }: { readonly editor: Editor; readonly elements: readonly BoardElement[] }) {
  const { board } = editor;
  const tray = useRef<HTMLFieldSetElement>(null);
  const atTop = useSignal(false);
  const moving = useSignal(false);
  const more = useSignal(false);
  const colours = useId();
  const phone = layout.value === 'phone';
  const ids = elements.map((element) => element.id);
  const [first] = elements;
  const camera = editor.camera.value;
  const single = elements.length === 1 ? first : undefined;
  const colour = elements.every((element) => element.colour === first?.colour) ? first?.colour : null;
  const locked = elements.every((element) => element.locked);
  const host = editor.arranges;
  const colourable = elements.some((element) => COLOURED.has(element.kind) && !element.locked);

  // Wherever the tray would cover what it is about it goes to the other edge; on a phone the view moves instead.
  useLayoutEffect(() => {
    const box = tray.current;
    const bounds = boundsOf(editor, ids);
    if (box === null || bounds === null || phone) return;
    const selected = rectToScreen(camera, bounds);
    const { w, h } = editor.viewport.peek();
    const width = box.offsetWidth;
    const height = box.offsetHeight;
    const across = selected.x < (w + width) / 2 + CLEARANCE && selected.x + selected.w > (w - width) / 2 - CLEARANCE;
    const foot = h - height - TRAY_FOOT - CLEARANCE;
    const coversBelow = across && selected.y + selected.h > foot && selected.y < h - TRAY_FOOT;
    const coversAbove = across && selected.y < TRAY_TOP + height + CLEARANCE;
    atTop.value = coversBelow && !coversAbove;
  });
  const key = ids.join(' ');
  useLayoutEffect(() => {
    const box = tray.current;
    const bounds = boundsOf(editor, ids);
    if (box === null || bounds === null || !phone || editor.editing.peek() !== null) return;
    editor.view.reveal(bounds, 0, { ...editor.view.insets.peek(), bottom: box.offsetHeight + CLEARANCE });
  }, [key, phone]);

  const close = (): void => {
    moving.value = false;
  };
  const closeMore = (): void => {
    more.value = false;
  };
  const changes = (
    <>
      <span class="bar" />
      <button
        type="button"
        class="btn bare"
        aria-haspopup="dialog"
        onClick={() => {
          moving.value = true;
        }}
      >
        <Icon name="moveTo" />
        <span>Move to…</span>
      </button>
      <button type="button" class="btn bare" onClick={() => editor.duplicateSelection()}>
        <Icon name="duplicate" />
        <span>Duplicate</span>
      </button>
      <button type="button" class="btn bare stop" onClick={() => editor.deleteSelection()}>
        <Icon name="trash" />
        <span>Delete</span>
      </button>
      <button
        type="button"
        class="btn bare ico"
        aria-label="More"
        aria-expanded={more.value}
        onClick={() => {
          more.value = !more.value;
        }}
      >
        <Icon name="more" />
      </button>
    </>
  );
  return (
    <fieldset
      ref={tray}
      class={`tray${atTop.value ? ' at-top' : ''}`}
      aria-label="For what is selected"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        event.preventDefault();
        if (more.value) more.value = false;
        else editor.clear();
      }}
    >
      <span class="tray-count">{counted(elements)}</span>
      {colourable ? (
        <fieldset class="swatches" aria-label="Colour">
          {COLOURS.map((name, index) => (
            <label key={name} class={`swatch-choice ${name}`} title={`${colourLabel(name)} (${index + 1})`}>
              <input
                type="radio"
                name={colours}
                class="sr"
                value={name}
                checked={name === colour}
                onChange={() => editor.recolour(name)}
              />
              <span class="sr">{colourLabel(name)}</span>
              <SeedMark colour={name} />
            </label>
          ))}
        </fieldset>
      ) : null}
      {locked ? (
        <>
          <span class="bar" />
          <p class="closed-line">
            <Icon name="lock" small />
            {lockedWords(editor)}
          </p>
          {host ? (
            <button type="button" class="btn bare" onClick={() => toggleLock(editor)}>
              Unlock
            </button>
          ) : null}
        </>
      ) : (
        changes
      )}
      <button type="button" class="btn bare ico" aria-label="Let go of the selection" onClick={() => editor.clear()}>
        <Icon name="close" />
      </button>
      {more.value && !locked ? <More editor={editor} single={single} close={closeMore} /> : null}
      {moving.value ? (
        <ChooseDialog
          title="Move to a region"
          lead={`${counted(elements)} will lie in a free place there.`}
          options={[
            ...board.regions().map((region) => ({ key: region.id as string, label: regionName(region), mark: null })),
            { key: OUTSIDE, label: 'Outside the regions', mark: null },
          ]}
          current={single === undefined ? '' : (single.parent ?? OUTSIDE)}
          close={close}
          choose={(choice) => {
            close();
            editor.moveTo(ids, board.regions().find((region) => region.id === choice)?.id ?? null);
          }}
        />
      ) : null}
    </fieldset>
  );
}

interface MoreProps {
  readonly editor: Editor;
  readonly single: BoardElement | undefined;
  readonly close: () => void;
}

function More({ editor, single, close }: MoreProps) {
  const act = (run: () => void) => () => {
    close();
    run();
  };
  const also = single && editor.plots.value?.also(single.id);
  return (
    <div class="tray-more">
      {single !== undefined && (isEditable(single) || editor.plots.value?.reads(single.id) != null) ? (
        <button type="button" class="btn bare" onClick={act(() => editor.edit(single.id))}>
          <Icon name="pencil" />
          {single.kind === 'card' ? 'Open the card' : 'Edit the words'}
        </button>
      ) : null}
      <button
        type="button"
        class="btn bare"
        onClick={act(() => {
          editor.placing.value = 'move';
          editor.announce('Tap or click where it should go. Escape leaves it where it is.');
        })}
      >
        <Icon name="move" />
        Move to a place I tap
      </button>
      {also ? (
        <button type="button" class="btn bare" onClick={act(also.run)}>
          <Icon name="plus" />
          {also.label}
        </button>
      ) : null}
      {single !== undefined && isResizable(single) ? (
        <>
          <button type="button" class="btn bare" onClick={() => editor.resize(1)}>
            <Icon name="plus" />
            Larger
          </button>
          <button type="button" class="btn bare" onClick={() => editor.resize(-1)}>
            <Icon name="minus" />
            Smaller
          </button>
        </>
      ) : null}
      {editor.arranges ? (
        <button type="button" class="btn bare" onClick={act(() => toggleLock(editor))}>
          <Icon name="lock" />
          Lock
        </button>
      ) : null}
      <button type="button" class="btn bare" onClick={act(() => editor.reorder('front'))}>
        <Icon name="front" />
        Bring to the front
      </button>
      <button type="button" class="btn bare" onClick={act(() => editor.reorder('back'))}>
        <Icon name="behind" />
        Send to the back
      </button>
    </div>
  );
}

const COLOURED: ReadonlySet<BoardElement['kind']> = new Set(['note', 'shape', 'ink', 'stamp', 'frame']);
/** From the edges of the stage to the tray, as the style sheet has it. */
const TRAY_FOOT = 84;
const TRAY_TOP = 16;

function boundsOf(editor: Editor, ids: readonly ElementId[]): Rect | null {
  return union(ids.flatMap((id) => editor.board.worldRect(id) ?? []));
}
