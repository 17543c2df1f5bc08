import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { boardWith, note } from '../tools/boards.ts';

// Each test begins as a page does, without what draws connectors.
beforeEach(() => {
  vi.resetModules();
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function withConnector() {
  const { board, ids } = boardWith(note(0, 0), note(300, 0));
  const payload = { a: { id: ids[0] }, b: { id: ids[1] } };
  board.run({ type: 'create', elements: [{ kind: 'conn', rect: { x: 0, y: 0, w: 1, h: 1 }, parent: null, payload }] });
  return board;
}

it('fetches what draws connectors once a board has some, for everybody who draws or points', async () => {
  const { connecting, fetchFor, ownConnectors } = await import('../../src/ui/connecting.ts');
  const [drawn, pointed] = [ownConnectors(), ownConnectors()];
  await fetchFor(boardWith(note(0, 0)).board);
  expect(connecting.here).toBeNull();
  expect(drawn.value).toBeNull();
  await fetchFor(withConnector());
  expect(drawn.value).not.toBeNull();
  expect(drawn.value).toBe(drawn.value);
  // What is pointed at keeps its own routes: others may drag what is drawn.
  expect(pointed.value).not.toBe(drawn.value);
});

it('tries once at a time, and after a failure again by itself, but not with each change', async () => {
  const { connecting, fetchFor } = await import('../../src/ui/connecting.ts');
  const fetch = vi.spyOn(connecting, 'fetch').mockRejectedValue(new Error('offline'));
  const board = withConnector();
  await Promise.all([fetchFor(board), fetchFor(board)]);
  await fetchFor(board);
  expect(fetch).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(fetch).toHaveBeenCalledTimes(2);
  fetch.mockRestore();
  await vi.advanceTimersByTimeAsync(5_000);
  await vi.waitFor(() => expect(connecting.here).not.toBeNull());
});

it('shows a board whose connection hangs, without its connectors', async () => {
  const { connecting, fetchBriefly } = await import('../../src/ui/connecting.ts');
  vi.spyOn(connecting, 'fetch').mockReturnValue(new Promise(() => undefined));
  let shown = false;
  const opening = fetchBriefly(withConnector()).then(() => {
    shown = true;
  });
  await vi.advanceTimersByTimeAsync(1_400);
  expect(shown).toBe(false);
  await vi.advanceTimersByTimeAsync(200);
  await opening;
  expect(shown).toBe(true);
});
