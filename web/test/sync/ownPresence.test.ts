import { expect, it } from 'vitest';
import { elementId } from '../../src/model/element.ts';
import { world } from '../../src/model/point.ts';
import { change, dueAt, NO_PRESENCE, reconnected, take } from '../../src/sync/ownPresence.ts';

it('tells nothing while there is nothing to tell', () => {
  expect(dueAt(NO_PRESENCE)).toBeNull();
  expect(take(NO_PRESENCE, 1_000)[1]).toBeNull();
});

it('sends the latest, in whole numbers, at most every 50 ms', () => {
  let own = change(NO_PRESENCE, { cursor: world(1.4, -0.2) });
  const [first, message] = take(own, 1_000);
  expect(message).toEqual({
    type: 'presence',
    cursor: { x: 1, y: 0 },
    selection: [],
    editing: null,
    drag: null,
    view: null,
  });
  own = change(first, { cursor: world(5, 5) });
  own = change(own, { drag: { x: 1.6, y: 0, w: 0, h: 0 } });
  expect(dueAt(own)).toBe(1_050);
  expect(take(own, 1_049)[1]).toBeNull();
  expect(take(own, 1_050)[1]).toMatchObject({ cursor: { x: 5, y: 5 }, drag: { x: 2, y: 0, w: 0, h: 0 } });
});

it('is silent about a movement within one unit, and about one that was undone', () => {
  const [sent] = take(change(NO_PRESENCE, { cursor: world(3, 3) }), 0);
  expect(change(sent, { cursor: world(3.3, 2.9) })).toBe(sent);
  expect(dueAt(change(change(sent, { cursor: null }), { cursor: world(3, 3) }))).toBeNull();
});

it('tells everything again on a new connection', () => {
  const [sent] = take(change(NO_PRESENCE, { editing: elementId('aaaaaaaaaaaa') }), 0);
  expect(dueAt(sent)).toBeNull();
  expect(dueAt(reconnected(sent))).toBe(50);
});

it('sends at most a hundred selected elements', () => {
  const selection = Array.from({ length: 150 }, (_, index) => elementId(`id${index}`));
  expect(change(NO_PRESENCE, { selection }).current.selection).toHaveLength(100);
});

it('stays within what the server takes, wherever the camera is', () => {
  const [, message] = take(
    change(NO_PRESENCE, {
      cursor: world(Number.NaN, -1e300),
      drag: { x: -0.1, y: 1e9, w: Number.POSITIVE_INFINITY, h: 0 },
    }),
    0,
  );
  expect(message?.cursor).toEqual({ x: 0, y: -10_000_000 });
  expect(message?.drag).toEqual({ x: 0, y: 10_000_000, w: 10_000_000, h: 0 });
});

it('tells where we look, in whole numbers', () => {
  const own = change(NO_PRESENCE, { view: { x: 0.4, y: -3.6, w: 1440.2, h: 900 } });
  expect(take(own, 0)[1]).toMatchObject({ view: { x: 0, y: -4, w: 1440, h: 900 } });
});
