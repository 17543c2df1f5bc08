/** Commands on their way: each waits for the answer with its number. */

import { LIMITS } from '../model/element.ts';
import { fitText } from '../model/textDiff.ts';
import type { ClientMessage, ServerMessage } from '../sync/messages.ts';
import { ApiError } from './api.ts';

export type CommandName = 'rename' | 'title' | 'lock';

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: ApiError) => void;
}

const MOST: Readonly<Record<CommandName, number>> = { rename: LIMITS.name, title: LIMITS.title, lock: 0 };

export class Commands {
  #count = 0;
  readonly #waiting = new Map<number, Waiting>();

  ask(
    name: CommandName,
    args: Readonly<Record<string, string | boolean>>,
    send: (message: ClientMessage) => void,
  ): Promise<unknown> {
    this.#count += 1;
    const n = this.#count;
    // Half a character is no msgpack: it would end the connection, and cost the edits that are on their way.
    const fitted = (value: string | boolean) => (typeof value === 'string' ? fitText(value, MOST[name]) : value);
    const whole = Object.fromEntries(Object.entries(args).map(([key, value]) => [key, fitted(value)]));
    return new Promise((resolve, reject) => {
      this.#waiting.set(n, { resolve, reject });
      send({ type: 'command', n, name, args: whole });
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
