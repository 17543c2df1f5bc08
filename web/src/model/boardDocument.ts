/**
 * The board as a Yjs document: reading, writing, merging, and one's own history.
 *
 * Every write belongs to a `gesture`. What a gesture writes, in however many Yjs transactions, leaves as one update: the server
 * then sees a whole edit, never half of one, and a crash between two messages cannot leave an element that nobody can see.
 */

import * as Y from 'yjs';
import { type ElementId, elementId, hasText, LIMITS, readElement, type StoredElement, wholeRect } from './element.ts';
import type { NewElement } from './plan.ts';
import { editsOf, folded, type SemanticEdit } from './semanticEdit.ts';
import { fitText } from './textDiff.ts';
import { missingOf, rootKeysOf, splitUpdate } from './updateParts.ts';

/** One's own step; undo takes it back. */
const LOCAL = Object.freeze({ name: 'local' });
/** Part of a step that undo must not take back: the making of an element, as opposed to its showing. */
const STRUCTURAL = Object.freeze({ name: 'structural' });
/** What came from the server or out of storage. */
const REMOTE = Object.freeze({ name: 'remote' });

type Keys = Readonly<Record<string, unknown>>;

/** How a server's state vector stands to the board; `serverLacks`: something it had receipted. */
export type Standing = 'same' | 'serverLacks' | 'boardLacks';

/** What a server lacks, and the elements it is about. */
export interface Missing {
  readonly updates: readonly Uint8Array[];
  readonly ids: readonly ElementId[];
}

/** One step of one's own, as it leaves. */
export interface OwnStep {
  readonly update: Uint8Array;
  /** The elements it touched. */
  readonly ids: readonly ElementId[];
  readonly edits: readonly SemanticEdit[];
}

export interface DocumentChange {
  readonly ids: ReadonlySet<ElementId>;
  readonly origin: 'local' | 'remote';
}

export class BoardDocument {
  readonly #doc: Y.Doc;
  readonly #els: Y.Map<unknown>;
  readonly #history: Y.UndoManager;
  readonly #changeListeners = new Set<(change: DocumentChange) => void>();
  readonly #stepListeners = new Set<(step: OwnStep) => void>();
  #depth = 0;
  #written: Uint8Array[] = [];
  #edits: SemanticEdit[] = [];
  #changed = new Set<ElementId>();
  #stepIds = new Set<ElementId>();
  #stepIsWords = false;

  constructor(clientId?: number) {
    this.#doc = new Y.Doc();
    if (clientId !== undefined) this.#doc.clientID = clientId;
    this.#els = this.#doc.getMap('els');
    this.#history = new Y.UndoManager(this.#els, { captureTimeout: 0, trackedOrigins: new Set([LOCAL]) });
    this.#els.observeDeep((events, { origin }) => {
      if (origin !== REMOTE) this.#edits.push(...editsOf(this.#els, events));
      for (const event of events) {
        if (event.target === this.#els) {
          for (const id of event.keys.keys()) this.#changed.add(elementId(id));
        } else {
          this.#changed.add(elementId(String(event.path[0])));
        }
      }
    });
    this.#doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== REMOTE) this.#written.push(update);
    });
    this.#history.on('stack-item-added', ({ stackItem }) => {
      stackItem.meta.set(TOUCHED, new Set(this.#stepIds));
      stackItem.meta.set(WORDS, this.#stepIsWords);
    });
    this.#history.on('stack-item-updated', ({ stackItem }) => {
      const touched = touchedBy(stackItem);
      for (const id of this.#stepIds) touched.add(id);
    });
  }

  get clientId(): number {
    return this.#doc.clientID;
  }

  get canUndo(): boolean {
    return this.#history.undoStack.length > 0;
  }

  get canRedo(): boolean {
    return this.#history.redoStack.length > 0;
  }

  onChange(listener: (change: DocumentChange) => void): void {
    this.#changeListeners.add(listener);
  }

  /** Calls back with each gesture as one step; a huge one comes in pieces, the last of which says what it was. */
  onStep(listener: (step: OwnStep) => void): () => void {
    this.#stepListeners.add(listener);
    return () => this.#stepListeners.delete(listener);
  }

  read(id: ElementId): StoredElement | undefined {
    const source = this.#els.get(id);
    return source instanceof Y.Map ? readElement(id, source) : undefined;
  }

  text(id: ElementId, field?: string): string | undefined {
    return this.#textOf(id, field)?.toString();
  }

  /** Merges an update of somebody else. Bytes from the server only: it has checked them. */
  merge(update: Uint8Array): void {
    Y.applyUpdate(this.#doc, update, REMOTE);
    this.#publish('remote');
  }

  stateVector(): Uint8Array {
    return Y.encodeStateVector(this.#doc);
  }

  /** One's own edits, and those of the given updates' authors, as far as the server lacks them. */
  missing(stateVector: Uint8Array, unsaved: readonly Uint8Array[]): Missing {
    const others = unsaved.flatMap((update) => [...Y.parseUpdateMeta(update).from.keys()]);
    const authors = new Set([this.clientId, ...others]);
    return {
      updates: splitUpdate(missingOf(this.#doc, stateVector, authors), LIMITS.structs),
      ids: rootKeysOf(this.#doc, stateVector, authors).map(elementId),
    };
  }

  compare(stateVector: Uint8Array, unsaved: readonly Uint8Array[]): Standing {
    const theirs = Y.decodeStateVector(stateVector);
    const ours = Y.decodeStateVector(this.stateVector());
    for (const [client, clock] of theirs) if ((ours.get(client) ?? 0) < clock) return 'boardLacks';
    const own = this.clientId;
    const waiting = unsaved.map((update) => Y.parseUpdateMeta(update).from.get(own) ?? Number.POSITIVE_INFINITY);
    return (theirs.get(own) ?? 0) < Math.min(ours.get(own) ?? 0, ...waiting) ? 'serverLacks' : 'same';
  }

  encode(): Uint8Array {
    return Y.encodeStateAsUpdate(this.#doc);
  }

  /** Runs writes as one step of the history and one update. */
  gesture<T>(
    ids: Iterable<ElementId>,
    write: () => T,
    options?: { readonly continues: boolean; readonly words: boolean },
  ): T {
    this.#stepIds = new Set(ids);
    this.#stepIsWords = options?.words === true;
    // Yjs compares wall-clock times; we have decided already, so the answer is "always" or "never".
    this.#history.captureTimeout = options?.continues === true ? Number.POSITIVE_INFINITY : 0;
    return this.#batch(write);
  }

  /** Closes the current step: the next write begins another. */
  closeStep(): void {
    this.#history.stopCapturing();
  }

  /**
   * Makes elements, and shows them.
   *
   * They come into being deleted, outside the history, and are shown inside it. Undoing that is a soft delete: the text type stays
   * the same one, with every word a colleague has written into it in the meantime.
   */
  create(elements: readonly (NewElement & { readonly id: ElementId; readonly z: string })[]): void {
    this.#doc.transact(() => {
      for (const element of elements) this.#els.set(element.id, newMap(element));
    }, STRUCTURAL);
    this.#doc.transact(() => {
      for (const element of elements) this.#mapOf(element.id)?.delete('del');
    }, LOCAL);
  }

  /** Writes as one update that is no step of the history. */
  rewrite(write: (els: Y.Map<unknown>) => void): void {
    this.#batch(() => this.#doc.transact(() => write(this.#els), STRUCTURAL));
  }

  /** Sets keys of elements; `undefined` removes a key. */
  set(changes: Iterable<readonly [ElementId, Keys]>): void {
    this.#write(changes, LOCAL);
  }

  /** Replaces a part of an element's text, or of one field of a card. Positions in UTF-16 units. */
  replaceText(
    id: ElementId,
    change: { readonly index: number; readonly remove: number; readonly insert: string },
    field?: string,
  ): void {
    const text = this.#textOf(id, field);
    if (text === undefined) return;
    this.#doc.transact(() => {
      if (change.remove > 0) text.delete(change.index, change.remove);
      if (change.insert.length > 0) text.insert(change.index, change.insert);
    }, LOCAL);
  }

  /**
   * Takes back, or repeats, exactly one of one's own steps.
   *
   * Returns:
   *   The elements the step was about and those it changed now, or `null` if there was no step.
   */
  travel(direction: 'undo' | 'redo'): { touched: ReadonlySet<ElementId>; changed: ReadonlySet<ElementId> } | null {
    const history = this.#history;
    const [from, to] =
      direction === 'undo' ? ([history.undoStack, 'redoStack'] as const) : ([history.redoStack, 'undoStack'] as const);
    const step = from.at(-1);
    if (step === undefined) return null;
    const touched = touchedBy(step);
    const before = new Map([...touched].map((id) => [id, this.#place(id)]));
    // Yjs goes on to the step before when one has nothing left to do, and would take back something nobody asked for. It
    // searches both stacks for what is ours, though, so the earlier steps wait at the bottom of the other stack.
    const waiting = from.splice(0, from.length - 1);
    history[to].unshift(...waiting);
    this.#stepIds = touched;
    this.#stepIsWords = step.meta.get(WORDS) === true;
    return this.#batch(() => {
      if (direction === 'undo') history.undo();
      else history.redo();
      const changed = new Set(this.#changed);
      history[to].splice(0, waiting.length);
      history[direction === 'undo' ? 'undoStack' : 'redoStack'].unshift(...waiting);
      for (const id of this.#keepPlacesWhole(before)) changed.delete(id);
      return { touched, changed };
    });
  }

  /** Whether the step that would be taken back, or repeated, next is the typing of this element's words. */
  isWordsNext(direction: 'undo' | 'redo', id: ElementId): boolean {
    const step = this.#newest(direction);
    return step !== undefined && step.meta.get(WORDS) === true && touchedBy(step).has(id);
  }

  /** Takes back the newest steps as far as they are about this element alone, and forgets that they ever were. */
  retract(id: ElementId): void {
    const isItsOwn = (step: Step) => touchedBy(step).size === 1 && touchedBy(step).has(id);
    this.#batch(() => {
      for (let step = this.#newest('undo'); step !== undefined && isItsOwn(step); step = this.#newest('undo')) {
        this.travel('undo');
      }
      const { redoStack } = this.#history;
      redoStack.splice(0, redoStack.length, ...redoStack.filter((step) => !isItsOwn(step)));
    });
  }

  #newest(direction: 'undo' | 'redo'): Step | undefined {
    return (direction === 'undo' ? this.#history.undoStack : this.#history.redoStack).at(-1);
  }

  /**
   * Where something is, is `g` and `p` together. If a colleague moved it since, `g` stands; then `p` must stand too, or the thing
   * would jump to a position that nobody chose. Returns what had to be put back.
   */
  #keepPlacesWhole(before: ReadonlyMap<ElementId, { g: unknown; p: unknown }>): readonly ElementId[] {
    const torn: (readonly [ElementId, Keys])[] = [];
    for (const [id, place] of before) {
      const now = this.#place(id);
      if (now.g === place.g && now.p !== place.p) torn.push([id, { p: place.p }]);
    }
    if (torn.length > 0) this.#write(torn, STRUCTURAL);
    return torn.map(([id]) => id);
  }

  #place(id: ElementId): { g: unknown; p: unknown } {
    const map = this.#mapOf(id);
    return { g: map?.get('g'), p: map?.get('p') };
  }

  #write(changes: Iterable<readonly [ElementId, Keys]>, origin: object): void {
    this.#doc.transact(() => {
      for (const [id, keys] of changes) {
        const map = this.#mapOf(id);
        if (map === undefined) continue;
        for (const [key, value] of Object.entries(keys)) {
          if (value === undefined) map.delete(key);
          else map.set(key, value);
        }
      }
    }, origin);
  }

  #mapOf(id: ElementId): Y.Map<unknown> | undefined {
    const map = this.#els.get(id);
    return map instanceof Y.Map ? map : undefined;
  }

  #textOf(id: ElementId, field?: string): Y.Text | undefined {
    const map = this.#mapOf(id);
    const card = field === undefined ? undefined : map?.get('d');
    const text = field === undefined ? map?.get('txt') : card instanceof Y.Map ? card.get(field) : undefined;
    return text instanceof Y.Text ? text : undefined;
  }

  #batch<T>(write: () => T): T {
    this.#depth += 1;
    try {
      return write();
    } finally {
      this.#depth -= 1;
      if (this.#depth === 0) this.#publish('local');
    }
  }

  #publish(origin: 'local' | 'remote'): void {
    const ids = this.#changed;
    const written = this.#written;
    this.#changed = new Set();
    this.#written = [];
    const edits = folded(this.#edits);
    this.#edits = [];
    const [first] = written;
    if (first !== undefined) {
      const pieces = splitUpdate(written.length === 1 ? first : Y.mergeUpdates(written), LIMITS.structs);
      for (const [index, update] of pieces.entries()) {
        const step = { update, ids: [...ids], edits: index === pieces.length - 1 ? edits : [] };
        for (const listener of this.#stepListeners) listener(step);
      }
    }
    for (const listener of this.#changeListeners) listener({ ids, origin });
  }
}

const TOUCHED = 'touched';
const WORDS = 'words';

type Step = Y.UndoManager['undoStack'][number];

function touchedBy(step: Step): Set<ElementId> {
  const touched = step.meta.get(TOUCHED);
  return touched instanceof Set ? touched : new Set();
}

function newMap(element: NewElement & { readonly id: ElementId; readonly z: string }): Y.Map<unknown> {
  const map = new Y.Map<unknown>();
  const { x, y, w, h } = wholeRect(element.rect);
  map.set('t', element.kind);
  map.set('g', [x, y, w, h]);
  map.set('z', element.z);
  map.set('del', 1);
  if (element.parent !== null) map.set('p', element.parent);
  if (element.colour !== undefined) map.set('c', element.colour);
  if (element.style !== undefined && Object.keys(element.style).length > 0) map.set('s', { ...element.style });
  if (element.payload !== undefined && element.payload !== null) {
    map.set('d', element.kind === 'card' ? newCard(element.payload) : element.payload);
  }
  if (hasText(element.kind)) map.set('txt', new Y.Text(fitText(element.text ?? '', LIMITS.text)));
  return map;
}

/** A card's fields are texts of their own, so that two people can write in different ones at once. */
function newCard(payload: unknown): Y.Map<unknown> {
  const card = new Y.Map<unknown>();
  if (typeof payload !== 'object' || payload === null) return card;
  for (const [field, value] of Object.entries(payload)) {
    if (typeof value !== 'string') continue;
    card.set(field, field === 'ht' ? value : new Y.Text(fitText(value, LIMITS.text)));
  }
  return card;
}
