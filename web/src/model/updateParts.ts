/**
 * Updates taken apart: into pieces of a size the gate takes, and into what is ours to send.
 *
 * Every piece is a whole update, and the pieces in their order are the update they came from.
 */

import * as Y from 'yjs';

type Struct = ReturnType<typeof Y.decodeUpdate>['structs'][number];
type Runs = ReadonlyMap<number, readonly { readonly clock: number; readonly len: number }[]>;

const NO_RUNS: Runs = new Map();

function encode(structs: readonly Struct[], deletions: Runs): Uint8Array {
  const encoder = new Y.UpdateEncoderV1();
  const clients = new Map<number, Struct[]>();
  for (const struct of structs) {
    const list = clients.get(struct.id.client);
    if (list === undefined) clients.set(struct.id.client, [struct]);
    else list.push(struct);
  }
  encoder.writeLen(clients.size);
  for (const [client, list] of clients) {
    encoder.writeLen(list.length);
    encoder.writeClient(client);
    encoder.writeLen(list[0]?.id.clock ?? 0);
    for (const struct of list) struct.write(encoder, 0);
  }
  encoder.writeLen(deletions.size);
  for (const [client, runs] of deletions) {
    encoder.writeClient(client);
    encoder.writeLen(runs.length);
    for (const { clock, len } of runs) {
      encoder.writeDsClock(clock);
      encoder.writeDsLen(len);
    }
  }
  return encoder.toUint8Array();
}

/**
 * Cuts one author's update into pieces of at most `most` structs; deletions are in the last. Where elements are made it is cut
 * between two of them, because the gate takes no half of one.
 */
export function splitUpdate(update: Uint8Array, most: number): Uint8Array[] {
  const { structs, ds } = Y.decodeUpdate(update);
  if (structs.length <= most) return [update];
  const pieces: Struct[][] = [[]];
  let element: Struct[] = [];
  const close = (): void => {
    const last = pieces.at(-1);
    if (last === undefined || last.length + element.length > most) pieces.push(element);
    else last.push(...element);
    element = [];
  };
  let makes = false;
  for (const struct of structs) {
    const begins = struct instanceof Y.Item && typeof struct.parent === 'string';
    makes ||= begins;
    if (begins || !makes) close();
    element.push(struct);
  }
  close();
  return pieces.map((piece, index) => encode(piece, index === pieces.length - 1 ? ds.clients : NO_RUNS));
}

/**
 * What somebody lacks of the edits of some authors, with every deletion they can place.
 *
 * What the document itself is still waiting for is left out: only the one who made it can close that gap.
 */
export function missingOf(doc: Y.Doc, stateVector: Uint8Array, authors: ReadonlySet<number>): Uint8Array {
  const theirs = Y.decodeStateVector(stateVector);
  const ours = Y.decodeStateVector(Y.encodeStateVector(doc));
  const sent = ({ id }: Struct) => authors.has(id.client) && id.clock < (ours.get(id.client) ?? 0);
  const { structs, ds } = Y.decodeUpdate(Y.encodeStateAsUpdate(doc, stateVector));
  const deletions = new Map<number, { clock: number; len: number }[]>();
  for (const [client, runs] of ds.clients) {
    const end = (authors.has(client) ? ours : theirs).get(client) ?? 0;
    const placed = runs
      .filter(({ clock }) => clock < end)
      .map(({ clock, len }) => ({ clock, len: Math.min(len, end - clock) }));
    if (placed.length > 0) deletions.set(client, placed);
  }
  return encode(
    structs.filter((struct) => !(struct instanceof Y.Skip) && sent(struct)),
    deletions,
  );
}

/** Which entries of the root maps those edits are about. */
export function rootKeysOf(doc: Y.Doc, stateVector: Uint8Array, authors: ReadonlySet<number>): string[] {
  const theirs = Y.decodeStateVector(stateVector);
  const keys = new Set<string>();
  for (const author of authors) {
    for (const struct of doc.store.clients.get(author) ?? []) {
      if (!(struct instanceof Y.Item) || struct.id.clock + struct.length <= (theirs.get(author) ?? 0)) continue;
      let item: Y.Item | null = struct;
      while (item?.parent instanceof Y.AbstractType && item.parent._item !== null) item = item.parent._item;
      if (item?.parentSub) keys.add(item.parentSub);
    }
  }
  return [...keys];
}

/** The words that updates bring, in the order they were typed: for when there is no board to read them from. */
export function typedWords(updates: readonly Uint8Array[]): string {
  return updates
    .flatMap((update) => Y.decodeUpdate(update).structs)
    .map((struct) => (struct instanceof Y.Item && struct.content instanceof Y.ContentString ? struct.content.str : ''))
    .join('');
}
