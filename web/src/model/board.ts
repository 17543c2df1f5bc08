/**
 * A board: the elements people see, the plans that change them, and one's own undo.
 *
 * Pure: no DOM, no network. The Yjs document is the truth; the index holds immutable records read from it and follows it change by
 * change, so that one colleague's edit costs the same on a board of ten elements as on one of ten thousand.
 */

import { type ReadonlySignal, signal } from '@preact/signals-core';
import type * as Y from 'yjs';
import { BoardDocument, type Missing, type OwnStep, type Standing } from './boardDocument.ts';
import { type BoardElement, type ElementId, hasText, LIMITS, type Rect, type Style, wholeRect } from './element.ts';
import { ElementIndex } from './elementIndex.ts';
import { cryptoBytes, newId, type RandomBytes } from './ids.ts';
import { keysBetween } from './order.ts';
import type { BoardChange, NewElement, Placing, Plan, UndoOutcome } from './plan.ts';
import type { WorldPoint } from './point.ts';
import { contains, distance, inflate, sameRect, translate } from './rect.ts';
import { fitText, textDiff } from './textDiff.ts';
import { unreachable } from './unreachable.ts';

export type { BoardChange, NewElement, Placing, Plan, UndoOutcome } from './plan.ts';

/** A pause in typing after which the next key begins a new undo step. */
const TYPING_PAUSE_MS = 1_000;

export interface BoardOptions {
  readonly random?: RandomBytes;
  /** Monotonic ms, to notice pauses in typing. Without it, all typing up to `endText` is one step. */
  readonly now?: () => number;
}

export class Board {
  readonly #document: BoardDocument;
  readonly #index = new ElementIndex();
  readonly #random: RandomBytes;
  readonly #now: () => number;
  readonly #version = signal(0);
  readonly #canUndo = signal(false);
  readonly #canRedo = signal(false);
  readonly #listeners = new Set<(change: BoardChange) => void>();
  #regions: readonly BoardElement[] | null = null;
  #typing: { readonly id: ElementId; readonly field: string | undefined; readonly at: number } | null = null;

  constructor(clientId?: number, options: BoardOptions = {}) {
    this.#document = new BoardDocument(clientId);
    this.#random = options.random ?? cryptoBytes;
    this.#now = options.now ?? (() => 0);
    this.#document.onChange(({ ids, origin }) => {
      const stored = [...ids].flatMap((id) => this.#document.read(id) ?? []);
      // What the server undid while it was being made is in the document no more.
      const gone = stored.length === ids.size ? [] : [...ids].filter((id) => this.#document.read(id) === undefined);
      const change = this.#index.apply(stored, gone);
      this.#regions = null;
      this.#canUndo.value = this.#document.canUndo;
      this.#canRedo.value = this.#document.canRedo;
      if (change.added.length + change.updated.length + change.removed.length === 0) return;
      this.#version.value += 1;
      for (const listener of [...this.#listeners]) listener({ ...change, origin });
    });
  }

  get version(): ReadonlySignal<number> {
    return this.#version;
  }

  get canUndo(): ReadonlySignal<boolean> {
    return this.#canUndo;
  }

  get canRedo(): ReadonlySignal<boolean> {
    return this.#canRedo;
  }

  get clientId(): number {
    return this.#document.clientId;
  }

  // ── Reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────

  get(id: ElementId): BoardElement | undefined {
    return this.#index.get(id);
  }

  /** Everything in painter's order: a frame before what is in it, frames before other things beside them, then (z, id). */
  all(): readonly BoardElement[] {
    return this.#index.painted();
  }

  /** What is directly in a frame, or directly on the board, in reading order. */
  children(parent: ElementId | null): readonly BoardElement[] {
    return this.#index.reading(parent);
  }

  /** Frames directly on the board, by their number; those without one come last, in reading order. */
  regions(): readonly BoardElement[] {
    if (this.#regions === null) {
      const frames = this.children(null).filter((element) => element.kind === 'frame');
      const number = (frame: BoardElement) =>
        typeof frame.style.no === 'number' ? frame.style.no : Number.POSITIVE_INFINITY;
      this.#regions = frames
        .map((frame, reading) => ({ frame, reading, number: number(frame) }))
        .sort((a, b) => (a.number === b.number ? a.reading - b.reading : a.number - b.number))
        .map(({ frame }) => frame);
    }
    return this.#regions;
  }

  worldRect(id: ElementId): Rect | undefined {
    return this.#index.worldRect(id);
  }

  search(rect: Rect): readonly BoardElement[] {
    return this.#index.search(rect);
  }

  /**
   * What a person means by pointing at a place: the topmost thing there. A frame gives way to anything painted over it that lies
   * within `tolerance` world units, because its surface is large and the thing beside the finger is not.
   */
  hit(point: WorldPoint, tolerance: number): BoardElement | undefined {
    const near = [...this.search(inflate({ x: point.x, y: point.y, w: 0, h: 0 }, tolerance))].reverse();
    let best: BoardElement | undefined;
    let bestDistance = Number.POSITIVE_INFINITY;
    for (const element of near) {
      const rect = this.worldRect(element.id);
      if (rect === undefined) continue;
      const away = distance(rect, point.x, point.y);
      if (away > tolerance) continue;
      if (element.kind === 'frame') {
        if (away === 0) return best ?? element;
        if (best === undefined) [best, bestDistance] = [element, away];
        continue;
      }
      if (away === 0) return element;
      if (away < bestDistance || best?.kind === 'frame') [best, bestDistance] = [element, away];
    }
    return best;
  }

  /** The frame that would own a thing dropped at a world rectangle; never one of `exclude`, nor anything inside those. */
  frameAt(rect: Rect, exclude: ReadonlySet<ElementId>): ElementId | null {
    const x = rect.x + rect.w / 2;
    const y = rect.y + rect.h / 2;
    const candidates = [...this.search({ x, y, w: 0, h: 0 })].reverse();
    const frame = candidates.find((element) => {
      const world = this.worldRect(element.id);
      return (
        element.kind === 'frame' && world !== undefined && contains(world, x, y) && !this.#isWithin(element, exclude)
      );
    });
    return frame?.id ?? null;
  }

  isEmpty(): boolean {
    return this.#index.size === 0;
  }

  subscribe(listener: (change: BoardChange) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  // ── Writing ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Carries out a plan as one transaction and one undo step. Returns the ids created or affected. */
  run(plan: Plan): readonly ElementId[] {
    this.#closeTyping();
    switch (plan.type) {
      case 'create':
        return this.#create(plan.elements);
      case 'place':
        return this.#place(plan.places);
      case 'recolour':
        return this.#setEach(plan.ids, (element) => (element.colour === plan.colour ? null : { c: plan.colour }));
      case 'delete':
        return this.#setEach(this.#index.withDescendants(plan.ids), () => ({ del: 1 }));
      case 'lock':
        return this.#setEach(plan.ids, ({ locked }) =>
          locked === plan.locked ? null : { lk: plan.locked ? 1 : undefined },
        );
      case 'duplicate':
        return this.#duplicate(plan.ids, plan.dx, plan.dy);
      case 'restyle':
        return this.#setEach([plan.id], (element) => ({ s: fitStyle({ ...element.style, ...plan.style }) }));
      case 'reorder':
        return this.#reorder(plan.ids, plan.to);
      default:
        return unreachable(plan);
    }
  }

  /**
   * Makes an element's text equal to `next` by the smallest change, so that a colleague's words beside it stay.
   *
   * Args:
   *   caret: Where the caret stands in `next`, in UTF-16 units; decides which of several equal letters is the new one.
   */
  editText(id: ElementId, next: string, caret?: number, field?: string): void {
    const element = this.get(id);
    const current = this.#document.text(id, field);
    if (element === undefined || current === undefined) return;
    const wanted = textDiff(current, fitText(next, Number.POSITIVE_INFINITY), caret);
    if (wanted === null) return;
    // What is too much is cut from what comes, never from what is there: that may be a colleague's.
    const room = Math.max(0, LIMITS.text - current.length + wanted.remove);
    const change = { ...wanted, insert: fitText(wanted.insert, room) };
    if (change.remove === 0 && change.insert === '') return;
    const at = this.#now();
    const continues = this.#typing?.id === id && this.#typing.field === field && at - this.#typing.at < TYPING_PAUSE_MS;
    this.#typing = { id, field, at };
    this.#document.gesture([id], () => this.#document.replaceText(id, change, field), { continues, words: true });
  }

  /** Closes the typing step, with the rectangle the text grew to in it. */
  endText(id: ElementId, rect?: Rect): void {
    const element = this.get(id);
    if (element !== undefined && rect !== undefined && !sameRect(wholeRect(rect), element.rect)) {
      const continues = this.#typing?.id === id;
      this.#document.gesture([id], () => this.#document.set([[id, { g: packed(rect) }]]), {
        continues,
        words: continues,
      });
    }
    this.#closeTyping();
  }

  undo(): UndoOutcome {
    return this.#travel('undo');
  }

  redo(): UndoOutcome {
    return this.#travel('redo');
  }

  /** Whether the step that would be taken back, or repeated, next is one's own typing in this element. */
  isWordsNext(direction: 'undo' | 'redo', id: ElementId): boolean {
    return this.#document.isWordsNext(direction, id);
  }

  /** Takes back an element that was just made and came to nothing. Its making leaves no step to undo. */
  retract(id: ElementId): void {
    this.#closeTyping();
    this.#document.retract(id);
    if (this.get(id) !== undefined) this.run({ type: 'delete', ids: [id] });
  }

  // ── Merging ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Merges an update from the server, or out of this device's own storage. */
  merge(update: Uint8Array): void {
    this.#document.merge(update);
  }

  /** Calls back with each local step as one update, the elements it touched, and what it was. */
  onStep(listener: (step: OwnStep) => void): () => void {
    return this.#document.onStep(listener);
  }

  /** Writes to the document itself, as one update that undo does not know of. */
  rewrite(write: (els: Y.Map<unknown>) => void): void {
    this.#closeTyping();
    this.#document.rewrite(write);
  }

  stateVector(): Uint8Array {
    return this.#document.stateVector();
  }

  /** One's own edits, and those of the given updates' authors, as far as the server lacks them. */
  missing(stateVector: Uint8Array, unsaved: readonly Uint8Array[]): Missing {
    return this.#document.missing(stateVector, unsaved);
  }

  /** How a server's state vector stands to this board, given the updates it has not receipted. */
  compare(stateVector: Uint8Array, unsaved: readonly Uint8Array[]): Standing {
    return this.#document.compare(stateVector, unsaved);
  }

  encode(): Uint8Array {
    return this.#document.encode();
  }

  /** Whether the element has been here, deleted or not. */
  knows(id: ElementId): boolean {
    return this.#index.stored(id) !== undefined;
  }

  /** The words of an element, deleted or not. */
  words(id: ElementId): string {
    return this.#document.text(id) ?? '';
  }

  /** Whether a card can say something there: each has the fields it was made with. */
  hasField(id: ElementId, field: string): boolean {
    return this.#document.text(id, field) !== undefined;
  }

  // ── Plans ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

  #create(elements: readonly NewElement[]): readonly ElementId[] {
    if (elements.length === 0 || this.#index.total + elements.length > LIMITS.elements) return [];
    const tops = new Map<ElementId | null, string[]>();
    for (const parent of new Set(elements.map((element) => element.parent))) {
      const count = elements.filter((element) => element.parent === parent).length;
      tops.set(parent, keysBetween(count, this.#edge(parent, 'front'), null, this.#random));
    }
    const made = elements.map((element) => ({
      ...element,
      id: element.id ?? newId(this.#random),
      z: tops.get(element.parent)?.shift() ?? 'a0',
      ...(element.style === undefined ? {} : { style: fitStyle(element.style) }),
    }));
    const ids = made.map((element) => element.id);
    this.#document.gesture(ids, () => this.#document.create(made));
    return ids;
  }

  #place(places: readonly Placing[]): readonly ElementId[] {
    const changes: (readonly [ElementId, Record<string, unknown>])[] = [];
    for (const { id, rect, parent } of places) {
      const element = this.get(id);
      if (element === undefined || (parent !== null && this.#isWithinId(parent, id))) continue;
      const moved = !sameRect(wholeRect(rect), element.rect);
      const adopted = parent !== element.parent || (this.#index.stored(id)?.parent ?? null) !== parent;
      if (!moved && !adopted) continue;
      changes.push([id, adopted ? { g: packed(rect), p: parent ?? undefined } : { g: packed(rect) }]);
    }
    return this.#write(changes);
  }

  #setEach(
    ids: readonly ElementId[],
    keys: (element: BoardElement) => Record<string, unknown> | null,
  ): readonly ElementId[] {
    const changes: (readonly [ElementId, Record<string, unknown>])[] = [];
    for (const id of new Set(ids)) {
      const element = this.get(id);
      const change = element === undefined ? null : keys(element);
      if (change !== null) changes.push([id, change]);
    }
    return this.#write(changes);
  }

  #write(changes: readonly (readonly [ElementId, Record<string, unknown>])[]): readonly ElementId[] {
    const ids = changes.map(([id]) => id);
    if (ids.length > 0) this.#document.gesture(ids, () => this.#document.set(changes));
    return ids;
  }

  /** Copies with everything inside; returns the copies of what was asked for, not of what was inside. */
  #duplicate(ids: readonly ElementId[], dx: number, dy: number): readonly ElementId[] {
    const sources = new Set(this.#index.withDescendants(ids));
    const copies = new Map([...sources].map((id) => [id, newId(this.#random)]));
    const elements = this.all().flatMap((element): NewElement[] => {
      const id = copies.get(element.id);
      if (id === undefined) return [];
      const parent = element.parent === null ? null : (copies.get(element.parent) ?? element.parent);
      const isRoot = parent === element.parent;
      return element.kind === 'unknown'
        ? []
        : [
            {
              id,
              kind: element.kind,
              parent,
              rect: isRoot ? translate(element.rect, dx, dy) : element.rect,
              text: element.text,
              style: element.style,
              payload: element.payload,
              ...(element.colour === null ? {} : { colour: element.colour }),
            },
          ];
    });
    const made = new Set(this.#create(elements));
    return ids.flatMap((id) => {
      const copy = copies.get(id);
      return copy !== undefined && made.has(copy) ? [copy] : [];
    });
  }

  #reorder(ids: readonly ElementId[], to: 'front' | 'back'): readonly ElementId[] {
    const wanted = new Set(ids);
    const byParent = new Map<ElementId | null, ElementId[]>();
    for (const element of this.all()) {
      if (!wanted.has(element.id)) continue;
      const list = byParent.get(element.parent);
      if (list === undefined) byParent.set(element.parent, [element.id]);
      else list.push(element.id);
    }
    const changes: (readonly [ElementId, Record<string, unknown>])[] = [];
    for (const [parent, members] of byParent) {
      const edge = this.#edge(parent, to, wanted);
      const keys =
        to === 'front'
          ? keysBetween(members.length, edge, null, this.#random)
          : keysBetween(members.length, null, edge, this.#random);
      for (const [index, id] of members.entries()) {
        const z = keys[index];
        if (z !== undefined) changes.push([id, { z }]);
      }
    }
    return this.#write(changes);
  }

  /** The key of the frontmost or backmost thing directly in a parent; `null` if nothing is there. */
  #edge(parent: ElementId | null, side: 'front' | 'back', exclude?: ReadonlySet<ElementId>): string | null {
    let edge: string | null = null;
    for (const id of this.#index.members(parent)) {
      const z = this.get(id)?.z;
      if (z === undefined || exclude?.has(id) === true) continue;
      if (edge === null || (side === 'front' ? z > edge : z < edge)) edge = z;
    }
    return edge;
  }

  #isWithin(element: BoardElement, ids: ReadonlySet<ElementId>): boolean {
    for (let current: BoardElement | undefined = element; current !== undefined; ) {
      if (ids.has(current.id)) return true;
      current = current.parent === null ? undefined : this.get(current.parent);
    }
    return false;
  }

  #isWithinId(inner: ElementId, outer: ElementId): boolean {
    const element = this.get(inner);
    return element !== undefined && this.#isWithin(element, new Set([outer]));
  }

  #travel(direction: 'undo' | 'redo'): UndoOutcome {
    this.#closeTyping();
    const travelled = this.#document.travel(direction);
    if (travelled === null) return { done: false, ids: [], overtaken: false };
    const { touched, changed } = travelled;
    const done = changed.size > 0;
    const overtaken = [...touched].some((id) => !changed.has(id));
    return { done, ids: [...(done ? changed : touched)], overtaken };
  }

  #closeTyping(): void {
    this.#typing = null;
    this.#document.closeStep();
  }
}

function packed(rect: Rect): readonly number[] {
  const { x, y, w, h } = wholeRect(rect);
  return [x, y, w, h];
}

function fitStyle(style: Style): Style {
  const entries = Object.entries(style).slice(0, LIMITS.styleKeys);
  return Object.fromEntries(
    entries.map(([key, value]) => [key, typeof value === 'string' ? fitText(value, LIMITS.styleText) : value]),
  );
}

/** Whether an element's words can be edited. */
export function isEditable(element: BoardElement): boolean {
  return hasText(element.kind) && !element.locked;
}
