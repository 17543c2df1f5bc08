/** Presence as a tick carries it: one binary of rows, each with only what changed. The layout is in docs/protocol.md §2. */

import { type ElementId, elementId, type Rect } from '../model/element.ts';
import { type WorldPoint, world } from '../model/point.ts';
import type { PresenceNews, PresenceRow } from '../sync/presence.ts';
import { malformed } from './parse.ts';

const FORGET = ['nothing', 'cursors', 'everything'] as const;

const CURSOR = 1;
const NO_CURSOR = 2;
const SELECTION = 4;
const EDITING = 8;
const NO_EDITING = 16;
const DRAG = 32;
const NO_DRAG = 64;
const UNKNOWN = 128;

const ID_BYTES = 12;

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) return malformed('presence', 'more bytes');
    this.#at += 1;
    return byte;
  }

  /** Seven bits a byte, the lowest first. Beyond 32 bits, shifting would lose some. */
  number(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (!Number.isSafeInteger(value)) return malformed('presence', 'a number');
      if (byte < 128) return value;
    }
  }

  /** The lowest bit is the sign. */
  signed(): number {
    const value = this.number();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  id(): ElementId {
    let id = '';
    for (let index = 0; index < ID_BYTES; index += 1) id += String.fromCharCode(this.byte());
    return elementId(id);
  }

  point(): WorldPoint {
    const x = this.signed();
    return world(x, this.signed());
  }

  rect(): Rect {
    const [x, y, w, h] = [this.signed(), this.signed(), this.signed(), this.signed()];
    return { x, y, w, h };
  }

  ids(): ElementId[] {
    const count = this.number();
    const ids: ElementId[] = [];
    for (let index = 0; index < count; index += 1) ids.push(this.id());
    return ids;
  }

  row(): PresenceRow {
    const conn = this.number();
    const fields = this.byte();
    const both = (one: number, other: number) => (fields & (one | other)) === (one | other);
    if (fields === 0 || fields & UNKNOWN || both(CURSOR, NO_CURSOR) || both(EDITING, NO_EDITING) || both(DRAG, NO_DRAG))
      return malformed('presence', 'known fields');
    return {
      conn,
      ...(fields & (CURSOR | NO_CURSOR) ? { cursor: fields & CURSOR ? this.point() : null } : {}),
      ...(fields & SELECTION ? { selection: this.ids() } : {}),
      ...(fields & (EDITING | NO_EDITING) ? { editing: fields & EDITING ? this.id() : null } : {}),
      ...(fields & (DRAG | NO_DRAG) ? { drag: fields & DRAG ? this.rect() : null } : {}),
    };
  }
}

/**
 * Parses the presence of a tick.
 *
 * Raises:
 *   MalformedMessage: If it is not exactly that.
 */
export function decodePresence(bytes: Uint8Array): PresenceNews {
  const reader = new Reader(bytes);
  const forget = FORGET[reader.byte()] ?? malformed('presence', 'what to forget');
  const rows: PresenceRow[] = [];
  while (!reader.isAtEnd) rows.push(reader.row());
  return { forget, rows };
}
