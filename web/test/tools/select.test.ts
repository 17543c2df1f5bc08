import { describe, expect, it } from 'vitest';
import type { Board } from '../../src/model/board.ts';
import type { ElementId } from '../../src/model/element.ts';
import type { ToolContext, ToolInput } from '../../src/tools/input.ts';
import { previewSelect, SELECT_IDLE, type SelectState, stepSelect } from '../../src/tools/select.ts';
import { boardWith, cancel, contextOf, down, frame, hold, move, note, play, up } from './boards.ts';

function run(board: Board, inputs: readonly ToolInput[], change: Partial<ToolContext> = {}) {
  const context = contextOf(board, change);
  return play<SelectState>((state, input) => stepSelect(state, input, context), SELECT_IDLE, inputs);
}

const first = (ids: readonly ElementId[], index = 0): ElementId => {
  const id = ids[index];
  if (id === undefined) throw new Error('no such element');
  return id;
};

describe('a click', () => {
  it('selects what is under it', () => {
    const { board, ids } = boardWith(note(0, 0), note(200, 0));
    const [state, intents] = run(board, [down(220, 20), up(220, 20)]);
    expect(state).toEqual(SELECT_IDLE);
    expect(intents).toEqual([{ do: 'select', ids: [ids[1]], how: 'replace' }]);
  });

  it('toggles with Shift, and with Ctrl', () => {
    const { board, ids } = boardWith(note(0, 0));
    const wanted = [{ do: 'select', ids: [ids[0]], how: 'toggle' }];
    expect(run(board, [down(20, 20, { shift: true }), up(20, 20, { shift: true })])[1]).toEqual(wanted);
    expect(run(board, [down(20, 20, { command: true }), up(20, 20)])[1]).toEqual(wanted);
  });

  it('on empty ground lets go of the selection', () => {
    const { board, ids } = boardWith(note(0, 0));
    const selection = new Set(ids);
    expect(run(board, [down(500, 500), up(500, 500)], { selection })[1]).toEqual([
      { do: 'select', ids: [], how: 'replace' },
    ]);
    expect(run(board, [down(500, 500), up(500, 500)])[1]).toEqual([]);
  });

  it('twice on a note edits it', () => {
    const { board, ids } = boardWith(note(0, 0));
    expect(run(board, [down(20, 20, { clicks: 2 }), up(20, 20)])[1]).toEqual([{ do: 'edit', id: ids[0] }]);
  });

  it('twice on empty ground writes a note there', () => {
    const { board } = boardWith();
    expect(run(board, [down(50, 60, { clicks: 2 }), up(50, 60)])[1]).toMatchObject([
      { do: 'write', kind: 'note', at: { x: 50, y: 60 } },
    ]);
  });

  it('in a frame is on empty ground, on its head on the frame', () => {
    const { board, ids } = boardWith(frame({ x: 0, y: 0, w: 600, h: 400 }));
    expect(run(board, [down(300, 200), up(300, 200)])[1]).toEqual([]);
    expect(run(board, [down(300, 20), up(300, 20)])[1]).toEqual([{ do: 'select', ids: [ids[0]], how: 'replace' }]);
  });

  it('may tremble by four pixels', () => {
    const { board, ids } = boardWith(note(0, 0));
    const [, intents] = run(board, [down(20, 20), move(23, 22), up(23, 22)]);
    expect(intents).toEqual([{ do: 'select', ids: [ids[0]], how: 'replace' }]);
  });

  it('says where the selection goes while one is placing', () => {
    const { board, ids } = boardWith(note(0, 0));
    const [, intents] = run(board, [down(400, 300), up(400, 300)], { placing: true, selection: new Set(ids) });
    expect(intents).toMatchObject([{ do: 'bring', at: { x: 400, y: 300 } }]);
  });
});

describe('a drag', () => {
  it('moves what is under it, as one plan', () => {
    const { board, ids } = boardWith(note(0, 0));
    const [, intents] = run(board, [down(20, 20), move(40, 30), move(70, 50), up(70, 50)]);
    expect(intents).toEqual([
      { do: 'select', ids: [ids[0]], how: 'replace' },
      {
        do: 'run',
        select: false,
        plan: { type: 'place', places: [{ id: ids[0], rect: { x: 50, y: 30, w: 100, h: 60 }, parent: null }] },
      },
    ]);
  });

  it('moves everything that is selected', () => {
    const { board, ids } = boardWith(note(0, 0), note(200, 0));
    const [state] = run(board, [down(20, 20), move(60, 20)], { selection: new Set(ids) });
    expect(previewSelect(state)).toMatchObject({ kind: 'move', ids, dx: 40, dy: 0 });
  });

  it('puts a note into the frame it is dropped on', () => {
    const { board, ids } = boardWith(frame({ x: 300, y: 0, w: 600, h: 400 }), note(0, 0));
    const inputs = [down(20, 20), move(420, 120), up(420, 120)];
    expect(previewSelect(run(board, inputs.slice(0, 2))[0])).toMatchObject({ target: ids[0] });
    expect(run(board, inputs)[1].at(-1)).toMatchObject({
      plan: { places: [{ id: ids[1], rect: { x: 100, y: 100, w: 100, h: 60 }, parent: ids[0] }] },
    });
  });

  it('takes a note out of its frame', () => {
    const { board, ids } = boardWith(frame({ x: 300, y: 0, w: 600, h: 400 }));
    const [inside] = board.run({ type: 'create', elements: [note(100, 100, first(ids))] });
    const [, intents] = run(board, [down(420, 120), move(20, 520), up(20, 520)]);
    expect(intents.at(-1)).toMatchObject({ plan: { places: [{ id: inside, rect: { x: 0, y: 500 }, parent: null }] } });
  });

  it('of a frame takes its children along without moving them in it', () => {
    const { board, ids } = boardWith(frame({ x: 0, y: 0, w: 600, h: 400 }));
    const [child] = board.run({ type: 'create', elements: [note(100, 100, first(ids))] });
    const selection = new Set([first(ids), ...(child === undefined ? [] : [child])]);
    const [, intents] = run(board, [down(300, 20), move(350, 20), up(350, 20)], { selection });
    expect(intents).toMatchObject([{ plan: { places: [{ id: ids[0], rect: { x: 50, y: 0 } }] } }]);
    expect(intents[0]).toMatchObject({ plan: { places: { length: 1 } } });
  });

  it('keeps to one axis with Shift', () => {
    const { board } = boardWith(note(0, 0));
    const [state] = run(board, [down(20, 20), move(80, 35, { shift: true })]);
    expect(previewSelect(state)).toMatchObject({ dx: 60, dy: 0 });
  });

  it('copies with Alt', () => {
    const { board, ids } = boardWith(note(0, 0));
    const [, intents] = run(board, [down(20, 20), move(80, 35, { alt: true }), up(80, 35, { alt: true })]);
    expect(intents.at(-1)).toEqual({ do: 'run', select: true, plan: { type: 'duplicate', ids, dx: 60, dy: 15 } });
  });

  it('that comes back to where it began changes nothing', () => {
    const { board } = boardWith(note(0, 0));
    const [, intents] = run(board, [down(20, 20), move(80, 20), move(20, 20), up(20, 20)]);
    expect(intents.filter((intent) => intent.do === 'run')).toEqual([]);
  });

  it('of an observer is refused once', () => {
    const { board } = boardWith(note(0, 0));
    const [, intents] = run(board, [down(20, 20), move(60, 20), move(90, 20), up(90, 20)], { canWrite: false });
    expect(intents).toEqual([{ do: 'refuse' }]);
  });
});

describe('a handle', () => {
  it('resizes the one selected element', () => {
    const { board, ids } = boardWith(note(0, 0));
    const [, intents] = run(board, [down(100, 60), move(130, 90), up(130, 90)], { selection: new Set(ids) });
    expect(intents).toEqual([
      {
        do: 'run',
        select: false,
        plan: { type: 'place', places: [{ id: ids[0], rect: { x: 0, y: 0, w: 130, h: 90 }, parent: null }] },
      },
    ]);
  });

  it('of a frame leaves its contents where they are in the world', () => {
    const { board, ids } = boardWith(frame({ x: 0, y: 0, w: 600, h: 400 }));
    const [child] = board.run({ type: 'create', elements: [note(100, 100, first(ids))] });
    const [, intents] = run(board, [down(0, 0), move(-50, -20), up(-50, -20)], { selection: new Set(ids) });
    expect(intents).toMatchObject([
      {
        plan: {
          places: [
            { id: ids[0], rect: { x: -50, y: -20, w: 650, h: 420 } },
            { id: child, rect: { x: 150, y: 120 }, parent: ids[0] },
          ],
        },
      },
    ]);
  });
});

describe('a marquee', () => {
  it('selects what it touches as it grows', () => {
    const { board, ids } = boardWith(note(100, 100), note(300, 100));
    const [state, intents] = run(board, [down(50, 50), move(150, 150), move(350, 150)]);
    expect(previewSelect(state)).toEqual({ kind: 'marquee', rect: { x: 50, y: 50, w: 300, h: 100 } });
    expect(intents).toEqual([
      { do: 'select', ids: [ids[0]], how: 'replace' },
      { do: 'select', ids: [ids[0], ids[1]], how: 'replace' },
    ]);
  });

  it('adds to the selection with Shift', () => {
    const { board, ids } = boardWith(note(100, 100), note(300, 100));
    const [, intents] = run(board, [down(50, 50, { shift: true }), move(150, 150)], {
      selection: new Set([first(ids, 1)]),
    });
    expect(intents).toEqual([{ do: 'select', ids: [ids[1], ids[0]], how: 'replace' }]);
  });

  it('takes a frame only as a whole, and then without naming what is in it', () => {
    const { board, ids } = boardWith(frame({ x: 100, y: 100, w: 400, h: 300 }));
    const [child] = board.run({ type: 'create', elements: [note(100, 100, first(ids))] });
    expect(run(board, [down(50, 50), move(320, 320)])[1]).toEqual([{ do: 'select', ids: [child], how: 'replace' }]);
    expect(run(board, [down(50, 50), move(600, 500)])[1]).toEqual([{ do: 'select', ids: [ids[0]], how: 'replace' }]);
  });

  it('begins inside a frame', () => {
    const { board } = boardWith(frame({ x: 0, y: 0, w: 600, h: 400 }));
    expect(previewSelect(run(board, [down(300, 200), move(400, 300)])[0]).kind).toBe('marquee');
  });
});

describe('a finger', () => {
  const touch = { kind: 'touch' } as const;

  it('on empty ground pulls the board', () => {
    const { board } = boardWith();
    const [, intents] = run(board, [down(50, 50, touch), move(70, 60, touch), move(80, 60, touch), up(80, 60, touch)]);
    expect(intents).toEqual([
      { do: 'pan', dx: -20, dy: -10 },
      { do: 'pan', dx: -10, dy: 0 },
    ]);
  });

  it('may tremble by eight pixels', () => {
    const { board, ids } = boardWith(note(0, 0));
    const [, intents] = run(board, [down(20, 20, touch), move(27, 20, touch), up(27, 20, touch)]);
    expect(intents).toEqual([{ do: 'select', ids: [ids[0]], how: 'replace' }]);
  });

  it('that rests on empty ground begins a marquee', () => {
    const { board } = boardWith(note(100, 100));
    const [state] = run(board, [down(50, 50, touch), hold(50, 50, touch), move(150, 150, touch)]);
    expect(previewSelect(state).kind).toBe('marquee');
  });

  it('that rests on a note adds it to the selection', () => {
    const { board, ids } = boardWith(note(0, 0));
    const [, intents] = run(board, [down(20, 20, touch), hold(20, 20, touch), move(90, 90, touch), up(90, 90, touch)]);
    expect(intents).toEqual([{ do: 'select', ids: [ids[0]], how: 'toggle' }]);
  });
});

describe('Esc', () => {
  const touch = { kind: 'touch' } as const;
  const started: readonly (readonly [string, readonly ToolInput[]])[] = [
    ['pressing', [down(20, 20)]],
    ['moving', [down(20, 20), move(80, 20)]],
    ['resizing', [down(100, 60), move(130, 90)]],
    ['marquee', [down(500, 500), move(600, 600)]],
    ['pulling', [down(500, 500, touch), move(600, 600, touch)]],
    ['spent', [down(20, 20, touch), hold(20, 20, touch)]],
  ];

  it.each(started)('leads from %s to idle and changes nothing', (kind, inputs) => {
    const { board, ids } = boardWith(note(0, 0));
    const selection = kind === 'resizing' ? new Set(ids) : new Set<ElementId>();
    expect(run(board, inputs, { selection })[0].kind).toBe(kind);
    const [state, intents] = run(board, [...inputs, cancel, up(90, 90)], { selection });
    expect(state).toEqual(SELECT_IDLE);
    expect(intents.filter((intent) => intent.do === 'run' || intent.do === 'edit')).toEqual([]);
  });

  it('gives back what was selected before a marquee', () => {
    const { board, ids } = boardWith(note(100, 100), note(300, 100));
    const selection = new Set([first(ids, 1)]);
    const [, intents] = run(board, [down(50, 50, { shift: true }), move(150, 150), cancel], { selection });
    expect(intents.at(-1)).toEqual({ do: 'select', ids: [ids[1]], how: 'replace' });
  });
});

describe('a region, for those who may not lay it out', () => {
  const can = { canArrange: false };

  it('is the ground: a press on its head or edge takes hold of nothing', () => {
    const { board } = boardWith(frame({ x: 0, y: 0, w: 600, h: 400 }));
    expect(run(board, [down(300, 12), up(300, 12)], can)[1]).toEqual([]);
    expect(previewSelect(run(board, [down(300, 12), move(400, 200)], can)[0]).kind).toBe('marquee');
    expect(run(board, [down(2, 200, { kind: 'touch' }), move(60, 200, { kind: 'touch' })], can)[0].kind).toBe(
      'pulling',
    );
  });

  it('lets go of what is on it to a marquee around both', () => {
    const { board, ids } = boardWith(frame({ x: 100, y: 100, w: 400, h: 300 }));
    const [region] = ids;
    if (region === undefined) throw new Error('no region');
    const [inside] = board.run({ type: 'create', elements: [note(40, 80, region)] });
    const [, intents] = run(board, [down(90, 90), move(600, 500)], can);
    expect(intents.at(-1)).toMatchObject({ do: 'select', ids: expect.arrayContaining([inside]) });
    expect(intents.at(-1)).not.toMatchObject({ ids: expect.arrayContaining([region]) });
  });
});
