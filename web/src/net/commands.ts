/** Commands on their way: each waits for the answer with its number. */

import { LIMITS } from '../model/element.ts';
import { fitText } from '../model/textDiff.ts';
import type { ClientMessage, CommandArgs, Plain, ServerMessage } from '../sync/messages.ts';
import { ApiError } from './api.ts';

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: ApiError) => void;
}

const MOST: Readonly<Record<string, number>> = { rename: LIMITS.name, title: LIMITS.title };

/** Half a character is no msgpack: it would end the connection, and cost the edits that are on their way. */
function whole(value: Plain, most: number): Plain {
  if (typeof value === 'string') return fitText(value, most);
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map((item) => whole(item, most));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, whole(item, most)]));
}

function isList(value: object): value is readonly Plain[] {
  return Array.isArray(value);
}

export class Commands {
  #count = 0;
  readonly #waiting = new Map<number, Waiting>();

  ask(name: string, args: CommandArgs, send: (message: ClientMessage) => void): Promise<unknown> {
    this.#count += 1;
    const n = this.#count;
    const most = MOST[name] ?? LIMITS.text;
    const fitted = Object.fromEntries(Object.entries(args).map(([key, value]) => [key, whole(value, most)]));
    return new Promise((resolve, reject) => {
      this.#waiting.set(n, { resolve, reject });
      send({ type: 'command', n, name, args: fitted });
    });
  }

  answer(message: ServerMessage): void {
    if (message.type !== 'result' && message.type !== 'failed') return;
    const waiting = this.#waiting.get(message.n);
    this.#waiting.delete(message.n);
    if (message.type === 'result') waiting?.resolve(message.value);
    else waiting?.reject(new ApiError(message.code, message.message, 0));
  }

  /** The connection broke: nobody will answer any more. */
  fail(): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(new ApiError('network', 'The connection broke.', 0));
  }
}
