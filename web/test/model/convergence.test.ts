import { describe, expect, it } from 'vitest';
import { Board } from '../../src/model/board.ts';
import { COLOURS, type ElementId } from '../../src/model/element.ts';
import { type Bench, bench, rect } from './boards.ts';
import { type Seeded, seeded } from './seeded.ts';

const WORDS = ['listen', 'garden', '🌱', 'we', ' ', 'مرحبا', '漢字', '👩‍🌾'];

/** Everything a person can see of a board, as plain values. */
function picture(board: Board): unknown {
  return {
    painted: board.all(),
    worlds: board.all().map((element) => board.worldRect(element.id)),
    regions: board.regions().map((region) => region.id),
    reading: [null, ...board.all().map((element) => element.id)].map((parent) =>
      board.children(parent).map((c) => c.id),
    ),
    found: board.search({ x: -5_000, y: -5_000, w: 6_000, h: 6_000 }).map((element) => element.id),
  };
}

function someIds(random: Seeded, board: Board, most: number): ElementId[] {
  const all = board.all();
  if (all.length === 0) return [];
  return Array.from({ length: 1 + random.whole(most) }, () => random.pick(all).id);
}

function act(random: Seeded, { board }: Bench): void {
  const [id] = someIds(random, board, 1);
  const frames = board.all().filter((element) => element.kind === 'frame');
  const parent = frames.length > 0 && random.whole(2) === 0 ? random.pick(frames).id : null;
  const place = rect(random.whole(4_000) - 2_000, random.whole(4_000) - 2_000, 50 + random.whole(300), 40);
  switch (random.whole(id === undefined ? 2 : 11)) {
    case 0:
      board.run({ type: 'create', elements: [{ kind: 'note', rect: place, parent, text: random.pick(WORDS) }] });
      return;
    case 1:
      board.run({ type: 'create', elements: [{ kind: 'frame', rect: place, parent, style: { no: random.whole(5) } }] });
      return;
    case 2:
    case 3:
      if (id !== undefined) board.run({ type: 'place', places: [{ id, rect: place, parent }] });
      return;
    case 4:
      board.run({ type: 'recolour', ids: someIds(random, board, 3), colour: random.pick(COLOURS) });
      return;
    case 5:
      board.run({ type: 'delete', ids: someIds(random, board, 2) });
      return;
    case 6:
      if (board.all().length < 60) board.run({ type: 'duplicate', ids: someIds(random, board, 2), dx: 16, dy: 16 });
      return;
    case 7:
      board.run({ type: 'reorder', ids: someIds(random, board, 2), to: random.pick(['front', 'back']) });
      return;
    case 8: {
      if (id === undefined) return;
      const text = [...(board.get(id)?.text ?? '')];
      text.splice(random.whole(text.length + 1), random.whole(3), random.pick(WORDS));
      board.editText(id, text.join(''), random.whole(20));
      return;
    }
    case 9:
      board.undo();
      return;
    default:
      board.redo();
  }
}

describe('boards', () => {
  it('converge whatever the network does, and each index equals one built afresh', () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const random = seeded(seed);
      const benches = [1, 2, 3, 4].map((client) => bench(seed * 10 + client));
      const boxes: Uint8Array[][] = benches.map(() => []);
      const posted = benches.map(() => 0);
      const post = (from: number): void => {
        const bench = benches[from];
        if (bench === undefined) return;
        const fresh = bench.sent.slice(posted[from]);
        posted[from] = bench.sent.length;
        for (const [to, box] of boxes.entries()) {
          if (to === from) continue;
          for (const update of fresh) {
            // Drops, and duplicates.
            for (let copies = random.pick([0, 1, 1, 1, 2]); copies > 0; copies -= 1) box.push(update);
          }
        }
      };
      for (let step = 0; step < 120; step += 1) {
        const at = random.whole(benches.length);
        const bench = benches[at];
        if (bench === undefined) continue;
        act(random, bench);
        post(at);
        if (random.whole(3) === 0) {
          boxes[at] = random.shuffle(boxes[at] ?? []);
          for (const update of (boxes[at] ?? []).splice(0, random.whole(8))) bench.board.merge(update);
        }
      }
      for (const { board } of benches) {
        for (const other of benches) if (other.board !== board) board.merge(other.board.encode());
      }
      const fresh = new Board(9);
      fresh.merge(benches[0]?.board.encode() ?? new Uint8Array());
      const expected = picture(fresh);
      for (const { board } of benches) {
        expect(picture(board), `seed ${seed}`).toEqual(expected);
        expect(board.stateVector(), `seed ${seed}`).toHaveLength(benches[0]?.board.stateVector().length ?? 0);
      }
    }
  });
});
