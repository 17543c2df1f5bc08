/** Short messages at the foot of the screen. One with an action stays until it is closed; the others leave by themselves. */

import { type ReadonlySignal, signal } from '@preact/signals-core';
import type { Toast } from './editor.ts';

export interface ShownToast extends Toast {
  readonly key: number;
}

/** About the time it takes to read two lines at an unhurried pace. */
const STAY_MS = 8_000;
/** More than this would cover the board; the oldest goes first. */
const MOST = 3;

export class Toaster {
  readonly #list = signal<readonly ShownToast[]>([]);
  #next = 1;

  get list(): ReadonlySignal<readonly ShownToast[]> {
    return this.#list;
  }

  /** Shows it, and returns the key to close it by. */
  show(toast: Toast): number {
    const key = this.#next++;
    const others = this.#list.value.filter((shown) => shown.text !== toast.text);
    this.#list.value = [...others, { ...toast, key }].slice(-MOST);
    if (toast.action === undefined) setTimeout(() => this.close(key), STAY_MS);
    return key;
  }

  close(key: number): void {
    this.#list.value = this.#list.value.filter((shown) => shown.key !== key);
  }
}
