/**
 * Elements: the immutable values the rest of the client sees, and the tolerant reading of them from the document.
 *
 * Reading never fails. What a newer client wrote and we do not know becomes an inert element of kind `unknown` that keeps its
 * place; a value of the wrong type counts as missing.
 */

import * as Y from 'yjs';

export type ElementId = string & { readonly __brand: 'ElementId' };

export const KINDS = ['note', 'text', 'shape', 'frame', 'conn', 'ink', 'image', 'stamp', 'card'] as const;
export type Kind = (typeof KINDS)[number];

export const COLOURS = ['barley', 'apricot', 'rosehip', 'damson', 'cornflower', 'mere', 'sage', 'oat'] as const;
export type ColourName = (typeof COLOURS)[number];

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export type Style = Readonly<Record<string, string | number | boolean>>;

export interface BoardElement {
  readonly id: ElementId;
  readonly kind: Kind | 'unknown';
  /** Relative to `parent`, in world units. */
  readonly rect: Rect;
  readonly parent: ElementId | null;
  readonly z: string;
  readonly colour: ColourName | null;
  readonly text: string;
  readonly style: Style;
  readonly locked: boolean;
  readonly payload: unknown;
}

/** An element as the document has it: `deleted` ones too, and with the parent it names, whether or not that one lives. */
export interface StoredElement extends BoardElement {
  readonly deleted: boolean;
}

/** Limits that the server's gate enforces; the client keeps to them so that an honest person is never refused. */
export const LIMITS = {
  /** UTF-16 units in one text. */
  text: 4_000,
  coordinate: 1_000_000,
  size: 100_000,
  styleKeys: 16,
  styleText: 600,
  title: 200,
  name: 60,
  /** On one board, deleted ones too. */
  elements: 20_000,
  /** In one edit; the gate takes a few more. */
  structs: 8_000,
} as const;

const NO_STYLE: Style = Object.freeze({});
const NO_PLACE: Rect = Object.freeze({ x: 0, y: 0, w: 1, h: 1 });

export function elementId(value: string): ElementId {
  return value as ElementId;
}

export function isKind(value: unknown): value is Kind {
  return (KINDS as readonly unknown[]).includes(value);
}

export function isColour(value: unknown): value is ColourName {
  return (COLOURS as readonly unknown[]).includes(value);
}

/** Kinds that are made with a text. The others have none, or keep their words in the payload. */
export function hasText(kind: Kind | 'unknown'): boolean {
  return kind === 'note' || kind === 'text' || kind === 'shape' || kind === 'frame';
}

function whole(value: unknown, low: number, high: number, fallback: number): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) return fallback;
  return Math.min(high, Math.max(low, Math.round(value))) + 0;
}

/** A rectangle the gate accepts: integers within the limits, and no negative zero. */
export function wholeRect(rect: Rect): Rect {
  const { coordinate, size } = LIMITS;
  return {
    x: whole(rect.x, -coordinate, coordinate, 0),
    y: whole(rect.y, -coordinate, coordinate, 0),
    w: whole(rect.w, 1, size, 1),
    h: whole(rect.h, 1, size, 1),
  };
}

function readRect(value: unknown): Rect {
  if (!Array.isArray(value) || value.length !== 4) return NO_PLACE;
  const [x, y, w, h]: readonly unknown[] = value;
  const { coordinate, size } = LIMITS;
  return {
    x: whole(x, -coordinate, coordinate, 0),
    y: whole(y, -coordinate, coordinate, 0),
    w: whole(w, 1, size, 1),
    h: whole(h, 1, size, 1),
  };
}

function readStyle(value: unknown): Style {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return NO_STYLE;
  const style: Record<string, string | number | boolean> = {};
  for (const [key, entry] of Object.entries(value)) {
    if (typeof entry === 'string' || typeof entry === 'boolean' || Number.isFinite(entry)) style[key] = entry;
  }
  return style;
}

function readPayload(kind: unknown, value: unknown): unknown {
  if (value instanceof Y.Map || value instanceof Y.Array || value instanceof Y.Text) return value.toJSON();
  if (kind !== 'conn' || typeof value !== 'object' || value === null) return value ?? null;
  // The schema takes a bare id for an end; everybody who reads elements sees one form.
  const long = (key: string, end: unknown): unknown =>
    (key === 'a' || key === 'b') && typeof end === 'string' ? { id: end } : end;
  return Object.fromEntries(Object.entries(value).map(([key, end]) => [key, long(key, end)]));
}

/** Reads one element of the document's `els` map. */
export function readElement(id: string, source: Y.Map<unknown>): StoredElement {
  const kind = source.get('t');
  const parent = source.get('p');
  const z = source.get('z');
  const colour = source.get('c');
  const text = source.get('txt');
  return {
    id: elementId(id),
    kind: isKind(kind) ? kind : 'unknown',
    rect: readRect(source.get('g')),
    parent: typeof parent === 'string' && parent !== id ? elementId(parent) : null,
    z: typeof z === 'string' ? z : '',
    colour: isColour(colour) ? colour : null,
    text: text instanceof Y.Text ? text.toString() : '',
    style: readStyle(source.get('s')),
    locked: Boolean(source.get('lk')),
    payload: readPayload(kind, source.get('d')),
    deleted: Boolean(source.get('del')),
  };
}
