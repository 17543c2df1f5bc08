/** Parts that come after the first load: fetched when the page is idle, or at the latest when they are wanted. */

import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';

interface Waiting {
  readonly missed: () => void;
  readonly meanwhile?: preact.JSX.Element;
}

export interface Later<P> {
  /** Renders what there is for the time until the part has come, or nothing. */
  readonly Part: (props: P & Waiting) => preact.JSX.Element | null;
  readonly fetch: () => Promise<void>;
}

/**
 * Wraps a part that is fetched later.
 *
 * Args:
 *   load: Fetches it; asked again after a failure, as when the device was offline.
 */
export function later<P extends object>(load: () => Promise<ComponentType<P>>): Later<P> {
  const arrived = signal<{ readonly Part: ComponentType<P> } | null>(null);
  const fetch = async (): Promise<void> => {
    arrived.value ??= { Part: await load() };
  };
  const Part = (props: P & Waiting) => {
    const here = arrived.value;
    const { missed } = props;
    // Once, when the part is wanted.
    useEffect(() => {
      fetch().catch(missed);
    }, []);
    return here === null ? (props.meanwhile ?? null) : <here.Part {...props} />;
  };
  return { Part, fetch };
}

/** Something that draws nothing, and comes later. */
export class LaterModule<T> {
  readonly #load: () => Promise<T>;
  readonly #here = signal<T | null>(null);

  constructor(load: () => Promise<T>) {
    this.#load = load;
  }

  /** Null until it has come; subscribes. */
  get here(): T | null {
    return this.#here.value;
  }

  async fetch(): Promise<T> {
    const here = this.#here.peek() ?? (await this.#load());
    this.#here.value = here;
    return here;
  }
}

/** Fetches parts when the page has nothing better to do, so that they are here even if the connection is lost. */
export function fetchWhenIdle(parts: readonly { readonly fetch: () => Promise<unknown> }[]): void {
  const go = (): void => {
    // A failure now is no matter: the part is asked for again when it is wanted.
    for (const part of parts) part.fetch().catch(() => undefined);
  };
  if (typeof requestIdleCallback === 'function') requestIdleCallback(go, { timeout: 5_000 });
  else setTimeout(go, 2_000);
}
