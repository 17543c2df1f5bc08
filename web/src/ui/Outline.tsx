/**
 * The board as a tree: the same elements, every action, one tab stop.
 *
 * Only the rows in view are in the page. The row that has the focus always is, wherever the list is scrolled to. Actions and the text
 * field of a row stand beside the tree, not in it: a tree may hold nothing but its items.
 */

import './styles/outline.css';
import { useComputed, useSignal } from '@preact/signals';
import type { ComponentChildren, TargetedKeyboardEvent } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef } from 'preact/hooks';
import type { ElementId } from '../model/element.ts';
import { type OutlineRow, outline } from '../model/outline.ts';
import type { Room } from '../net/room.ts';
import { colourLabel } from '../render/seeds.ts';
import type { Editor } from './editor.ts';
import { Icon, SeedMark } from './icons.tsx';
import { OutlineActions } from './OutlineActions.tsx';
import { OutlineField } from './OutlineField.tsx';
import { OBSERVER_REASON, observes } from './observing.ts';
import { ancestors, found, rowKey, unfolded } from './outlineRows.ts';
import { QuickAdd } from './QuickAdd.tsx';
import { placeRows, scrollFor } from './rowWindow.ts';

/** Until a row has been measured. */
const ROW_PX = 36;
const SCROLL_MARGIN_PX = 8;

interface Props {
  readonly editor: Editor;
  readonly room: Room;
  /** The tree takes the focus when it appears. */
  readonly takeFocus: boolean;
  readonly page: boolean;
  /** Null where the outline is a page of its own and the way back is elsewhere. */
  readonly togglePage: (() => void) | null;
  readonly close: (() => void) | null;
  readonly showOnBoard: (id: ElementId) => void;
  readonly quickAdd: boolean;
  /** What one writes alone or votes on, where a gathering asks for it. */
  readonly writing: ComponentChildren;
}

export function Outline(props: Props) {
  const { editor, room, takeFocus, page, togglePage, close, showOnBoard, quickAdd, writing } = props;
  const heading = useId();
  const filter = useSignal('');
  const folded = useSignal<ReadonlySet<string>>(new Set());
  const activeKey = useSignal<string | null>(null);
  const editing = useSignal<ElementId | null>(null);
  const view = useSignal({ top: 0, height: 600 });
  const measured = useRef(new Map<string, number>());
  const measuredVersion = useSignal(0);
  const scroller = useRef<HTMLDivElement>(null);
  const tree = useRef<HTMLDivElement>(null);
  /** A note made here and still without words: it goes again if nothing is written. */
  const fresh = useRef<ElementId | null>(null);
  /** A pointer is going down: the click that follows chooses the row, and nothing may move before it has. */
  const pressed = useRef(false);
  /** The row that should have the focus as soon as it is in the page. */
  const wanted = useRef<string | null>(null);

  const all = useComputed(() => {
    const board = room.board.value;
    board.version.value;
    return outline(board);
  });
  const rows = useComputed(() =>
    filter.value.trim() === '' ? unfolded(all.value, folded.value) : found(all.value, filter.value),
  );

  const list = rows.value;
  // Names beside the words may become known, or change, at any time.
  room.authorship.value;
  measuredVersion.value;
  const activeIndex = Math.max(
    0,
    list.findIndex((row) => rowKey(row) === activeKey.value),
  );
  const active = list[activeIndex];
  const editingHere = active?.id !== undefined && active.id !== null && editing.value === active.id;
  const toolsHeight = measured.current.get('tools') ?? 0;
  const fieldHeight = measured.current.get('field') ?? 0;
  const heights = list.map((row, index) => {
    const own = measured.current.get(rowKey(row)) ?? ROW_PX;
    if (index !== activeIndex || row.id === null) return own;
    return editingHere ? Math.max(own, fieldHeight) : own + toolsHeight;
  });
  const placed = placeRows(heights, view.value, activeIndex);

  // The view: where the list is scrolled to and how much of it fits.
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const look = (): void => {
      view.value = { top: element.scrollTop, height: element.clientHeight };
    };
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, [view]);

  // Rows have the height of their words. What was guessed is corrected once it has been laid out.
  useLayoutEffect(() => {
    const known = measured.current;
    let changed = false;
    for (const element of scroller.current?.querySelectorAll<HTMLElement>('[data-row]') ?? []) {
      const key = element.dataset.row ?? '';
      const height = element.offsetHeight;
      if (height === 0 || known.get(key) === height) continue;
      known.set(key, height);
      changed = true;
    }
    if (changed) measuredVersion.value += 1;
  });

  const bringIntoView = (index: number): void => {
    const element = scroller.current;
    if (element === null || heights[index] === undefined) return;
    const top = heights.slice(0, index).reduce((sum, height) => sum + height, 0);
    const target = scrollFor(
      { top, height: heights[index] },
      { top: element.scrollTop, height: element.clientHeight },
      SCROLL_MARGIN_PX,
    );
    if (target !== null) element.scrollTop = target;
  };

  const focusRow = (row: OutlineRow | undefined): void => {
    if (row === undefined) return;
    activeKey.value = rowKey(row);
    wanted.current = rowKey(row);
    if (row.id !== null) {
      editor.focused.value = row.id;
      editor.select([row.id]);
    }
    bringIntoView(list.indexOf(row));
  };

  // A row asked for takes the focus as soon as it is in the page.
  useLayoutEffect(() => {
    if (wanted.current === null) return;
    const element = tree.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(wanted.current)}"]`);
    if (element === null || element === undefined) return;
    wanted.current = null;
    element.focus({ preventScroll: true });
  });

  // Board → outline: the note in focus there is unfolded, shown and outlined here; the keyboard focus stays where it is.
  const boardFocus = editor.focused.value;
  // It follows the board's focus, and nothing else.
  useEffect(() => {
    if (boardFocus === null || boardFocus === activeKey.value) return;
    const index = all.value.findIndex((row) => row.id === boardFocus);
    if (index < 0) return;
    const inside = new Set(ancestors(all.value, index));
    if (inside.size > 0) folded.value = new Set([...folded.value].filter((key) => !inside.has(key)));
    activeKey.value = boardFocus;
    bringIntoView(rows.value.findIndex((row) => row.id === boardFocus));
  }, [boardFocus]);

  // Once, when the outline opens.
  useEffect(() => {
    if (takeFocus) wanted.current = active === undefined ? null : rowKey(active);
    measuredVersion.value += 1;
  }, []);

  const fold = (row: OutlineRow, closed: boolean): void => {
    const next = new Set(folded.value);
    if (closed) next.add(rowKey(row));
    else next.delete(rowKey(row));
    folded.value = next;
  };

  const startEditing = (row: OutlineRow): void => {
    if (row.id === null || editor.plots.value?.open(row.id) || editor.refuse(row.id)) return;
    editing.value = row.id;
  };

  const stopEditing = (): void => {
    const id = editing.value;
    if (id === null) return;
    editing.value = null;
    const empty = fresh.current === id && room.board.value.get(id)?.text.trim() === '';
    fresh.current = null;
    if (empty) {
      room.board.value.retract(id);
      focusRow(list[activeIndex - 1]);
    } else {
      wanted.current = id;
    }
  };

  const addInside = (region: ElementId): void => {
    const made = editor.addNote({ parent: region, text: '', edit: false });
    if (made === null) return;
    const next = new Set(folded.value);
    next.delete(region);
    folded.value = next;
    filter.value = '';
    activeKey.value = made;
    // A record is written in a form of its own.
    if (editor.plots.value?.open(made)) return;
    fresh.current = made;
    editing.value = made;
  };

  const remove = (id: ElementId): void => {
    const neighbour = list[activeIndex + 1] ?? list[activeIndex - 1];
    editor.select([id]);
    editor.deleteSelection();
    if (room.board.value.get(id) === undefined) focusRow(neighbour);
  };

  const onKeyDown = (event: TargetedKeyboardEvent<HTMLDivElement>): void => {
    if (active === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const open = active.hasChildren && (filter.value !== '' || !folded.value.has(rowKey(active)));
    switch (event.key) {
      case 'ArrowDown':
        focusRow(list[activeIndex + 1]);
        break;
      case 'ArrowUp':
        focusRow(list[activeIndex - 1]);
        break;
      case 'Home':
        focusRow(list[0]);
        break;
      case 'End':
        focusRow(list.at(-1));
        break;
      case 'PageDown':
        focusRow(list[Math.min(list.length - 1, activeIndex + 10)]);
        break;
      case 'PageUp':
        focusRow(list[Math.max(0, activeIndex - 10)]);
        break;
      case 'ArrowRight':
        if (active.hasChildren && !open) fold(active, false);
        else if (open) focusRow(list[activeIndex + 1]);
        break;
      case 'ArrowLeft':
        if (open && filter.value === '') fold(active, true);
        else focusRow(list.findLast((row, index) => index < activeIndex && row.depth < active.depth));
        break;
      case 'Enter':
      case 'F2':
        if (active.id === null) fold(active, open);
        else startEditing(active);
        break;
      case 'Delete':
        if (active.id !== null && !editor.refuse(active.id)) remove(active.id);
        break;
      default:
        return;
    }
    event.preventDefault();
  };

  const activeTop = placed.rows.find((row) => row.index === activeIndex)?.top ?? 0;
  const activeHeight = active === undefined ? 0 : (measured.current.get(rowKey(active)) ?? ROW_PX);

  return (
    <aside class={page ? 'outline page-wide' : 'outline'} aria-labelledby={heading} id="outline">
      <header>
        <div class="row">
          <h2 id={heading}>Outline</h2>
          {togglePage === null ? null : (
            <button type="button" class="btn bare" aria-pressed={page} onClick={togglePage}>
              <Icon name="expand" small />
              Full page
            </button>
          )}
          {close === null ? null : (
            <button type="button" class="btn ico bare" aria-label="Close the outline" onClick={close}>
              <Icon name="close" />
            </button>
          )}
        </div>
        <label class="find">
          <Icon name="search" small />
          <span class="sr">Find a note or region</span>
          <input
            type="search"
            placeholder="Find a note or region"
            autocomplete="off"
            value={filter.value}
            onInput={(event) => {
              filter.value = event.currentTarget.value;
            }}
            onKeyDown={(event) => {
              if (event.key !== 'ArrowDown') return;
              event.preventDefault();
              focusRow(list[0]);
            }}
          />
        </label>
        {observes(room) ? (
          <p class="closed-line">
            <Icon name="lock" small />
            {OBSERVER_REASON}
          </p>
        ) : null}
      </header>
      {writing}
      <div class="tree-scroll" ref={scroller}>
        {list.length === 0 ? (
          <p class="empty">
            {filter.value.trim() === ''
              ? 'Nothing is here yet. What people write appears here as a list.'
              : 'No note has these words.'}
          </p>
        ) : (
          <div
            ref={tree}
            class="tree"
            role="tree"
            aria-labelledby={heading}
            style={{ height: `${placed.height}px` }}
            onKeyDown={onKeyDown}
            onMouseDown={() => {
              pressed.current = true;
              requestAnimationFrame(() => {
                pressed.current = false;
              });
            }}
          >
            {placed.rows.map(({ index, top }) => {
              const row = list[index];
              if (row === undefined) return null;
              const key = rowKey(row);
              return (
                <Row
                  key={key}
                  row={row}
                  top={top}
                  number={regionNumber(room, row)}
                  author={row.id === null || row.kind === 'frame' ? null : room.authorOf(row.id)}
                  locked={row.id !== null && room.board.value.get(row.id)?.locked === true}
                  goesOn={row.id === null ? null : (editor.plots.value?.words(row.id) ?? null)}
                  reads={row.id === null ? null : (editor.plots.value?.reads(row.id) ?? null)}
                  active={index === activeIndex}
                  lit={row.id !== null && row.id === boardFocus}
                  open={filter.value.trim() !== '' || !folded.value.has(key)}
                  choose={() => focusRow(row)}
                  focused={() => {
                    // A screen reader puts the focus on any row it likes; that one is the active one then.
                    if (index !== activeIndex && !pressed.current) focusRow(row);
                  }}
                  toggle={() => fold(row, !folded.value.has(key))}
                  edit={() => startEditing(row)}
                />
              );
            })}
          </div>
        )}
        {active === undefined || active.id === null || list.length === 0 ? null : editing.value === active.id ? (
          <OutlineField
            key={active.id}
            id={active.id}
            board={room.board.value}
            editor={editor}
            top={activeTop}
            done={stopEditing}
          />
        ) : (
          <div class="row-tools" data-row="tools" style={{ insetBlockStart: `${activeTop + activeHeight}px` }}>
            <OutlineActions
              id={active.id}
              kind={active.kind}
              label={active.label}
              editor={editor}
              room={room}
              edit={() => startEditing(active)}
              addInside={addInside}
              remove={remove}
              showOnBoard={showOnBoard}
              revealRow={(id) => {
                wanted.current = id;
                activeKey.value = id;
              }}
            />
          </div>
        )}
      </div>
      {quickAdd && !observes(room) ? (
        <div class="outline-foot">
          <QuickAdd editor={editor} room={room} suggested={regionOf(room, active)} />
        </div>
      ) : null}
    </aside>
  );
}

/** The number a host gave to a region, as the board shows it. */
function regionNumber(room: Room, row: OutlineRow): string {
  if (row.kind !== 'frame' || row.depth > 0 || row.id === null) return '';
  const number = room.board.value.get(row.id)?.style.no;
  return typeof number === 'number' ? `${number} ` : '';
}

/** The region that the active row is, or lies in: where the next note most likely belongs. */
function regionOf(room: Room, row: OutlineRow | undefined): ElementId | null {
  let element = row === undefined || row.id === null ? undefined : room.board.value.get(row.id);
  while (element !== undefined && element.kind !== 'frame') {
    element = element.parent === null ? undefined : room.board.value.get(element.parent);
  }
  return element?.id ?? null;
}

interface RowProps {
  readonly row: OutlineRow;
  readonly top: number;
  readonly number: string;
  readonly author: string | null;
  readonly locked: boolean;
  /** What goes on in the region, in a gathering. */
  readonly goesOn: string | null;
  /** A record with its headings, and whose names are on it. */
  readonly reads: string | null;
  readonly active: boolean;
  readonly lit: boolean;
  readonly open: boolean;
  readonly choose: () => void;
  readonly focused: () => void;
  readonly toggle: () => void;
  readonly edit: () => void;
}

function Row({
  row,
  top,
  number,
  author,
  locked,
  goesOn,
  reads,
  active,
  lit,
  open,
  choose,
  focused,
  toggle,
  edit,
}: RowProps) {
  const key = rowKey(row);
  const region = row.kind === 'frame' || row.id === null;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys of a tree are handled by the tree
    <div
      role="treeitem"
      data-row={key}
      class={`tree-row${region ? ' region' : ''}${active ? ' active' : ''}${lit ? ' lit' : ''}`}
      style={{ insetBlockStart: `${top}px`, '--depth': row.depth }}
      tabIndex={active ? 0 : -1}
      aria-level={row.depth + 1}
      aria-setsize={row.setSize}
      aria-posinset={row.posInSet}
      aria-selected={lit}
      {...(row.hasChildren ? { 'aria-expanded': open } : {})}
      onClick={choose}
      onFocus={focused}
      onDblClick={edit}
    >
      {row.hasChildren ? (
        // biome-ignore lint/a11y/useKeyWithClickEvents: Arrow left and right do the same by keyboard
        // biome-ignore lint/a11y/noStaticElementInteractions: a larger target for a pointer alone
        <span class="twist" onClick={toggle}>
          <Icon name={open ? 'down' : 'right'} small />
        </span>
      ) : (
        <span class="twist" />
      )}
      {row.colour === null || region ? null : <SeedMark colour={row.colour} />}
      <span class="words" dir="auto">
        {number}
        {reads ?? row.label}
        {active && author !== null ? <small>{author}</small> : null}
        {row.colour === null || region ? null : <span class="sr">, {colourLabel(row.colour)}</span>}
        {locked && goesOn === null ? (
          <>
            {' '}
            <Icon name="lock" small />
            <span class="sr">, locked</span>
          </>
        ) : null}
      </span>
      {region ? (
        <span class="count">
          {goesOn === null ? null : `${goesOn} · `}
          {row.count === 1 ? '1 note' : `${row.count} notes`}
        </span>
      ) : null}
    </div>
  );
}
