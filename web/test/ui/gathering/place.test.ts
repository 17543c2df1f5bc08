import { signal } from '@preact/signals-core';
import { expect, test } from 'vitest';
import type { Editor } from '../../../src/ui/editor.ts';
import type { Attendance } from '../../../src/ui/gathering/attendance.ts';
import { followSteps } from '../../../src/ui/gathering/place.ts';

const REGIONS = { see: 'SSSSSSSSSSSS', tell: 'TTTTTTTTTTTT' };

/** A board on which everything is one unit large, and a camera that stands where it was sent. */
function made() {
  const phase = signal<{ key: string; opens: { region: string }[]; poll: null } | null>(null);
  const camera = signal({ x: 0, y: 0, zoom: 1 });
  const viewport = signal({ w: 0, h: 0 });
  const shown: string[] = [];
  const show = {
    regions: Object.entries(REGIONS).map(([key, element]) => ({ key, element })),
  };
  const editor = {
    board: { version: signal(0), worldRect: (id: string) => ({ x: id === REGIONS.see ? 1 : 2, y: 0, w: 1, h: 1 }) },
    viewport,
    editing: signal<string | null>(null),
    selection: signal(new Set<string>()),
    view: {
      camera,
      show: (rect: { x: number }, glide: boolean) => {
        shown.push(`${rect.x === 1 ? 'see' : 'tell'}${glide ? ', gliding' : ''}`);
        camera.value = { x: rect.x, y: rect.x, zoom: 1 };
      },
    },
  };
  const attendance = { phase, gathering: signal({ show }) };
  const step = (key: keyof typeof REGIONS): void => {
    phase.value = { key, opens: [{ region: key }], poll: null };
  };
  followSteps(attendance as unknown as Attendance, editor as unknown as Editor);
  return { editor, viewport, camera, shown, step };
}

test('the board goes where a step takes place, once for each, as soon as it has a size', () => {
  const { viewport, shown, step } = made();
  step('see');
  expect(shown).toEqual([]);
  viewport.value = { w: 900, h: 600 };
  step('tell');
  expect(shown).toEqual(['see', 'tell, gliding']);
});

test('a panel that opens beside the first view does not cut it, unless the person has looked elsewhere', () => {
  const { viewport, camera, shown, step } = made();
  viewport.value = { w: 900, h: 600 };
  step('see');
  camera.value = { ...camera.value, x: 40 };
  viewport.value = { w: 500, h: 600 };
  expect(shown).toEqual(['see', 'see']);
  camera.value = { ...camera.value, zoom: 2 };
  viewport.value = { w: 400, h: 600 };
  expect(shown).toEqual(['see', 'see']);
});

test('somebody who writes or holds something stays where they are', () => {
  const { editor, viewport, shown, step } = made();
  viewport.value = { w: 900, h: 600 };
  editor.editing.value = 'NNNNNNNNNNNN';
  step('see');
  editor.editing.value = null;
  editor.selection.value = new Set(['NNNNNNNNNNNN']);
  step('tell');
  expect(shown).toEqual([]);
});
