/** A connector as it is stored: its ends, and how it runs from one to the other. */

import type { ElementId } from '../model/element.ts';
import type { RouteKind } from './route.ts';

export type End = { readonly id: ElementId } | { readonly x: number; readonly y: number };

export interface Connector {
  readonly a: End;
  readonly b: End;
  readonly route: RouteKind;
  readonly label: string;
}

function readEnd(value: unknown): End | null {
  if (typeof value !== 'object' || value === null) return null;
  const { id, x, y } = value as { readonly id?: unknown; readonly x?: unknown; readonly y?: unknown };
  if (typeof id === 'string') return { id: id as ElementId };
  if (typeof x === 'number' && typeof y === 'number' && Number.isFinite(x) && Number.isFinite(y)) return { x, y };
  return null;
}

/** Reads the payload of a connector; `null` if an end is missing. */
export function readConnector(payload: unknown): Connector | null {
  if (typeof payload !== 'object' || payload === null) return null;
  const { a, b, route, label } = payload as Readonly<Record<'a' | 'b' | 'route' | 'label', unknown>>;
  const from = readEnd(a);
  const to = readEnd(b);
  if (from === null || to === null) return null;
  return {
    a: from,
    b: to,
    route: route === 'straight' || route === 'elbow' ? route : 'curve',
    label: typeof label === 'string' ? label : '',
  };
}
