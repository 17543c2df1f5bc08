/**
 * The editor: what one person looks at, has selected and is doing on a board, and every command they can give.
 *
 * The canvas, the toolbar, the outline and the keyboard all speak to it, so that a command does the same wherever it comes from.
 * It owns no element: the board does.
 */

import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals-core';
import { type Board, isEditable } from '../model/board.ts';
import type { Camera, Insets, Viewport } from '../model/camera.ts';
import type { ColourName, ElementId, Rect } from '../model/element.ts';
import type { NewElement, Plan } from '../model/plan.ts';
import { type WorldPoint, world } from '../model/point.ts';
import { union } from '../model/rect.ts';
import type { Room } from '../net/room.ts';
import { CanvasMeasurer } from '../render/fonts.ts';
import { smallest } from '../render/handles.ts';
import { FRAME_SIZE, NOTE_SIZE, neededHeight, noteHeight, TEXT_SIZE } from '../render/measures.ts';
import type { Plots } from '../render/painter.ts';
import type { Preview } from '../render/preview.ts';
import { colourLabel } from '../render/seeds.ts';
import { TextCache } from '../render/textCache.ts';
import { isHosting } from '../sync/state.ts';
import { counted, mention, mentionAll } from '../tools/describe.ts';
import { freePlaceIn, freePlaceNear, placeBeside } from '../tools/freePlace.ts';
import type { ToolName } from '../tools/input.ts';
import { movable, movePlan, relativeTo, withContents } from '../tools/moving.ts';
import { Carrying } from './carrying.ts';
import { ownConnectors } from './connecting.ts';
import { Drafting } from './drafting.ts';
import { follow, nearest } from './following.ts';
import { closedBecause, LAYOUT_REASON, observes } from './observing.ts';
import { outsideRegions, placeFor } from './placing.ts';
import { Pointing } from './pointing.ts';
import { View } from './view.ts';

export type { ToolName } from '../tools/input.ts';

export interface Toast {
  readonly text: string;
  readonly action?: { readonly label: string; readonly run: () => void };
  readonly tone?: 'plain' | 'warn';
}

export type Announce = (text: string, level?: 'polite' | 'assertive') => void;

export interface AddNote {
  readonly at?: WorldPoint;
  readonly parent?: ElementId | null;
  readonly text?: string;
  readonly edit?: boolean;
}

const REFUSAL = 'You are here to look. Observers cannot write; a host can give you a participant link.';
const DUPLICATE_OFFSET = 24;
/** Below this a text field over a note would be hard to write in; the camera comes closer first. */
const WRITING_ZOOM = 0.9;

/** Where the whole board would be smaller than this, one begins at its first region. */
const LEAST_FIRST_ZOOM = 0.28;

export class Editor {
  readonly room: Room;
  readonly announce: Announce;
  readonly view = new View();
  readonly selection: Signal<ReadonlySet<ElementId>> = signal(new Set());
  readonly focused: Signal<ElementId | null> = signal(null);
  readonly tool: Signal<ToolName> = signal('select');
  readonly editing: Signal<ElementId | null> = signal(null);
  readonly colour: Signal<ColourName> = signal('oat');
  readonly placing: Signal<'move' | null> = signal(null);
  /** How a gathering draws its regions; null without one. */
  readonly plots: Signal<Plots | null> = signal(null);
  readonly connectors = ownConnectors();
  readonly pointing = new Pointing(this);
  readonly carrying = new Carrying(this);
  readonly drafting = new Drafting(this);
  /** What the gesture under way would do, by hand or by keyboard. */
  readonly preview: ReadonlySignal<Preview> = computed(
    () => this.carrying.preview.value ?? this.pointing.preview.value,
  );
  readonly text = new TextCache(new CanvasMeasurer());
  readonly #toast: (toast: Toast) => void;
  readonly #stop: () => void;
  /** Made in this writing and still without words: it goes again if nothing is written. */
  #fresh: ElementId | null = null;

  constructor(room: Room, announce: Announce, toast: (toast: Toast) => void) {
    this.room = room;
    this.announce = announce;
    this.#toast = toast;
    this.#stop = follow(this);
  }

  get board(): Board {
    return this.room.board.value;
  }

  get camera(): Signal<Camera> {
    return this.view.camera;
  }

  get viewport(): Signal<Viewport> {
    return this.view.viewport;
  }

  /** What panels cover of the board; the screen that lays them out sets it. */
  get insets(): Signal<Insets> {
    return this.view.insets;
  }

  dispose(): void {
    this.view.dispose();
    this.#stop();
  }

  // ── Selection ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

  select(ids: readonly ElementId[], how: 'replace' | 'add' | 'toggle' = 'replace'): void {
    const next = new Set(how === 'replace' ? [] : this.selection.value);
    const last = ids.at(-1);
    for (const id of ids) {
      const element = this.board.get(id);
      if (element === undefined) continue;
      if (element.kind === 'frame' && !this.arranges) {
        // One can be at a region, and not hold it.
        if (id === last) this.focused.value = id;
        continue;
      }
      if (how === 'toggle' && next.has(id)) next.delete(id);
      else next.add(id);
    }
    if (last !== undefined && next.has(last)) this.focused.value = last;
    const before = this.selection.value;
    if (next.size === before.size && [...next].every((id) => before.has(id))) return;
    this.selection.value = next;
  }

  selectAll(): void {
    const all = this.board.all().filter((element) => element.kind !== 'frame' && element.kind !== 'conn');
    this.select(all.map((element) => element.id));
    this.announce(`${counted(all)} selected.`);
  }

  clear(): void {
    if (this.selection.value.size > 0) this.selection.value = new Set();
    this.placing.value = null;
  }

  /** What a command is about: the selection, or else what has the focus. */
  target(): readonly ElementId[] {
    if (this.selection.value.size > 0) return [...this.selection.value];
    return this.focused.value === null ? [] : [this.focused.value];
  }

  /** What a command may change of its target. If that is nothing, it says why. */
  changeable(): readonly ElementId[] {
    const target = this.target();
    if (!this.room.canWrite.value) return target;
    const own = this.arranges ? target : target.filter((id) => this.board.get(id)?.kind !== 'frame');
    if (own.length === 0 && target.length > 0) this.refuse(...target);
    const ids = own.filter((id) => this.board.get(id)?.locked !== true);
    if (ids.length === 0 && own.length > 0) this.#refuseLocked();
    return ids;
  }

  // ── Making ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────

  addNote(options: AddNote = {}): ElementId | null {
    const { at, text = '', edit = true } = options;
    const size = { w: NOTE_SIZE.w, h: noteHeight(text, this.text.measurer) };
    const { rect, parent } = placeFor(this, size, at, options.parent);
    const record = this.plots.value?.recordIn(parent, text);
    if (record) {
      const place = placeFor(this, record.size, at, parent);
      return this.#make({ kind: 'card', ...place, payload: record.payload }, edit);
    }
    return this.#make({ kind: 'note', rect, parent, colour: this.colour.value, text }, edit);
  }

  addText(at?: WorldPoint): ElementId | null {
    // A text begins where one points, as a caret would.
    const middle = at === undefined ? undefined : world(at.x + TEXT_SIZE.w / 2, at.y);
    const { rect, parent } = placeFor(this, TEXT_SIZE, middle, undefined);
    return this.#make({ kind: 'text', rect, parent, text: '' }, true);
  }

  addFrame(area?: Rect): ElementId | null {
    if (this.refuse() || this.refuseLayout()) return null;
    const rect = area ?? freePlaceNear(this.board, this.view.middle(), FRAME_SIZE, null);
    const numbers = this.board.regions().map((region) => Number(region.style.no ?? 0));
    const no = Math.min(999, Math.max(0, ...numbers.filter(Number.isFinite)) + 1);
    const [id] = this.board.run({
      type: 'create',
      elements: [{ kind: 'frame', rect, parent: null, text: '', style: { no } }],
    });
    if (id === undefined) return null;
    this.select([id]);
    if (area === undefined) this.reveal(id);
    this.edit(id);
    return id;
  }

  /** Creates elements as one step, selects them and returns their ids. */
  create(plan: Extract<Plan, { type: 'create' }>): readonly ElementId[] {
    if (this.refuse() || (plan.elements.some(({ kind }) => kind === 'frame') && this.refuseLayout())) return [];
    const ids = this.board.run(plan);
    this.select(ids);
    return ids;
  }

  /** Begins the next note beside one that was just written. */
  nextNote(after: ElementId): void {
    const rect = placeBeside(this.board, after);
    const element = this.board.get(after);
    if (rect === null || element === undefined) return;
    const size = { x: rect.x, y: rect.y, ...NOTE_SIZE };
    const parent = element.parent;
    const colour = element.colour ?? this.colour.value;
    this.#make({ kind: 'note', rect: relativeTo(this.board, parent, size), parent, colour, text: '' }, true);
  }

  #make(element: NewElement, edit: boolean): ElementId | null {
    if (this.refuse() || this.#refuseWriting()) return null;
    const [id] = this.board.run({ type: 'create', elements: [element] });
    if (id === undefined) return null;
    const region = element.parent === null ? undefined : this.board.get(element.parent);
    if (edit) {
      this.select([id]);
      this.#fresh = id;
      this.edit(id);
    } else {
      this.announce(region === undefined ? 'Note added.' : `Note added in ${mention(region)}.`);
    }
    return id;
  }

  // ── Writing ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────

  edit(id: ElementId): void {
    const element = this.board.get(id);
    if (element === undefined || this.plots.value?.open(id) || element.kind === 'card') return;
    if (this.refuse(id)) return;
    if (!isEditable(element)) {
      if (element.locked) this.#refuseLocked();
      return;
    }
    if (this.editing.value !== null && this.editing.value !== id) this.stopEditing();
    if (!this.selection.value.has(id) || this.selection.value.size > 1) this.select([id]);
    this.focused.value = id;
    this.editing.value = id;
    // A text field over a small note would be hard to write in: the view comes closer first.
    this.reveal(id, WRITING_ZOOM);
  }

  stopEditing(): void {
    const id = this.editing.value;
    if (id === null) return;
    const fresh = this.#fresh === id;
    this.#fresh = null;
    // What the board does not take is kept already.
    const isDraft = this.drafting.holds(id);
    this.editing.value = null;
    if (isDraft) return;
    const element = this.board.get(id);
    if (element === undefined) return;
    if (fresh && element.text.trim() === '') {
      this.board.retract(id);
      return;
    }
    this.endText(id);
  }

  /** Changes a text while it is being typed; `endText` closes the undo step. */
  setText(id: ElementId, text: string, caret?: number): void {
    if (this.drafting.holds(id)) this.drafting.write(text);
    else if (!this.refuse()) this.board.editText(id, text, caret);
  }

  /** Closes the typing of a text and lets its element grow to hold it. */
  endText(id: ElementId): void {
    const element = this.board.get(id);
    if (element === undefined || this.drafting.holds(id) || !this.room.canWrite.value) return;
    const h = neededHeight(element, element.text, this.text.measurer);
    this.board.endText(id, h === element.rect.h ? undefined : { ...element.rect, h });
  }

  // ── Changing ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────

  deleteSelection(): void {
    const ids = this.changeable();
    if (ids.length === 0 || this.refuse()) return;
    const words = mentionAll(this.board, ids);
    const [first] = ids;
    const place = first === undefined ? undefined : this.board.worldRect(first);
    this.editing.value = null;
    this.board.run({ type: 'delete', ids });
    this.selection.value = new Set();
    this.focused.value = place === undefined ? null : nearest(this, place, new Set());
    this.tell({ text: `Deleted ${words}.`, action: { label: 'Undo', run: () => this.undo() } });
  }

  duplicateSelection(): void {
    const ids = movable(this.board, this.changeable());
    if (ids.length === 0 || this.refuse()) return;
    const words = mentionAll(this.board, ids);
    const copies = this.board.run({ type: 'duplicate', ids, dx: DUPLICATE_OFFSET, dy: DUPLICATE_OFFSET });
    this.select(copies);
    this.announce(`Duplicated ${words}.`);
  }

  recolour(colour: ColourName): void {
    this.colour.value = colour;
    const ids = this.changeable();
    if (ids.length === 0 || this.refuse()) return;
    this.board.run({ type: 'recolour', ids, colour });
    this.announce(`${colourLabel(colour)}: ${mentionAll(this.board, ids)}.`);
  }

  nudge(dx: number, dy: number): void {
    const ids = movable(this.board, this.changeable());
    if (ids.length === 0 || this.refuse()) return;
    this.board.run(movePlan(this.board, ids, dx, dy));
  }

  /** Moves elements into a region, each to a free place; `null` takes them out of every region. */
  moveTo(ids: readonly ElementId[], region: ElementId | null): void {
    const { board } = this;
    const moved = movable(board, ids).filter((id) => id !== region);
    if (moved.length === 0 || this.refuse(...moved)) return;
    const exclude = withContents(board, moved);
    const taken: Rect[] = [];
    const places = moved.flatMap((id) => {
      const rect = board.worldRect(id);
      if (rect === undefined) return [];
      const options = { exclude, taken };
      const place =
        region === null
          ? freePlaceNear(board, outsideRegions(this), rect, null, options)
          : freePlaceIn(board, region, rect, options);
      taken.push(place);
      return [{ id, rect: relativeTo(board, region, place), parent: region }];
    });
    board.run({ type: 'place', places });
    const frame = region === null ? undefined : board.get(region);
    this.announce(
      `Moved ${mentionAll(board, moved)} ${frame === undefined ? 'out of the regions' : `to ${mention(frame)}`}.`,
    );
    const [first] = moved;
    if (first !== undefined) this.reveal(first);
  }

  /** Brings what is selected to a point that was tapped: the way of moving without a drag. */
  bring(at: WorldPoint): void {
    this.placing.value = null;
    const ids = movable(this.board, this.changeable());
    const bounds = union(ids.flatMap((id) => this.board.worldRect(id) ?? []));
    if (bounds === null || this.refuse()) return;
    const dx = Math.round(at.x - bounds.x - bounds.w / 2);
    const dy = Math.round(at.y - bounds.y - bounds.h / 2);
    this.board.run(movePlan(this.board, ids, dx, dy));
    this.announce(`Moved ${mentionAll(this.board, ids)}.`);
  }

  reorder(to: 'front' | 'back'): void {
    const ids = this.changeable();
    if (ids.length === 0 || this.refuse()) return;
    this.board.run({ type: 'reorder', ids, to });
    this.announce(to === 'front' ? 'Brought to the front.' : 'Sent to the back.');
  }

  /** Makes what is selected wider and higher (or narrower and lower) by steps: the alternative to its handles. */
  resize(step: 1 | -1): void {
    const [id, ...others] = this.changeable();
    const element = id === undefined || others.length > 0 ? undefined : this.board.get(id);
    if (id === undefined || element === undefined || this.refuse()) return;
    const by = element.kind === 'frame' ? 64 : 24;
    this.resizeBy(step * by, step * Math.round((by * element.rect.h) / element.rect.w));
  }

  resizeBy(dw: number, dh: number): void {
    const [id] = this.changeable();
    const element = id === undefined ? undefined : this.board.get(id);
    if (id === undefined || element === undefined || element.locked || this.refuse()) return;
    const least = smallest(element.kind);
    const { x, y, w, h } = element.rect;
    const rect = { x, y, w: Math.max(least.w, w + dw), h: Math.max(least.h, h + dh) };
    this.board.run({ type: 'place', places: [{ id, rect, parent: element.parent }] });
    this.announce(`${rect.w} wide, ${rect.h} high.`);
  }

  undo(): void {
    if (!this.refuse()) this.#travelled('undo');
  }

  redo(): void {
    if (!this.refuse()) this.#travelled('redo');
  }

  /** Undo while writing stays with one's own words in that element; what was done before is left for when one has finished. */
  travelWords(id: ElementId, direction: 'undo' | 'redo'): void {
    if (this.refuse()) return;
    if (this.board.isWordsNext(direction, id)) {
      this.board[direction]();
      return;
    }
    this.announce(
      direction === 'undo'
        ? 'Nothing more of yours to undo in these words. Escape ends writing; then undo goes further back.'
        : 'Nothing of yours to do again in these words.',
    );
  }

  #travelled(direction: 'undo' | 'redo'): void {
    this.stopEditing();
    const { done, ids, overtaken } = this.board[direction]();
    if (!done) {
      const text = overtaken
        ? 'Somebody has changed this since, so it stays as it is.'
        : `There is nothing to ${direction === 'undo' ? 'undo' : 'do again'}.`;
      if (overtaken) this.tell({ text });
      else this.announce(text);
      return;
    }
    const living = ids.filter((id) => this.board.get(id) !== undefined);
    this.select(living);
    const [first] = living;
    if (first !== undefined) this.reveal(first);
    if (overtaken) this.tell({ text: 'Somebody has changed a part of this since; that part stays.' });
    else this.announce(direction === 'undo' ? 'Undone.' : 'Done again.');
  }

  /** Regions are laid out by hosts; everything on them is everybody's. */
  get arranges(): boolean {
    return isHosting(this.room.role.value);
  }

  /** Says why the person may not write, or may not change these elements, if so. */
  refuse(...ids: readonly ElementId[]): boolean {
    if (this.room.canWrite.value) {
      return ids.some((id) => this.board.get(id)?.kind === 'frame') && this.refuseLayout();
    }
    this.tell({ text: observes(this.room) ? REFUSAL : (closedBecause(this.room) ?? ''), tone: 'warn' });
    return true;
  }

  /** Says why nothing is written in this step, if so. */
  #refuseWriting(): boolean {
    const text = this.plots.value?.closed ?? null;
    if (text !== null) this.tell({ text, tone: 'warn' });
    return text !== null;
  }

  #refuseLocked(): void {
    const whatNext = this.arranges ? 'Unlock it to change it.' : 'A host can open it.';
    this.tell({ text: `This is locked. ${whatNext}` });
  }

  /** Says why the person may not lay out regions, if so. */
  refuseLayout(): boolean {
    if (this.arranges) return false;
    this.tell({ text: LAYOUT_REASON, tone: 'warn' });
    return true;
  }

  /** Why a tool is closed to the person, or `null` if it is open. */
  closed(tool: ToolName): string | null {
    if (tool === 'select' || tool === 'hand') return null;
    const closed = closedBecause(this.room) ?? (tool === 'frame' && !this.arranges ? LAYOUT_REASON : null);
    return closed ?? (tool === 'note' || tool === 'text' ? (this.plots.value?.closed ?? null) : null);
  }

  tell(toast: Toast): void {
    this.#toast(toast);
    this.announce(toast.text);
  }

  // ── Looking ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────

  zoomIn(): void {
    this.view.zoomStep(1);
  }

  zoomOut(): void {
    this.view.zoomStep(-1);
  }

  zoomTo(zoom: number): void {
    this.view.zoomTo(zoom);
  }

  /** Shows the whole board; an empty one at its origin. */
  fit(): void {
    this.#showAll(true);
  }

  /**
   * The first view: the whole board. Where that would be too small to make out, its first region from near enough to read, for
   * the whole of it is one button away.
   */
  begin(): void {
    this.#showAll(false);
    if (this.camera.value.zoom >= LEAST_FIRST_ZOOM) return;
    const [first] = [...this.board.regions(), ...this.board.children(null)];
    const rect = first === undefined ? undefined : this.board.worldRect(first.id);
    if (rect !== undefined) this.view.read(rect);
  }

  #showAll(glide: boolean): void {
    const { board } = this;
    const bounds = union(board.children(null).flatMap((element) => board.worldRect(element.id) ?? []));
    this.view.show(bounds ?? { x: -FRAME_SIZE.w / 2, y: -FRAME_SIZE.h / 2, ...FRAME_SIZE }, glide);
  }

  panBy(dx: number, dy: number): void {
    this.view.step(dx, dy);
  }

  /** Pans, and zooms if need be, until an element can be seen and read. */
  reveal(id: ElementId, leastZoom?: number): void {
    const rect = this.board.worldRect(id);
    if (rect === undefined) return;
    const frame = this.board.get(id)?.kind === 'frame';
    // A region is shown by its head; the whole of a large one would be too small to read.
    this.view.reveal(frame ? { ...rect, h: Math.min(rect.h, NOTE_SIZE.h * 2) } : rect, leastZoom);
  }
}
