/**
 * What is a person's own on a board: what stands there with their name, what is held for them, and what the keys on this device prove.
 *
 * A copy of it is a plain text, to be read and kept. Its last lines are the keys: whoever opens the copy again can withdraw what was
 * written without a name, on any device.
 */

import { cardTexts } from '../model/cardFields.ts';
import type { BoardElement, ElementId } from '../model/element.ts';
import { readGathering } from '../model/gathering/gathering.ts';
import { readOwn } from '../model/gathering/own.ts';
import { ApiError } from './api.ts';
import type { Room } from './room.ts';
import { keysOf } from './takeBack.ts';

export interface OwnWords {
  readonly text: string;
  readonly where: 'board' | 'record' | 'left' | 'sealed' | 'aside' | 'nameless';
  /** Of what was written without a name. */
  readonly secret: { readonly element: string; readonly key: string } | null;
}

/** Keys of notes without a name that this device has. */
export async function keysHere(board: string, room: Room): Promise<readonly string[]> {
  return keysOf(board, room.token);
}

/**
 * All of it, as far as it can be told now.
 *
 * Raises:
 *   ApiError: If there is no connection.
 */
export async function ownWords(room: Room, keys: readonly string[]): Promise<readonly OwnWords[]> {
  const found: OwnWords[] = [];
  const board = room.board.peek();
  for (const id of everything(room)) {
    const text = room.isMine(id) ? textOf(board.get(id)) : '';
    if (text.trim() !== '') found.push({ text, where: 'board', secret: null });
  }
  found.push(...onRecords(room));
  for (const note of readOwn(room.own.peek()).sealing.notes) {
    if (note.table === null) found.push({ text: note.text, where: 'sealed', secret: null });
  }
  const aside = (await room.command('own.aside', {})) as { readonly notes?: readonly { readonly text: string }[] };
  for (const { text } of aside.notes ?? []) found.push({ text, where: 'aside', secret: null });
  for (const key of keys) {
    const element = await elementOf(room, key);
    if (element === null) continue;
    const text = board.get(element as ElementId)?.text ?? '';
    found.push({ text, where: 'nameless', secret: { element, key } });
  }
  return found;
}

/** What one says on records: words of one's own beside one's name, and why something stands as one has said, with or without it. */
function onRecords(room: Room): readonly OwnWords[] {
  const { recording } = readGathering(room.gathering.peek());
  const { stood } = readOwn(room.own.peek()).recording;
  const seat = room.me.peek()?.seat;
  const own = [...recording.names.values()].flat().flatMap((name) => (name.seat === seat ? [name.own] : []));
  const why = [...recording.standing.values()].flat().flatMap((one) => (one.seat === seat ? [one.reason ?? ''] : []));
  const left = stood.flatMap(({ element, at }) => {
    const one = recording.standing.get(element)?.find((each) => each.at === at);
    return one?.reason ?? [];
  });
  const told = (texts: readonly string[], where: OwnWords['where']): readonly OwnWords[] =>
    texts.filter((text) => text !== '').map((text) => ({ text, where, secret: null }));
  return [...told([...own, ...why], 'record'), ...told(left, 'left')];
}

/** A record says what its fields say, a line for each. */
function textOf(element: BoardElement | undefined): string {
  if (element === undefined) return '';
  const lines = element.kind === 'card' ? cardTexts(element.payload).map(([, words]) => words) : [];
  return [element.text, ...lines].filter((line) => line.trim() !== '').join('\n');
}

function everything(room: Room): readonly ElementId[] {
  const board = room.board.peek();
  const ids: ElementId[] = [];
  const walk = (parent: ElementId | null): void => {
    for (const { id } of board.children(parent)) {
      ids.push(id);
      walk(id);
    }
  };
  walk(null);
  return ids;
}

async function elementOf(room: Room, key: string): Promise<string | null> {
  try {
    const found = (await room.command('own.find', { key })) as { readonly element?: string };
    return found.element ?? null;
  } catch (error) {
    if (error instanceof ApiError && error.code === 'unknown') return null;
    throw error;
  }
}

/** Takes all of it back. Returns how many notes stay because they are the group's by now. */
export async function takeBack(room: Room, words: readonly OwnWords[]): Promise<number> {
  // What has no name goes later, each at its own time, so that nobody can tell from the moment that it is one person's.
  for (const { secret } of words) {
    if (secret === null) continue;
    try {
      await room.command('seal.withdraw', { ...secret, later: true });
    } catch (error) {
      // Gone already, as when this was tried before and broke off half-way.
      if (!(error instanceof ApiError && error.code === 'unknown')) throw error;
    }
  }
  const answer = (await room.command('own.delete', {})) as { readonly stays?: number };
  return answer.stays ?? 0;
}

const WHERE: Readonly<Record<OwnWords['where'], string>> = {
  board: 'on the board, with your name',
  record: 'on a card, beside your name',
  left: 'on a card, without your name',
  sealed: 'sealed, for you alone',
  aside: 'set aside by hosts',
  nameless: 'on the board, without your name',
};

export function wordsOf(where: OwnWords['where']): string {
  return WHERE[where];
}

/** A copy to keep. */
export function copyOf(title: string, name: string, words: readonly OwnWords[]): string {
  const notes = words.map(({ text, where }) => `${text}\n    (${WHERE[where]})\n`);
  const keys = words.flatMap(({ secret }) => (secret === null ? [] : [`key ${secret.key}`]));
  const proof = keys.length === 0 ? [] : [KEYS_BELOW, ...keys];
  return `${[title, name, '', ...notes, ...proof].join('\n')}\n`;
}

const KEYS_BELOW = 'With these you can withdraw what is without your name. Keep them to yourself.';

/** The keys in a copy that was saved before. */
export function keysIn(copy: string): readonly string[] {
  return [...copy.matchAll(/^key ([A-Za-z0-9_-]{22,128})\r?$/gm)].map(([, key]) => key ?? '');
}
