/** Routes of connectors, derived from where their ends are now. */

import type { BoardElement, ElementId, Rect } from '../model/element.ts';
import { inflate, sameRect, union } from '../model/rect.ts';
import { type Connector, type End, readConnector } from './connector.ts';
import { type Route, routeBetween } from './route.ts';

/** What routes need to know of a board. */
export interface Places {
  all(): readonly BoardElement[];
  worldRect(id: ElementId): Rect | undefined;
  search(rect: Rect): readonly BoardElement[];
}

export interface KeptRoute {
  readonly element: BoardElement;
  readonly from: Rect;
  readonly to: Rect;
  readonly route: Route;
  readonly connector: Connector;
  /** What lay around when the route was made. */
  readonly around: readonly Rect[];
  /** The board it was last compared with; a board that changes lists its elements anew. */
  seen: readonly BoardElement[];
  path: Path2D | null;
}

/** How far around its ends a connector looks for what it should go round. */
const SIGHT = 48;
export const LABEL_HEIGHT = 22;
export const LONGEST_LABEL = 220;
/** A label is placed without measuring it: its usual width, in world units for each letter and for its rounded ends. */
const LETTER = 6.9;
const LABEL_ENDS = 22;

/** Routes by connector, kept while neither it, nor its ends, nor what lies around them has moved. */
export class Routes {
  readonly #kept = new Map<ElementId, KeptRoute>();

  /** The route of a connector now; `null` if it has lost an end. */
  of(element: BoardElement, places: Places): KeptRoute | null {
    const known = this.#kept.get(element.id);
    const connector = known?.element === element ? known.connector : readConnector(element.payload);
    if (connector === null) return null;
    const from = this.#endRect(connector.a, known?.from, element, places);
    const to = this.#endRect(connector.b, known?.to, element, places);
    if (from === undefined || to === undefined) return null;
    const all = places.all();
    const still = known?.element === element && sameRect(known.from, from) && sameRect(known.to, to);
    if (known !== undefined && still && known.seen === all) return known;
    const around = obstacles(connector, from, to, places);
    if (known !== undefined && still && sameRects(known.around, around)) {
      known.seen = all;
      return known;
    }
    if (this.#kept.size > 5_000) this.#kept.clear();
    const made: KeptRoute = {
      element,
      from,
      to,
      connector,
      route: routed(connector, from, to, around),
      around,
      seen: all,
      path: null,
    };
    this.#kept.set(element.id, made);
    return made;
  }

  #endRect(end: End, known: Rect | undefined, element: BoardElement, places: Places): Rect | undefined {
    if ('id' in end) return places.worldRect(end.id);
    // A free end lives in the coordinates of the connector's own frame, as its rectangle does.
    const own = places.worldRect(element.id);
    const x = end.x + (own === undefined ? 0 : own.x - element.rect.x);
    const y = end.y + (own === undefined ? 0 : own.y - element.rect.y);
    if (known !== undefined && known.x === x && known.y === y) return known;
    return { x, y, w: 0, h: 0 };
  }
}

function routed({ route: kind, label }: Connector, from: Rect, to: Rect, around: readonly Rect[]): Route {
  const width = Math.min(LONGEST_LABEL, label.length * LETTER) + LABEL_ENDS;
  return routeBetween(from, to, kind, {
    obstacles: around,
    label: label === '' ? null : { w: width, h: LABEL_HEIGHT },
  });
}

/** Everything a connector should not run over: what lies around, but not the ground, other connectors and its own ends. */
function obstacles(connector: Connector, from: Rect, to: Rect, places: Places): readonly Rect[] {
  const area = union([from, to]);
  if (area === null) return [];
  const { a, b } = connector;
  return places.search(inflate(area, SIGHT)).flatMap((element) => {
    if (element.kind === 'frame' || element.kind === 'conn') return [];
    if (('id' in a && a.id === element.id) || ('id' in b && b.id === element.id)) return [];
    return places.worldRect(element.id) ?? [];
  });
}

function sameRects(a: readonly Rect[], b: readonly Rect[]): boolean {
  return (
    a.length === b.length &&
    a.every((rect, index) => {
      const other = b[index];
      return other !== undefined && (rect === other || sameRect(rect, other));
    })
  );
}
