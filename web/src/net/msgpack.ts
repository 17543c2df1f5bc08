/**
 * MessagePack as far as the protocol goes: nil, booleans, numbers, strings, bytes, arrays and maps with string keys.
 *
 * A general library is six times as much code, for extension types, timestamps and streams that no message here has. Reading is
 * strict: what is not one whole value of these types, well nested, is an error.
 */

/** As deep as the server nests, and then some; beyond it a frame is made to exhaust the stack. */
const MOST_NESTED = 32;

const utf8 = new TextEncoder();
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

class Writer {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  result(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  write(value: unknown): void {
    if (value === null || value === undefined) {
      this.#unsigned(1, 0xc0);
    } else if (typeof value === 'boolean') {
      this.#unsigned(1, value ? 0xc3 : 0xc2);
    } else if (typeof value === 'number') {
      this.#number(value);
    } else if (typeof value === 'string') {
      const bytes = utf8.encode(value);
      if (bytes.length < 0x20) this.#unsigned(1, 0xa0 | bytes.length);
      else this.#narrowest(0xd9, bytes.length);
      this.#append(bytes);
    } else if (value instanceof Uint8Array) {
      this.#narrowest(0xc4, value.length);
      this.#append(value);
    } else if (Array.isArray(value)) {
      this.#count(0x90, 0xdc, value.length);
      for (const item of value) this.write(item);
    } else {
      const entries = Object.entries(value);
      this.#count(0x80, 0xde, entries.length);
      for (const item of entries.flat()) this.write(item);
    }
  }

  #number(value: number): void {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) {
      this.#unsigned(1, 0xcb);
      const at = this.#grow(8);
      this.#view.setFloat64(at, value);
    } else if (value >= -0x20 && value < 0x80) {
      this.#unsigned(1, value & 0xff);
    } else if (value >= 0 && value < 0x1_0000_0000) {
      this.#narrowest(0xcc, value);
    } else if (value >= 0 || value < -0x8000_0000) {
      this.#unsigned(1, value < 0 ? 0xd3 : 0xcf);
      const at = this.#grow(8);
      this.#view.setBigInt64(at, BigInt(value));
    } else {
      const width = value >= -0x80 ? 1 : value >= -0x8000 ? 2 : 4;
      this.#unsigned(1, 0xd0 + (width >> 1));
      this.#unsigned(width, value);
    }
  }

  /** A type that comes in widths of one, two and four bytes. */
  #narrowest(type: number, value: number): void {
    const width = value < 0x100 ? 1 : value < 0x1_0000 ? 2 : 4;
    this.#unsigned(1, type + (width >> 1));
    this.#unsigned(width, value);
  }

  /** How many an array or a map holds: few in the type itself, else in two or four bytes. */
  #count(few: number, many: number, count: number): void {
    if (count < 0x10) {
      this.#unsigned(1, few | count);
    } else {
      const width = count < 0x1_0000 ? 2 : 4;
      this.#unsigned(1, many + (width >> 2));
      this.#unsigned(width, count);
    }
  }

  #unsigned(width: number, value: number): void {
    const at = this.#grow(width);
    if (width === 1) this.#view.setUint8(at, value);
    else if (width === 2) this.#view.setUint16(at, value);
    else this.#view.setUint32(at, value);
  }

  #append(bytes: Uint8Array): void {
    const at = this.#grow(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** Makes room. Returns where it begins. */
  #grow(width: number): number {
    const at = this.#length;
    this.#length += width;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  read(depth = 0): unknown {
    if (depth > MOST_NESTED) throw new RangeError('nested too deeply');
    const type = this.#unsigned(1);
    if (type < 0x80) return type;
    if (type < 0x90) return this.#map(type & 0x0f, depth);
    if (type < 0xa0) return this.#array(type & 0x0f, depth);
    if (type < 0xc0) return this.#text(type & 0x1f);
    if (type >= 0xe0) return type - 0x100;
    switch (type) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.#slice(this.#unsigned(1 << (type - 0xc4)));
      case 0xca:
        return this.#view.getFloat32(this.#take(4));
      case 0xcb:
        return this.#view.getFloat64(this.#take(8));
      case 0xcc:
      case 0xcd:
      case 0xce:
        return this.#unsigned(1 << (type - 0xcc));
      case 0xcf:
        return Number(this.#view.getBigUint64(this.#take(8)));
      case 0xd0:
        return this.#view.getInt8(this.#take(1));
      case 0xd1:
        return this.#view.getInt16(this.#take(2));
      case 0xd2:
        return this.#view.getInt32(this.#take(4));
      case 0xd3:
        return Number(this.#view.getBigInt64(this.#take(8)));
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#text(this.#unsigned(1 << (type - 0xd9)));
      case 0xdc:
      case 0xdd:
        return this.#array(this.#unsigned(type === 0xdc ? 2 : 4), depth);
      case 0xde:
      case 0xdf:
        return this.#map(this.#unsigned(type === 0xde ? 2 : 4), depth);
      default:
        throw new RangeError(`type ${type} is not of this protocol`);
    }
  }

  #array(length: number, depth: number): unknown[] {
    const items: unknown[] = [];
    // What a frame claims to hold is not made room for: reading fails where the frame ends.
    for (let index = 0; index < length; index += 1) items.push(this.read(depth + 1));
    return items;
  }

  #map(length: number, depth: number): Record<string, unknown> {
    const entries: [string, unknown][] = [];
    for (let index = 0; index < length; index += 1) {
      const key = this.read(depth + 1);
      if (typeof key !== 'string') throw new RangeError('a key is no string');
      entries.push([key, this.read(depth + 1)]);
    }
    return Object.fromEntries(entries);
  }

  #text(length: number): string {
    return strictUtf8.decode(this.#slice(length));
  }

  #slice(length: number): Uint8Array {
    const at = this.#take(length);
    return this.#bytes.subarray(at, at + length);
  }

  #unsigned(width: number): number {
    const at = this.#take(width);
    if (width === 1) return this.#view.getUint8(at);
    return width === 2 ? this.#view.getUint16(at) : this.#view.getUint32(at);
  }

  #take(width: number): number {
    const at = this.#at;
    this.#at += width;
    if (this.#at > this.#bytes.length) throw new RangeError('the frame ends too early');
    return at;
  }
}

export function encode(value: unknown): Uint8Array<ArrayBuffer> {
  const writer = new Writer();
  writer.write(value);
  return writer.result();
}

/**
 * Reads one value.
 *
 * Raises:
 *   RangeError or TypeError: If the bytes are anything but one whole value.
 */
export function decode(bytes: Uint8Array): unknown {
  const reader = new Reader(bytes);
  const value = reader.read();
  if (!reader.isAtEnd) throw new RangeError('something follows the value');
  return value;
}
