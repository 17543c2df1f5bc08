import { expect, it } from 'vitest';
import { connecting, fetchFor, ownConnectors } from '../../src/ui/connecting.ts';
import { boardWith, note } from '../tools/boards.ts';

it('fetches what draws connectors once a board has some, for everybody who draws or points', async () => {
  const [drawn, pointed] = [ownConnectors(), ownConnectors()];
  const { board, ids } = boardWith(note(0, 0), note(300, 0));
  await fetchFor(board);
  expect(connecting.here).toBeNull();
  expect(drawn.value).toBeNull();
  const payload = { a: { id: ids[0] }, b: { id: ids[1] } };
  board.run({ type: 'create', elements: [{ kind: 'conn', rect: { x: 0, y: 0, w: 1, h: 1 }, parent: null, payload }] });
  await fetchFor(board);
  expect(drawn.value).not.toBeNull();
  expect(drawn.value).toBe(drawn.value);
  // What is pointed at keeps its own routes: others may drag what is drawn.
  expect(pointed.value).not.toBe(drawn.value);
});
