/** What others ask hosts to do. */

import { fields, number, some, words } from './reading.ts';

/** What only hosts do, and others ask them for. */
export interface Request {
  readonly request: string;
  readonly at: number;
  readonly by: string;
  readonly what: 'time' | 'stop' | 'move' | 'aside' | 'restore';
  readonly seconds: number;
  readonly stopped: boolean;
  /** Who is to move to `table`. */
  readonly who: string | null;
  readonly table: string | null;
  readonly element: string | null;
  readonly reason: string;
}

export function readRequest(value: unknown): Request | null {
  const asked = fields(value);
  const request = words(asked.request);
  const what = some(asked.what, ['time', 'stop', 'move', 'aside', 'restore']);
  if (request === null || what === null) return null;
  return {
    request,
    at: number(asked.at) ?? 0,
    by: words(asked.by) ?? '',
    what,
    seconds: number(asked.seconds) ?? 0,
    stopped: asked.stopped === true,
    who: words(asked.who),
    table: words(asked.table),
    element: words(asked.element),
    reason: words(asked.reason) ?? '',
  };
}
