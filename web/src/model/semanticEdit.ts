/**
 * What a person changed, beside the bytes that carry it: enough to make the same change on a board of another history.
 *
 * Read from the document's own transactions, so that typing, pasting, undo and whatever comes later are all noted alike.
 */

import * as Y from 'yjs';
import { type ElementId, elementId } from './element.ts';

/** Keys of an element; `undefined` removes one. Those of a card's payload are named `d.ht`. */
type Keys = Readonly<Record<string, unknown>>;
type Place = readonly [x: number, y: number];

export type SemanticEdit =
  | {
      readonly type: 'create';
      readonly id: ElementId;
      readonly kind: unknown;
      readonly keys: Keys;
      /** Its words by field: `txt`, or `d.how` and the like in a card. */
      readonly texts: Readonly<Record<string, string>>;
      /** Where it lies in the world, for when its frame is no more. */
      readonly at: Place;
    }
  | {
      readonly type: 'set';
      readonly id: ElementId;
      readonly kind: unknown;
      /** Where it lies is `g` and `p` together: if one of them changed, both are here. */
      readonly keys: Keys;
      readonly at: Place;
    }
  | {
      readonly type: 'text';
      readonly id: ElementId;
      readonly kind: unknown;
      readonly field: string;
      readonly before: string;
      readonly after: string;
    }
  /** Taken out of the document; what people delete has its key `del` set. */
  | { readonly type: 'remove'; readonly id: ElementId };

/** Frames in frames deeper than this are a ring. */
const MOST_FRAMES = 64;

/** What one transaction did, from the events that `observeDeep` reports of it. */
export function editsOf(els: Y.Map<unknown>, events: readonly Y.YEvent<Y.AbstractType<unknown>>[]): SemanticEdit[] {
  return events.flatMap((event): SemanticEdit[] => {
    if (event.target === els) return [...event.keys.keys()].map((id) => wholeElement(els, elementId(id)));
    const [first, ...path] = event.path.map(String);
    const id = elementId(first ?? '');
    const map = els.get(id);
    if (!(map instanceof Y.Map)) return [];
    const kind = map.get('t');
    if (event.target instanceof Y.Text) {
      const [before, after] = [wordsBefore(event), event.target.toString()];
      return before === after ? [] : [{ type: 'text', id, kind, field: path.join('.'), before, after }];
    }
    if (!(event.target instanceof Y.Map)) return [];
    const { target } = event;
    const keys: Record<string, unknown> = {};
    for (const key of event.keys.keys()) {
      const value = target.get(key);
      if (!(value instanceof Y.AbstractType)) keys[[...path, key].join('.')] = value;
    }
    if ('g' in keys || 'p' in keys) Object.assign(keys, { g: map.get('g'), p: map.get('p') });
    return [{ type: 'set', id, kind, keys, at: placeOf(els, map) }];
  });
}

function wholeElement(els: Y.Map<unknown>, id: ElementId): SemanticEdit {
  const map = els.get(id);
  if (!(map instanceof Y.Map)) return { type: 'remove', id };
  const keys: Record<string, unknown> = {};
  const texts: Record<string, string> = {};
  const read = (source: Y.Map<unknown>, prefix: string): void => {
    for (const [key, value] of source) {
      if (value instanceof Y.Text) texts[prefix + key] = value.toString();
      else if (value instanceof Y.Map) read(value, `${prefix + key}.`);
      else keys[prefix + key] = value;
    }
  };
  read(map, '');
  return { type: 'create', id, kind: map.get('t'), keys, texts, at: placeOf(els, map) };
}

/** A text as it was before the transaction: what that deleted is still there, marked as deleted. */
function wordsBefore(event: Y.YEvent<Y.AbstractType<unknown>>): string {
  let words = '';
  for (let item = event.target._start; item !== null; item = item.right) {
    if (!(item.content instanceof Y.ContentString) || event.adds(item)) continue;
    if (!item.deleted || event.deletes(item)) words += item.content.str;
  }
  return words;
}

function placeOf(els: Y.Map<unknown>, map: Y.Map<unknown>): Place {
  let x = 0;
  let y = 0;
  let current: unknown = map;
  for (let depth = 0; current instanceof Y.Map && depth < MOST_FRAMES; depth += 1) {
    const rect: unknown = current.get('g');
    if (Array.isArray(rect)) {
      x += Number(rect[0]) || 0;
      y += Number(rect[1]) || 0;
    }
    const parent: unknown = current.get('p');
    current = typeof parent === 'string' ? els.get(parent) : undefined;
  }
  return [x, y];
}

/** One gesture may take several transactions: what it makes and then changes is noted as made that way. */
export function folded(edits: readonly SemanticEdit[]): SemanticEdit[] {
  const out: SemanticEdit[] = [];
  for (const edit of edits) {
    const index = edit.type === 'set' ? out.findLastIndex(({ id }) => id === edit.id) : -1;
    const before = out[index];
    if (edit.type === 'set' && (before?.type === 'create' || before?.type === 'set')) {
      out[index] = { ...before, keys: withKeys(before, edit.keys), at: edit.at };
    } else {
      out.push(edit);
    }
  }
  return out;
}

function withKeys(before: { readonly type: 'create' | 'set'; readonly keys: Keys }, keys: Keys): Keys {
  const merged = { ...before.keys, ...keys };
  if (before.type === 'set') return merged;
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined));
}
