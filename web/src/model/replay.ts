/**
 * Making one's edits again on a board of another history: what several come to, and what of that still has a place.
 *
 * Nothing is thrown away: what has no place any more comes back as words.
 */

import * as Y from 'yjs';
import type { Board } from './board.ts';
import { type ElementId, LIMITS } from './element.ts';
import type { SemanticEdit } from './semanticEdit.ts';
import { textDiff } from './textDiff.ts';
import { mergeText } from './textMerge.ts';

type Keys = Readonly<Record<string, unknown>>;
type Made = Extract<SemanticEdit, { type: 'create' }>;
type Typed = Extract<SemanticEdit, { type: 'text' }>;

const IN_CARD = 'd.';
/** So many letters of one's own, with all that was around them, are not in a text by chance. */
const NO_CHANCE = 12;

/** What many edits come to for one element. */
export interface NetEdit {
  readonly id: ElementId;
  readonly kind: unknown;
  /** Its making, if that is among the edits. */
  readonly made: Made | null;
  readonly removed: boolean;
  readonly keys: Keys;
  readonly at: Made['at'];
  /** Each change of a text, in the order of typing. */
  readonly texts: ReadonlyMap<string, readonly Typed[]>;
}

/** Words that have no place on the board any more. */
export interface Displaced {
  readonly id: ElementId;
  readonly text: string;
}

/** The sum of edits for each element, in the order in which the elements were first touched. */
export function netEdits(edits: Iterable<SemanticEdit>): NetEdit[] {
  const nets = new Map<ElementId, NetEdit>();
  for (const edit of edits) nets.set(edit.id, added(nets.get(edit.id) ?? nothing(edit.id), edit));
  return [...nets.values()];
}

function nothing(id: ElementId): NetEdit {
  return { id, kind: null, made: null, removed: false, keys: {}, at: [0, 0], texts: new Map() };
}

function added(net: NetEdit, edit: SemanticEdit): NetEdit {
  switch (edit.type) {
    case 'create':
      return { ...nothing(edit.id), kind: edit.kind, made: edit, at: edit.at };
    case 'remove':
      return { ...nothing(edit.id), removed: true };
    case 'set':
      return { ...net, kind: edit.kind, keys: { ...net.keys, ...edit.keys }, at: edit.at };
    case 'text': {
      const steps = [...(net.texts.get(edit.field) ?? []), edit];
      return { ...net, kind: edit.kind, texts: new Map(net.texts).set(edit.field, steps) };
    }
  }
}

/** The words of an element as its author saw them last, if these edits wrote any. */
export function writtenWords(net: NetEdit): string {
  return Object.values(finalTexts(net))
    .filter((words) => words.trim() !== '')
    .join('\n');
}

function finalTexts({ made, texts }: NetEdit): Record<string, string> {
  const final = { ...made?.texts };
  for (const [field, steps] of texts) final[field] = steps.at(-1)?.after ?? '';
  return final;
}

/**
 * Makes changes of a text again on what it is now.
 *
 * Some of them may be in it already, because an edit is on disk before its receipt is here; those are not made twice.
 */
export function retyped(now: string, steps: readonly Pick<Typed, 'before' | 'after'>[]): string {
  const before = steps[0]?.before ?? '';
  const after = steps.at(-1)?.after ?? '';
  if (after.length >= before.length + NO_CHANCE && now.includes(after)) return now;
  const done = Math.max(
    steps.findLastIndex((step) => step.before === now),
    steps.findLastIndex((step) => step.after === now) + 1,
  );
  return steps.slice(done).reduce((text, step) => mergeText(step.before, step.after, text), now);
}

/**
 * Makes edits again on a board that has another history, as edits of one's own that undo does not know of.
 *
 * Args:
 *   groups: What was one update each, in order; what a group comes to is one update again.
 *
 * Returns:
 *   The words that have no place there.
 */
export function replay(board: Board, groups: readonly (readonly SemanticEdit[])[]): Displaced[] {
  const displaced: Displaced[] = [];
  const nets = new Map(netEdits(groups.flat()).map((net) => [net.id, net]));
  for (const group of groups) {
    board.rewrite((els) => {
      for (const { id } of group) {
        const net = nets.get(id);
        nets.delete(id);
        if (net !== undefined && !hasBeenMadeAgain(els, net)) displaced.push({ id, text: writtenWords(net) });
      }
    });
  }
  return displaced.filter(({ text }) => text !== '');
}

function hasBeenMadeAgain(els: Y.Map<unknown>, net: NetEdit): boolean {
  const { id, made, removed, texts } = net;
  const map = els.get(id);
  if (removed) {
    els.delete(id);
    return true;
  }
  if (!(map instanceof Y.Map)) {
    if (made === null) return false;
    const keys = { ...made.keys, ...net.keys };
    if (!keys.del) els.set(id, newElement({ ...keys, ...placeIn(els, keys, net) }, finalTexts(net)));
    return true;
  }
  if (map.get('t') !== net.kind) return false;
  const isDeleted = Boolean('del' in net.keys ? net.keys.del : map.get('del'));
  // What the author took away stays away. What others took away takes no words, and words are all there is to save.
  if (isDeleted && !net.keys.del) return texts.size === 0;
  const changed = [...texts].map(([field, steps]) => {
    const text = within(map, field);
    return text instanceof Y.Text ? ([text, retyped(text.toString(), steps)] as const) : null;
  });
  if (changed.some((change) => change === null || change[1].length > LIMITS.text)) return false;
  for (const change of changed) if (change !== null) rewriteText(...change);
  for (const [key, value] of Object.entries({ ...net.keys, ...placeIn(els, net.keys, net) })) setKey(map, key, value);
  return true;
}

/** Something whose frame is no more lies where it lay in the world. */
function placeIn(els: Y.Map<unknown>, { g, p }: Keys, { at }: NetEdit): Keys {
  if (typeof p !== 'string' || !Array.isArray(g) || els.has(p)) return {};
  return { g: [...at, g[2], g[3]], p: undefined };
}

function within(map: Y.Map<unknown>, path: string): unknown {
  return path.split('.').reduce<unknown>((from, key) => (from instanceof Y.Map ? from.get(key) : undefined), map);
}

function setKey(map: Y.Map<unknown>, path: string, value: unknown): void {
  const at = path.lastIndexOf('.');
  const owner = at < 0 ? map : within(map, path.slice(0, at));
  if (!(owner instanceof Y.Map)) return;
  if (value === undefined) owner.delete(path.slice(at + 1));
  else owner.set(path.slice(at + 1), value);
}

function rewriteText(text: Y.Text, next: string): void {
  const change = textDiff(text.toString(), next);
  if (change === null) return;
  if (change.remove > 0) text.delete(change.index, change.remove);
  if (change.insert !== '') text.insert(change.index, change.insert);
}

function newElement(keys: Keys, texts: Readonly<Record<string, string>>): Y.Map<unknown> {
  const map = new Y.Map<unknown>();
  const card = new Y.Map<unknown>();
  const shared = Object.entries(texts).map(([path, words]) => [path, new Y.Text(words)] as const);
  for (const [path, value] of [...Object.entries(keys), ...shared]) {
    if (value === undefined) continue;
    if (path.startsWith(IN_CARD)) card.set(path.slice(IN_CARD.length), value);
    else map.set(path, value);
  }
  if (keys.t === 'card') map.set('d', card);
  return map;
}
