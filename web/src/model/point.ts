/** Points of the two coordinate systems. The brands keep them apart; only `camera.ts` converts between them. */

declare const worldBrand: unique symbol;
declare const screenBrand: unique symbol;

/** A position on the board, in world units. */
export interface WorldPoint {
  readonly x: number;
  readonly y: number;
  readonly [worldBrand]: true;
}

/** A position in the viewport, in CSS pixels. */
export interface ScreenPoint {
  readonly x: number;
  readonly y: number;
  readonly [screenBrand]: true;
}

export function world(x: number, y: number): WorldPoint {
  return { x, y } as WorldPoint;
}

export function screen(x: number, y: number): ScreenPoint {
  return { x, y } as ScreenPoint;
}
