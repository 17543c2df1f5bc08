/** Quick capture: type, Enter, type, Enter. The field keeps the focus, the region and the colour. */

import { useSignal } from '@preact/signals';
import type { TargetedSubmitEvent } from 'preact';
import { useId, useRef } from 'preact/hooks';
import { COLOURS, type ElementId, LIMITS } from '../model/element.ts';
import type { Room } from '../net/room.ts';
import { colourLabel } from '../render/seeds.ts';
import type { Editor } from './editor.ts';
import { Icon, SeedMark } from './icons.tsx';
import { observes } from './observing.ts';
import { regionName } from './regions.ts';

interface Props {
  readonly editor: Editor;
  readonly room: Room;
  /** The region to begin with; the person's own choice stays until they change it. */
  readonly suggested: ElementId | null;
}

export function QuickAdd({ editor, room, suggested }: Props) {
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const own = useSignal<string | null>(null);
  const board = room.board.value;
  board.version.value;
  const regions = board.regions();
  const plots = editor.plots.value;
  const wish = own.value ?? (plots === null ? suggested : plots.homeFor(suggested)) ?? '';
  const region = regions.find((frame) => frame.id === wish)?.id ?? null;

  const add = (event?: TargetedSubmitEvent<HTMLFormElement>): void => {
    event?.preventDefault();
    const area = field.current;
    const text = area?.value.trim() ?? '';
    if (area === null || text === '') {
      area?.focus();
      return;
    }
    if (editor.refuse() || editor.addNote({ parent: region, text, edit: false }) === null) return;
    area.value = '';
    area.focus();
  };

  if (observes(room)) {
    return (
      <p class="quick closed-line">
        <Icon name="lock" small />
        You observe this gathering, so adding notes is closed to you.
      </p>
    );
  }
  const reason = editor.closed('note');
  const why =
    reason === null ? null : (
      <p class="closed-line" id={`${id}-closed`}>
        <Icon name="lock" small />
        {reason}
      </p>
    );
  return (
    <form class="quick" onSubmit={add}>
      {reason === plots?.closed ? <div>{why}</div> : why}
      <div class="quick-line">
        <label class="sr" for={`${id}-text`}>
          Add a note
        </label>
        <textarea
          ref={field}
          id={`${id}-text`}
          class="input"
          rows={1}
          dir="auto"
          placeholder="Add a note"
          maxLength={LIMITS.text}
          enterkeyhint="send"
          {...(reason === null ? {} : { 'aria-describedby': `${id}-closed` })}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            add();
          }}
        />
        <button
          type="submit"
          class="btn soft-fill"
          {...(reason === null ? {} : { 'aria-disabled': true, 'aria-describedby': `${id}-closed` })}
        >
          <Icon name={reason === null ? 'plus' : 'lock'} small />
          Add
        </button>
      </div>
      <div class="quick-where">
        <label>
          <span class="sr">Region</span>
          <select
            value={region ?? ''}
            onChange={(event) => {
              own.value = event.currentTarget.value;
            }}
          >
            {regions.map((frame) => (
              <option key={frame.id} value={frame.id}>
                {regionName(frame)}
              </option>
            ))}
            <option value="">Outside the regions</option>
          </select>
        </label>
        <label class={editor.colour.value}>
          <span class="sr">Colour</span>
          <SeedMark colour={editor.colour.value} />
          <select
            value={editor.colour.value}
            onChange={(event) => {
              const colour = COLOURS.find((name) => name === event.currentTarget.value);
              if (colour !== undefined) editor.colour.value = colour;
            }}
          >
            {COLOURS.map((name) => (
              <option key={name} value={name}>
                {colourLabel(name)}
              </option>
            ))}
          </select>
        </label>
      </div>
    </form>
  );
}
