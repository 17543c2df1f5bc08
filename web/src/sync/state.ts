/** What people see of a connection: who is here, what they are doing, and whether their work is saved. */

import type { ElementId, Rect } from '../model/element.ts';
import type { WorldPoint } from '../model/point.ts';

export const ROLES = ['host', 'cohost', 'harvester', 'table', 'participant', 'observer', 'display'] as const;
export type Role = (typeof ROLES)[number];

/** Whether somebody may run the gathering. */
export function isHosting(role: Role | null | undefined): boolean {
  return role === 'host' || role === 'cohost';
}

/** Whether somebody looks on and writes nothing. */
export function looksOn(role: Role | null | undefined): boolean {
  return role === 'observer' || role === 'display';
}

export interface Person {
  readonly conn: number;
  readonly seat: string;
  readonly name: string;
  readonly role: Role;
  readonly hue: number;
  readonly self: boolean;
}

export interface Presence {
  readonly conn: number;
  readonly cursor: WorldPoint | null;
  readonly selection: readonly ElementId[];
  readonly editing: ElementId | null;
  /** How the selection is being moved or stretched right now: dx, dy, dw, dh in x, y, w, h. */
  readonly drag: Rect | null;
}

export type SaveState =
  | { readonly kind: 'saved' }
  | { readonly kind: 'saving' }
  | { readonly kind: 'delayed'; readonly count: number }
  | { readonly kind: 'offline'; readonly count: number }
  /** There is a connection, and the server cannot write to disk just now. */
  | { readonly kind: 'paused'; readonly count: number }
  | { readonly kind: 'connecting' }
  | { readonly kind: 'ended'; readonly code: number; readonly message: string };

/** Words that could not be saved, kept for their author. */
export interface Kept {
  readonly id: string;
  readonly text: string;
  readonly reason: string;
  /** Wall clock, ms since 1970. */
  readonly at: number;
}

/** What happens to the person's own work, to be told once. */
export type Notice =
  | { readonly kind: 'rebased'; readonly changes: number }
  /** Edits of these elements are about to be undone. */
  | { readonly kind: 'undoing'; readonly elements: readonly ElementId[]; readonly reason: string }
  /** They are. `kept`: in how many of them words were written, which are kept. */
  | {
      readonly kind: 'undone';
      readonly elements: readonly ElementId[];
      readonly reason: string;
      readonly kept: number;
    };
