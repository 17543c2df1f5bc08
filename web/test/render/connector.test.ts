import { describe, expect, it } from 'vitest';
import { type BoardElement, elementId } from '../../src/model/element.ts';
import { readConnector } from '../../src/render/connector.ts';
import { distanceToRoute, routeBetween } from '../../src/render/route.ts';
import { Routes } from '../../src/render/routes.ts';

const LEFT = { x: 0, y: 0, w: 100, h: 60 };
const RIGHT = { x: 300, y: 20, w: 100, h: 60 };
const BELOW = { x: 10, y: 300, w: 100, h: 60 };

function ends(line: readonly number[]) {
  return [line.slice(0, 2), line.slice(-2)];
}

describe('the payload of a connector', () => {
  it('is read with its ends, route and label', () => {
    expect(readConnector({ a: { id: 'x' }, b: { x: 1, y: 2 }, route: 'elbow', label: 'leads to' })).toEqual({
      a: { id: 'x' },
      b: { x: 1, y: 2 },
      route: 'elbow',
      label: 'leads to',
    });
  });

  it('is a curve unless it says otherwise', () => {
    expect(readConnector({ a: { id: 'x' }, b: { id: 'y' }, route: 'loop' })?.route).toBe('curve');
  });

  it.each([
    null,
    'text',
    {},
    { a: { id: 'x' } },
    { a: { id: 1 }, b: { id: 'y' } },
    { a: { x: Number.NaN, y: 0 }, b: { id: 'y' } },
  ])('is refused when an end is missing: %o', (payload) => {
    expect(readConnector(payload)).toBeNull();
  });
});

describe('a route', () => {
  it('leaves by the sides that face each other', () => {
    expect(ends(routeBetween(LEFT, RIGHT, 'curve').line)).toEqual([
      [104, 30],
      [296, 50],
    ]);
    expect(ends(routeBetween(LEFT, BELOW, 'elbow').line)).toEqual([
      [50, 64],
      [60, 296],
    ]);
  });

  it('points its head into the element', () => {
    expect(routeBetween(LEFT, RIGHT, 'curve').angle).toBeCloseTo(0, 9);
    expect(routeBetween(RIGHT, LEFT, 'curve').angle).toBeCloseTo(Math.PI, 9);
    expect(routeBetween(LEFT, BELOW, 'curve').angle).toBeCloseTo(Math.PI / 2, 9);
  });

  it('has right angles when it is an elbow', () => {
    const { line } = routeBetween(LEFT, RIGHT, 'elbow');
    for (let index = 0; index + 3 < line.length; index += 2) {
      expect(line[index] === line[index + 2] || line[index + 1] === line[index + 3]).toBe(true);
    }
  });

  it('runs straight between the edges', () => {
    const [start, end] = ends(routeBetween(LEFT, { ...LEFT, x: 300 }, 'straight').line);
    expect(start).toEqual([104, 30]);
    expect(end).toEqual([296, 30]);
  });

  it('knows how far a point is from it', () => {
    const route = routeBetween(LEFT, { ...LEFT, x: 300 }, 'straight');
    expect(distanceToRoute(route, 200, 37)).toBeCloseTo(7, 9);
    expect(distanceToRoute(route, 299, 34)).toBeCloseTo(5, 9);
  });
});

describe('kept routes', () => {
  const element: BoardElement = {
    id: elementId('c'),
    kind: 'conn',
    rect: { x: 0, y: 0, w: 1, h: 1 },
    parent: null,
    z: 'a0',
    colour: null,
    text: '',
    style: {},
    locked: false,
    payload: { a: { id: 'l' }, b: { id: 'r' } },
  };

  it('are made anew only when an end moves', () => {
    const places = new Map([
      ['l', LEFT],
      ['r', RIGHT],
    ]);
    const board = { worldRect: (id: string) => places.get(id), all: () => [], search: () => [] };
    const routes = new Routes();
    const first = routes.of(element, board);
    expect(routes.of(element, board)).toBe(first);
    places.set('r', BELOW);
    expect(routes.of(element, board)).not.toBe(first);
  });

  it('are none when an end is gone', () => {
    expect(new Routes().of(element, { worldRect: () => undefined, all: () => [], search: () => [] })).toBeNull();
  });
});
