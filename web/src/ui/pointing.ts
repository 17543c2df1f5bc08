/** Pointing: carries pointer events to the tools and the tools' intents to the editor. */

import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals-core';
import type { BoardElement, ElementId } from '../model/element.ts';
import type { WorldPoint } from '../model/point.ts';
import { unreachable } from '../model/unreachable.ts';
import type { Preview } from '../render/preview.ts';
import { AT_REST, type GestureContext, type Gestures, isBusy, isPulling, previewOf, step } from '../tools/gestures.ts';
import { hitElement } from '../tools/hit.ts';
import type { Intent, ToolInput } from '../tools/input.ts';
import { ownConnectors } from './connecting.ts';
import type { Editor } from './editor.ts';

export class Pointing {
  readonly #editor: Editor;
  readonly #gestures: Signal<Gestures> = signal(AT_REST);
  /** Its own: what is drawn follows what others drag, and what is pointed at does not. */
  readonly #lines = ownConnectors();
  #listed: readonly BoardElement[] | null = null;
  #connectors: readonly BoardElement[] = [];
  /** What the mouse is over, and a press would take hold of. */
  readonly hover: Signal<ElementId | null> = signal(null);
  /** The space bar is down: the hand is lent to whatever tool is chosen. */
  readonly space: Signal<boolean> = signal(false);
  #spaceUsed = false;
  readonly preview: ReadonlySignal<Preview> = computed(() => previewOf(this.#gestures.value));
  readonly pulling: ReadonlySignal<boolean> = computed(() => isPulling(this.#gestures.value));

  constructor(editor: Editor) {
    this.#editor = editor;
  }

  /** Whether a gesture is under way, so that Esc belongs to it. */
  get busy(): boolean {
    return isBusy(this.#gestures.value);
  }

  /** The space bar went down: drags pull the board until it comes up. */
  lendHand(): void {
    if (this.space.value) return;
    this.space.value = true;
    this.#spaceUsed = false;
  }

  /** The space bar came up. Returns whether it was a mere press, with no drag in between. */
  takeHandBack(): boolean {
    const pressed = this.space.value && !this.#spaceUsed;
    this.space.value = false;
    return pressed;
  }

  /** Takes one input to the tool that is chosen, and does what it wants. */
  handle(input: ToolInput): void {
    if (input.type === 'down') this.#spaceUsed = true;
    const [next, intents] = step(this.#gestures.value, input, this.context());
    this.#gestures.value = next;
    for (const intent of intents) this.#do(intent);
  }

  context(): GestureContext {
    const editor = this.#editor;
    return {
      board: editor.board,
      camera: editor.camera.value,
      selection: editor.selection.value,
      canWrite: editor.room.canWrite.value,
      canArrange: editor.arranges,
      placing: editor.placing.value !== null,
      tool: editor.tool.value,
      space: this.space.value,
      hit: (point, tolerance) => this.#hit(point, tolerance),
    };
  }

  #hit(point: WorldPoint, tolerance: number): BoardElement | undefined {
    const { board } = this.#editor;
    const all = board.all();
    if (all !== this.#listed) {
      this.#listed = all;
      this.#connectors = all.filter((element) => element.kind === 'conn');
    }
    const lines = this.#lines.value;
    return hitElement(board, point, {
      tolerance,
      connectors: this.#connectors,
      meets: (connector) => lines?.meets(connector, board, point, tolerance) === true,
    });
  }

  #do(intent: Intent): void {
    const editor = this.#editor;
    switch (intent.do) {
      case 'run': {
        if (editor.refuse()) return;
        const ids = editor.board.run(intent.plan);
        if (intent.select) editor.select(ids);
        return;
      }
      case 'select':
        editor.select(intent.ids, intent.how);
        return;
      case 'edit':
        editor.edit(intent.id);
        return;
      case 'write':
        if (intent.kind === 'note') editor.addNote({ at: intent.at });
        else editor.addText(intent.at);
        return;
      case 'region':
        editor.addFrame(intent.rect);
        return;
      case 'bring':
        editor.bring(intent.at);
        return;
      case 'pan':
        editor.view.pan(intent.dx, intent.dy);
        return;
      case 'zoom':
        editor.view.zoomBy(intent.factor, intent.at);
        return;
      case 'tool':
        editor.tool.value = intent.tool;
        return;
      case 'refuse':
        if (!editor.refuse()) editor.refuseLayout();
        return;
      default:
        unreachable(intent);
    }
  }
}
