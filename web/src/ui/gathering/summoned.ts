/** What a host's summon, hold or light does on everybody else's screen. */

import { effect } from '@preact/signals-core';
import { type ElementId, elementId, type Rect } from '../../model/element.ts';
import type { Gathering } from '../../model/gathering/gathering.ts';
import type { Summon } from '../../model/gathering/summon.ts';
import { label } from '../../model/outline.ts';
import type { Editor } from '../editor.ts';
import { prefersStillness } from '../motion.ts';
import type { Services } from '../services.ts';
import type { Attendance } from './attendance.ts';

/** Follows hosts as far as they ask for it. Returns the way to stop. */
export function followHosts(
  attendance: Attendance,
  editor: Editor,
  services: Services,
  showBoard: () => void,
): () => void {
  const stops = [
    followSummons(attendance, editor, services, showBoard),
    followLight(attendance, editor, services, showBoard),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function followSummons(
  attendance: Attendance,
  editor: Editor,
  { announcer, toaster }: Services,
  showBoard: () => void,
): () => void {
  const { gathering, room, now } = attendance;
  let told: string | null = null;
  let held: Rect | null = null;
  let shown: number | null = null;

  const stopAsking = effect(() => {
    const summon = attendance.summon.value;
    const mine = summon !== null && summon.by === room.me.value?.seat;
    if (summon === null || mine || isOver(summon, room.serverTime())) {
      if (held !== null) announcer.say('You can look where you like again.');
      held = null;
      if (summon === null) told = null;
      if (shown !== null) toaster.close(shown);
      shown = null;
      return;
    }
    const key = JSON.stringify(summon);
    if (key === told) return;
    told = key;
    const place = placeOf(summon, gathering.value, editor);
    if (place === null) return;
    const who = attendance.nameOf(summon.by);
    if (summon.hold) {
      held = place.rect;
      const text = `${who} shows you ${place.words} for a moment.`;
      announcer.say(text);
      toaster.show({ text });
      showBoard();
      editor.view.show(place.rect, !prefersStillness());
      return;
    }
    const text = `${who} would like to show you ${place.words}.`;
    announcer.say(text);
    shown = toaster.show({
      text,
      action: {
        label: 'Go there',
        run: () => {
          showBoard();
          editor.view.show(place.rect, !prefersStillness());
        },
      },
    });
  });

  // While it is held, the view comes back to what is shown; it ends by itself, whatever happens to the line.
  const stopHolding = effect(() => {
    editor.viewport.value;
    if (held === null) return;
    const summon = attendance.summon.value;
    if (summon === null || isOver(summon, now.value)) {
      held = null;
      announcer.say('You can look where you like again.');
      return;
    }
    editor.view.show(held, false);
  });

  return () => {
    stopAsking();
    stopHolding();
  };
}

function isOver({ until }: Summon, now: number): boolean {
  return until !== null && until <= now;
}

interface Place {
  readonly rect: Rect;
  readonly words: string;
}

function placeOf(summon: Summon, { show }: Gathering, editor: Editor): Place | null {
  const region = show.regions.find(({ key }) => key === summon.region);
  if (region !== undefined && region.element !== null) {
    const rect = editor.board.worldRect(elementId(region.element));
    return rect === undefined ? null : { rect, words: region.title };
  }
  if (summon.view === null) return null;
  const [x, y, w, h] = summon.view;
  return { rect: { x, y, w, h }, words: 'a part of the board' };
}

/** A light on one thing: it is told, and a gold outline lies over it. */
function followLight(
  { gathering, room, hosting }: Attendance,
  editor: Editor,
  { announcer, toaster }: Services,
  showBoard: () => void,
): () => void {
  let told: string | null = null;
  let shown: number | null = null;
  const light = document.createElement('div');
  light.className = 'spotlight';
  light.setAttribute('aria-hidden', 'true');

  return effect(() => {
    const lit = gathering.value.moderating.spotlight;
    const board = room.board.value;
    board.version.value;
    const id: ElementId | null = lit === null ? null : elementId(lit);
    const element = id === null ? undefined : board.get(id);
    const rect = id === null ? undefined : board.worldRect(id);
    if (element === undefined || rect === undefined || id === null) {
      light.remove();
      told = null;
      if (shown !== null) toaster.close(shown);
      shown = null;
      return;
    }
    const { x, y, zoom } = editor.camera.value;
    light.style.translate = `${(rect.x - x) * zoom}px ${(rect.y - y) * zoom}px`;
    light.style.width = `${rect.w * zoom}px`;
    light.style.height = `${rect.h * zoom}px`;
    if (!light.isConnected) document.querySelector('.board > .layers')?.append(light);
    if (told === lit) return;
    told = lit;
    if (shown !== null) toaster.close(shown);
    // Whoever runs it has the button for it in sight.
    if (hosting.peek()) return;
    const text = `A host points at: ${label(element)}`;
    announcer.say(text);
    shown = toaster.show({
      text,
      action: {
        label: 'Go there',
        run: () => {
          showBoard();
          editor.reveal(id);
        },
      },
    });
  });
}
