/**
 * Ink: one stroke as an immutable byte string.
 *
 * Format, version 1: the byte 1 · the width of the pen in quarters of a world unit · w and h of the stroke's box, unsigned
 * LEB128, whole world units · then pairs of zigzag LEB128 numbers in quarters of a world unit: the first pair is the first
 * point from the box's top left corner, each later pair the step from the point before. A stroke whose element was resized is
 * stretched from its box to the element's. Bytes that do not follow this are drawn as far as they do.
 */

export const INK_VERSION = 1;
const STEP = 4;

export interface Ink {
  readonly width: number;
  readonly w: number;
  readonly h: number;
  /** x, y, x, y … in world units from the top left corner of the box. */
  readonly points: Float32Array;
}

export function encodeInk(ink: {
  readonly width: number;
  readonly w: number;
  readonly h: number;
  readonly points: ArrayLike<number>;
}): Uint8Array {
  const bytes: number[] = [INK_VERSION, Math.min(255, Math.max(1, Math.round(ink.width * STEP)))];
  const put = (value: number) => {
    let rest = value;
    while (rest > 127) {
      bytes.push((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    bytes.push(rest);
  };
  put(Math.max(1, Math.round(ink.w)));
  put(Math.max(1, Math.round(ink.h)));
  let lastX = 0;
  let lastY = 0;
  for (let index = 0; index + 1 < ink.points.length; index += 2) {
    const x = Math.round((ink.points[index] ?? 0) * STEP);
    const y = Math.round((ink.points[index + 1] ?? 0) * STEP);
    put(unsigned(x - lastX));
    put(unsigned(y - lastY));
    lastX = x;
    lastY = y;
  }
  return Uint8Array.from(bytes);
}

/** Reads a stroke; `null` if these bytes are none, or one of a later version. */
export function decodeInk(bytes: Uint8Array): Ink | null {
  if (bytes[0] !== INK_VERSION || bytes.length < 4) return null;
  let at = 2;
  const take = (): number | null => {
    let value = 0;
    let scale = 1;
    for (let count = 0; count < 5; count += 1) {
      const byte = bytes[at];
      if (byte === undefined) return null;
      at += 1;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
    return null;
  };
  const w = take();
  const h = take();
  if (w === null || h === null || w === 0 || h === 0) return null;
  const points: number[] = [];
  let x = 0;
  let y = 0;
  for (;;) {
    const dx = take();
    const dy = dx === null ? null : take();
    if (dx === null || dy === null) break;
    x += zigzag(dx);
    y += zigzag(dy);
    points.push(x / STEP, y / STEP);
  }
  return { width: (bytes[1] ?? STEP) / STEP, w, h, points: Float32Array.from(points) };
}

function unsigned(step: number): number {
  return step < 0 ? -step * 2 - 1 : step * 2;
}

function zigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
