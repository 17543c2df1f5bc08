/** What a gathering can begin with, as `GET /api/templates` tells it: docs/protocol.md §4. */

import { ApiError } from './api.ts';
import { integer, list, MalformedMessage, oneOf, optional, record, text } from './parse.ts';

export const NEEDS = ['meet', 'see', 'agree', 'purpose', 'focus', 'act'] as const;
export type Need = (typeof NEEDS)[number];

export interface TemplatePhase {
  readonly title: string;
  readonly minutes: number;
  /** Of what is written in it; `null` where nothing is. */
  readonly writers: string | null;
  readonly visibility: string | null;
  readonly attribution: string | null;
  /** How the group decides in it, if it does. */
  readonly poll: string | null;
}

export interface TemplateLength {
  /** What the server is asked for. */
  readonly key: string;
  readonly length: 'full' | 'short';
  readonly minutes: number;
  readonly phases: readonly TemplatePhase[];
}

/** A region on the board: x, y, width and height in world units, and what it is for. */
export interface TemplateRegion {
  readonly rect: readonly [number, number, number, number];
  readonly kind: string;
}

export interface Template {
  readonly key: string;
  readonly title: string;
  readonly need: Need;
  readonly description: string;
  readonly about: string;
  /** The fewest and the most people it works well with. */
  readonly people: readonly [number, number];
  readonly yields: readonly string[];
  readonly regions: readonly TemplateRegion[];
  /** At least one. */
  readonly lengths: readonly [TemplateLength, ...TemplateLength[]];
}

const maybe = (value: unknown, where: string): string | null => optional(value, (given) => text(given, where));

function parsePhase(value: unknown): TemplatePhase {
  const body = record(value, 'phase');
  return {
    title: text(body.title, 'phase.title'),
    minutes: integer(body.minutes, 'phase.minutes'),
    writers: maybe(body.writers, 'phase.writers'),
    visibility: maybe(body.visibility, 'phase.visibility'),
    attribution: maybe(body.attribution, 'phase.attribution'),
    poll: maybe(body.poll, 'phase.poll'),
  };
}

function parseLength(value: unknown): TemplateLength {
  const body = record(value, 'length');
  return {
    key: text(body.key, 'length.key'),
    length: oneOf(body.length, ['full', 'short'] as const, 'length.length'),
    minutes: integer(body.minutes, 'length.minutes'),
    phases: list(body.phases, 'length.phases').map(parsePhase),
  };
}

function parseRegion(value: unknown): TemplateRegion {
  const [x, y, w, h, kind] = list(value, 'region');
  return {
    rect: [integer(x, 'region'), integer(y, 'region'), integer(w, 'region'), integer(h, 'region')],
    kind: text(kind, 'region'),
  };
}

function parseTemplate(value: unknown): Template {
  const body = record(value, 'template');
  const [first, ...more] = list(body.lengths, 'template.lengths').map(parseLength);
  const [fewest, most] = list(body.people, 'template.people');
  if (first === undefined) throw new MalformedMessage('template.lengths: expected one at least');
  return {
    key: text(body.key, 'template.key'),
    title: text(body.title, 'template.title'),
    need: oneOf(body.need, NEEDS, 'template.need'),
    description: text(body.description, 'template.description'),
    about: text(body.about, 'template.about'),
    people: [integer(fewest, 'template.people'), integer(most, 'template.people')],
    yields: list(body.yields, 'template.yields').map((line) => text(line, 'template.yields')),
    regions: list(body.regions, 'template.regions').map(parseRegion),
    lengths: [first, ...more],
  };
}

export function parseTemplates(value: unknown): readonly Template[] {
  return list(record(value, 'answer').templates, 'templates').map(parseTemplate);
}

/**
 * All templates there are. They are the same for everybody, so no token goes with the question and the browser may keep the answer.
 *
 * Raises:
 *   ApiError: If there is no answer, or it makes no sense.
 */
export async function templates(): Promise<readonly Template[]> {
  let response: Response;
  try {
    response = await fetch('/api/templates', { credentials: 'omit' });
  } catch {
    throw new ApiError('network', 'The server cannot be reached.', 0);
  }
  if (!response.ok) throw new ApiError('malformed', `The server answered ${response.status}.`, response.status);
  try {
    return parseTemplates(await response.json());
  } catch (error) {
    const reason = error instanceof MalformedMessage ? error.message : 'The answer is not JSON.';
    throw new ApiError('malformed', reason, response.status);
  }
}
