/**
 * Records: cards that say what their region asks for, the names that people have put on them, and how they stand. Pure.
 *
 * A name is what the server says it is. What a text says is never taken for one. What a record serves it names by element,
 * in a text of its own: whatever is said there is read from the board as it is now.
 */

import type { Board } from './board.ts';
import { LINKS } from './cardFields.ts';
import { type BoardElement, type ElementId, elementId } from './element.ts';
import type { Gathering } from './gathering/gathering.ts';
import type { Own } from './gathering/own.ts';
import type { RecordName, Standing, Status } from './gathering/recording.ts';
import type { RecordField, Region } from './gathering/region.ts';
import { cardWords, label } from './outline.ts';
import { base64url, sha256 } from './sha256.ts';

/** As the server makes it: 12 bytes of the digest of what is needed. */
const DIGEST_BYTES = 12;
const MOST_FRAMES = 32;
/** As many things as one record can serve. */
export const MOST_LINKS = 12;
const ELEMENT_ID = /[A-Za-z0-9_-]{12}/gu;
/** What a record serves stands under the other things it says. */
const SERVES: RecordField = { key: LINKS, label: 'What it is for', hint: '', needed: false };
const NOT_THERE = 'Something that is not on the board any more';

type Holding = Pick<Board, 'get' | 'children' | 'all'>;

export interface Said {
  readonly field: RecordField;
  readonly text: string;
}

export interface Signed extends RecordName {
  /** The record said something else when this name was put. */
  readonly earlier: boolean;
}

/** Something that a record serves, or that serves it. */
export interface Linked {
  readonly id: ElementId;
  /** What it says first; `null` if it is not on the board any more. */
  readonly head: string | null;
}

export interface BoardRecord {
  readonly id: ElementId;
  readonly region: Region;
  readonly said: readonly Said[];
  /** The labels of what it needs and does not say. */
  readonly lacks: readonly string[];
  readonly lead: Signed | null;
  /** All others, whoever came first in front. */
  readonly names: readonly Signed[];
  readonly agreed: boolean;
  readonly serves: readonly Linked[];
  /** How it stood, the latest last; nothing has been said of one that has none. */
  readonly standing: readonly Standing[];
  /** Who asks the person at this device to lead it. */
  readonly askedBy: readonly string[];
  /** Whom they have asked. */
  readonly asked: readonly { readonly to: string; readonly declined: boolean }[];
}

/** The region of records that a frame is, or lies in; `null` if it is none. */
export function recordRegion(board: Pick<Board, 'get'>, { show }: Gathering, frame: string | null): Region | null {
  let id = frame;
  for (let depth = 0; id !== null && depth < MOST_FRAMES; depth++) {
    const region = show.regions.find(({ element }) => element === id);
    if (region !== undefined) return region.fields.length > 0 ? region : null;
    id = board.get(elementId(id))?.parent ?? null;
  }
  return null;
}

function textOf(element: BoardElement, key: string): string {
  const { payload } = element;
  if (typeof payload !== 'object' || payload === null) return '';
  const value = (payload as Readonly<Record<string, unknown>>)[key];
  return typeof value === 'string' ? value : '';
}

/** Blanks that every language takes for blanks. */
export function trimmed(text: string): string {
  return text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/gu, '');
}

function promised(region: Region, element: BoardElement): string {
  const needed = region.fields.filter((field) => field.needed).map(({ key }) => trimmed(textOf(element, key)));
  return base64url(sha256(new TextEncoder().encode(needed.join('\0'))).slice(0, DIGEST_BYTES));
}

/** An element as a record; `null` if it is none. */
export function recordOf(
  board: Pick<Board, 'get'>,
  gathering: Gathering,
  own: Own,
  element: BoardElement | undefined,
): BoardRecord | null {
  if (element?.kind !== 'card') return null;
  const region = recordRegion(board, gathering, element.parent);
  if (region === null) return null;
  const { id } = element;
  const said = region.fields.map((field) => ({ field, text: trimmed(textOf(element, field.key)) }));
  const serves = linkedIds(region, element).map((to) => ({ id: to, head: headAt(board, gathering, to) }));
  if (region.serves.length > 0) said.push({ field: SERVES, text: serves.map((to) => to.head ?? NOT_THERE).join('\n') });
  const told = gathering.recording.names.get(id) ?? [];
  const now = told.length === 0 ? '' : promised(region, element);
  const signed = told.map((name) => ({ ...name, earlier: name.words !== now }));
  const lead = signed.find(({ part }) => part === 'lead') ?? null;
  return {
    id,
    region,
    said,
    lacks: said.filter(({ field, text }) => field.needed && text === '').map(({ field }) => field.label),
    lead,
    names: signed.filter((name) => name !== lead),
    agreed: gathering.recording.agreed.includes(id),
    serves,
    standing: gathering.recording.standing.get(id) ?? [],
    askedBy: own.recording.offered.filter((offer) => offer.element === id).map(({ by }) => by),
    asked: own.recording.offering.filter((offer) => offer.element === id),
  };
}

/** A record in one line: what it says first. */
export function headOf({ said, region }: BoardRecord): string {
  const first = said.find(({ field, text }) => text !== '' && field.key !== LINKS);
  return first?.text.replace(/\s+/gu, ' ') ?? `Nothing written yet in ${region.title}`;
}

/** The elements that a card says it serves, whether or not they are there. */
export function linkedIds(region: Region, element: BoardElement): readonly ElementId[] {
  if (region.serves.length === 0) return [];
  const found = textOf(element, LINKS).match(ELEMENT_ID) ?? [];
  return [...new Set(found)].slice(0, MOST_LINKS).map(elementId);
}

/** What an element says first, in one line; `null` if it is not on the board. */
function headAt(board: Pick<Board, 'get'>, gathering: Gathering, id: ElementId): string | null {
  const element = board.get(id);
  if (element === undefined) return null;
  const region = element.kind === 'card' && element.text === '' ? recordRegion(board, gathering, element.parent) : null;
  const said = region?.fields.map(({ key }) => trimmed(textOf(element, key))).find((text) => text !== '');
  return said?.replace(/\s+/gu, ' ') ?? label(element);
}

/** What a region that makes something holds, also in its themes, but not in regions of their own. */
function thingsIn(board: Holding, gathering: Gathering, region: Region): readonly BoardElement[] {
  const regions = new Set(gathering.show.regions.map(({ element }) => element));
  const inside = (frame: string, depth: number): readonly BoardElement[] =>
    depth > MOST_FRAMES
      ? []
      : board.children(elementId(frame)).flatMap((element) => {
          if (element.kind === 'note' || element.kind === 'card') return [element];
          return element.kind === 'frame' && !regions.has(element.id) ? inside(element.id, depth + 1) : [];
        });
  return region.element === null ? [] : inside(region.element, 0);
}

export interface Choices {
  readonly title: string;
  readonly things: readonly { readonly id: ElementId; readonly head: string }[];
}

/** What records of a region can serve, by the region it lies in; where something has been made as records, its drafts are left out. */
export function choicesFor(board: Holding, gathering: Gathering, region: Region): readonly Choices[] {
  const { regions } = gathering.show;
  const told = (elements: readonly BoardElement[]) =>
    elements
      .filter((element) => element.text.trim() !== '' || cardWords(element.payload) !== '')
      .map(({ id }) => ({ id, head: headAt(board, gathering, id) ?? '' }));
  const made = (from: readonly Region[]): readonly Choices[] =>
    from
      .map((one) => ({
        title: one.title,
        things: told(thingsIn(board, gathering, one).filter((element) => !isResult(element))),
      }))
      .filter(({ things }) => things.length > 0);
  const choices = region.serves.flatMap((kind) => {
    const making = regions.filter(({ makes, key }) => makes === kind && key !== region.key);
    const recorded = made(making.filter(({ fields }) => fields.length > 0));
    return recorded.length > 0 ? recorded : made(making);
  });
  const results = region.serves.includes('decision') ? told(board.all().filter(isResult)) : [];
  return results.length === 0 ? choices : [...choices, { title: 'Results', things: results }];
}

function isResult({ kind, payload }: BoardElement): boolean {
  return (
    kind === 'card' && typeof payload === 'object' && payload !== null && 'ht' in payload && payload.ht === 'result'
  );
}

/** What something is in the harvest; empty for nothing. */
function madeAs(board: Holding, gathering: Gathering, element: BoardElement): string {
  if (isResult(element)) return 'decision';
  let id: string | null = element.parent;
  for (let depth = 0; id !== null && depth < MOST_FRAMES; depth++) {
    const region = gathering.show.regions.find((each) => each.element === id);
    if (region !== undefined) return region.makes;
    id = board.get(elementId(id))?.parent ?? null;
  }
  return '';
}

/** Regions whose records can serve an element. */
export function servingRegions(board: Holding, gathering: Gathering, id: ElementId): readonly Region[] {
  const element = board.get(id);
  if (element === undefined || (element.kind !== 'note' && element.kind !== 'card')) return [];
  const kind = madeAs(board, gathering, element);
  return gathering.show.regions.filter(({ serves, element: frame }) => serves.includes(kind) && frame !== null);
}

/** A record that serves something. */
export interface Serving extends Linked {
  readonly region: Region;
  readonly status: Status | null;
}

/** Which records serve what, by what they serve. */
export function serving(board: Holding, gathering: Gathering): ReadonlyMap<ElementId, readonly Serving[]> {
  const found = new Map<ElementId, Serving[]>();
  for (const region of gathering.show.regions) {
    if (region.serves.length === 0) continue;
    for (const element of thingsIn(board, gathering, region)) {
      if (element.kind !== 'card') continue;
      const { id } = element;
      const status = gathering.recording.standing.get(id)?.at(-1)?.status ?? null;
      const one = { id, head: headAt(board, gathering, id), region, status };
      for (const to of linkedIds(region, element)) pushTo(found, to, one);
    }
  }
  return found;
}

/** The same, by the region that they lie in. */
export function byRegion(by: readonly Serving[]): ReadonlyMap<Region, readonly Serving[]> {
  const found = new Map<Region, Serving[]>();
  for (const one of by) pushTo(found, one.region, one);
  return found;
}

function pushTo<K, V>(found: Map<K, V[]>, key: K, value: V): void {
  const there = found.get(key);
  if (there === undefined) found.set(key, [value]);
  else there.push(value);
}

/** "Actions for this: Call the school (moving); Ask the clinic", or nothing. */
export function servedWords(by: readonly Serving[]): string {
  return [...byRegion(by)]
    .map(([{ title }, those]) => {
      const heads = those.map(({ head, status }) => (head ?? '').replace(/\.$/u, '') + statusNote(status));
      return `${title} for this: ${heads.join('; ')}`;
    })
    .join('. ');
}

function statusNote(status: Status | null): string {
  return status === null ? '' : ` (${STATUS_WORDS[status].toLowerCase()})`;
}

export const STATUS_WORDS: Readonly<Record<Status, string>> = {
  not_started: 'Not started',
  moving: 'Moving',
  stuck: 'Stuck',
  done: 'Done',
  let_go: 'Let go',
};

/** Whose names are on it and how it stands, in words. */
export function standingWords(record: BoardRecord, nameOf: (seat: string) => string): string {
  const parts: string[] = [];
  const list = (names: readonly Signed[]) =>
    names.map((name) => nameOf(name.seat) + (name.earlier ? ' (to earlier words)' : '') + ownWords(name)).join(', ');
  if (record.lead !== null) parts.push(`Led by ${list([record.lead])}`);
  else if (record.region.names === 'lead') parts.push('Nobody leads this yet');
  if (record.names.length > 0) {
    parts.push(`${record.region.names === 'lead' ? 'Helping' : 'Committed'}: ${list(record.names)}`);
  }
  const stands = record.standing.at(-1);
  if (stands !== undefined)
    parts.push(STATUS_WORDS[stands.status] + (stands.reason === null ? '' : `: ${stands.reason}`));
  if (record.lacks.length > 0) parts.push(`Still missing: ${record.lacks.join(' ')}`);
  if (record.agreed) parts.push('Agreed');
  return parts.join('. ');
}

function ownWords({ own }: Signed): string {
  return own === '' ? '' : `: “${own}”`;
}

/** All of it, as it is read out: what it says under which heading, and how it stands. */
export function recordWords(record: BoardRecord, nameOf: (seat: string) => string): string {
  const said = record.said
    .filter(({ text }) => text !== '')
    .map(({ field, text }) => `${heading(field.label)} ${ended(text)}`);
  const standing = standingWords(record, nameOf);
  return [...said, standing === '' ? '' : ended(standing)].filter((part) => part !== '').join(' ');
}

/** "What:", but "We will…" as it is. */
function heading(label: string): string {
  return /[\p{L}\p{N}]$/u.test(label) ? `${label}:` : label;
}

function ended(text: string): string {
  return /[.!?…。！？]$/u.test(text) ? text : `${text}.`;
}
