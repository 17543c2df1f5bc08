/** A region: what it is for, and what each record in it says. */

import { each, fields, some, words } from './reading.ts';

export type Names = 'none' | 'commit' | 'lead';

/** One of the things that a record says. */
export interface RecordField {
  readonly key: string;
  readonly label: string;
  readonly hint: string;
  readonly needed: boolean;
}

export interface Region {
  readonly key: string;
  readonly title: string;
  readonly prompt: string;
  readonly kind: string;
  /** Its frame on the board. */
  readonly element: string | null;
  readonly makes: string;
  /** What each record in it says; nothing where it is for notes. */
  readonly fields: readonly RecordField[];
  /** How people put their own names on these records. */
  readonly names: Names;
  /** What these records serve: things that other regions make. */
  readonly serves: readonly string[];
}

export function readRegion(value: unknown): Region | null {
  const region = fields(value);
  const key = words(region.key);
  if (key === null) return null;
  return {
    key,
    title: words(region.title) ?? '',
    prompt: words(region.prompt) ?? '',
    kind: words(region.kind) ?? 'notes',
    element: words(region.element),
    makes: words(region.makes) ?? '',
    fields: each(region.fields, readField),
    names: some(region.names, ['none', 'commit', 'lead']) ?? 'none',
    serves: each(region.serves, words),
  };
}

function readField(value: unknown): RecordField | null {
  const field = fields(value);
  const key = words(field.key);
  if (key === null) return null;
  return { key, label: words(field.label) ?? key, hint: words(field.hint) ?? '', needed: field.needed === true };
}
