/** Layouts and widths, kept until the fonts change. Two generations bound the memory: what is not asked for again is dropped. */

import { type Box, fitInto, type Measurer, paragraph, type TextLayout } from './text.ts';

class TwoGenerations<V> {
  readonly #limit: number;
  #young = new Map<string, V>();
  #old = new Map<string, V>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(key: string): V | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: string, value: V): void {
    if (this.#young.size >= this.#limit) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
  }
}

/** Remembers widths of pieces: the same words come again on every note. */
export class CachedMeasurer implements Measurer {
  readonly #source: Measurer;
  readonly #widths = new TwoGenerations<number>(20_000);

  constructor(source: Measurer) {
    this.#source = source;
  }

  get ascent(): number {
    return this.#source.ascent;
  }

  get descent(): number {
    return this.#source.descent;
  }

  width(text: string, weight: number, size: number): number {
    const key = `${weight} ${size} ${text}`;
    const known = this.#widths.get(key);
    if (known !== undefined) return known;
    const measured = this.#source.width(text, weight, size);
    this.#widths.set(key, measured);
    return measured;
  }

  clear(): void {
    this.#widths.clear();
  }
}

export class TextCache {
  readonly measurer: CachedMeasurer;
  readonly #layouts = new TwoGenerations<TextLayout>(8_000);
  /** Elements are immutable values, so an element is its own key: no string is built in a steady frame. */
  #byOwner = new WeakMap<object, TextLayout>();

  constructor(source: Measurer) {
    this.measurer = new CachedMeasurer(source);
  }

  /** The text of an owner in the largest of `sizes` that fits. One owner has one layout. */
  fitted(owner: object, text: string, box: Box, sizes: readonly number[], weight: number): TextLayout {
    const known = this.#byOwner.get(owner);
    if (known !== undefined) return known;
    const layout = this.layOut(text, box, sizes, weight);
    this.#byOwner.set(owner, layout);
    return layout;
  }

  layOut(text: string, box: Box, sizes: readonly number[], weight: number): TextLayout {
    const key = `f ${box.w} ${box.h} ${weight} ${sizes[0]} ${sizes.length} ${text}`;
    const known = this.#layouts.get(key);
    if (known !== undefined) return known;
    const layout = fitInto(text, box, sizes, weight, this.measurer);
    this.#layouts.set(key, layout);
    return layout;
  }

  /** The text of an owner at one size. */
  set(owner: object, text: string, box: Box, size: number, weight: number, lineHeight: number): TextLayout {
    const known = this.#byOwner.get(owner);
    if (known !== undefined) return known;
    const layout = paragraph(text, box, size, weight, lineHeight, this.measurer);
    this.#byOwner.set(owner, layout);
    return layout;
  }

  /** To be called when a font has loaded. */
  clear(): void {
    this.measurer.clear();
    this.#layouts.clear();
    this.#byOwner = new WeakMap();
  }
}
