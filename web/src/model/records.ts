/**
 * Records: cards that say what their region asks for, and the names that people have put on them. Pure.
 *
 * A name is what the server says it is. What a text says is never taken for one.
 */

import type { Board } from './board.ts';
import type { BoardElement, ElementId } from './element.ts';
import type { Gathering } from './gathering/gathering.ts';
import type { Own } from './gathering/own.ts';
import type { RecordName } from './gathering/recording.ts';
import type { RecordField, Region } from './gathering/region.ts';
import { base64url, sha256 } from './sha256.ts';

/** As the server makes it: 12 bytes of the digest of what is needed. */
const DIGEST_BYTES = 12;
const MOST_FRAMES = 32;

export interface Said {
  readonly field: RecordField;
  readonly text: string;
}

export interface Signed extends RecordName {
  /** The record said something else when this name was put. */
  readonly earlier: boolean;
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
    id = board.get(id as ElementId)?.parent ?? null;
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
    askedBy: own.recording.offered.filter((offer) => offer.element === id).map(({ by }) => by),
    asked: own.recording.offering.filter((offer) => offer.element === id),
  };
}

/** A record in one line: what it says first. */
export function headOf({ said, region }: BoardRecord): string {
  return said.find(({ text }) => text !== '')?.text.replace(/\s+/gu, ' ') ?? `Nothing written yet in ${region.title}`;
}

/** Whose names are on it and how it stands, in words. */
export function standingWords(record: BoardRecord, nameOf: (seat: string) => string): string {
  const parts: string[] = [];
  const list = (names: readonly Signed[]) =>
    names.map((name) => nameOf(name.seat) + (name.earlier ? ' (to earlier words)' : '')).join(', ');
  if (record.lead !== null) parts.push(`Led by ${list([record.lead])}`);
  else if (record.region.names === 'lead') parts.push('Nobody leads this yet');
  if (record.names.length > 0) {
    parts.push(`${record.region.names === 'lead' ? 'Helping' : 'Committed'}: ${list(record.names)}`);
  }
  if (record.lacks.length > 0) parts.push(`Still missing: ${record.lacks.join(' ')}`);
  if (record.agreed) parts.push('Agreed');
  return parts.join('. ');
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
