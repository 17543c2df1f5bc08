/** What a person looks at, kept while the outline takes room beside the board or gives it back. */

import { type Camera, rectToScreen, type Viewport } from '../model/camera.ts';
import type { Rect } from '../model/element.ts';
import { union } from '../model/rect.ts';
import type { Editor } from './editor.ts';

function extent(editor: Editor): Rect | null {
  const { board } = editor;
  return union(board.children(null).flatMap((element) => board.worldRect(element.id) ?? []));
}

function isInView(rect: Rect, camera: Camera, viewport: Viewport): boolean {
  const { x, y, w, h } = rectToScreen(camera, rect);
  return x >= 0 && y >= 0 && x + w <= viewport.w && y + h <= viewport.h;
}

/**
 * Keeps the middle of the view in the middle whenever the board becomes wider or narrower.
 *
 * A board that was seen as a whole is still seen as a whole, and as large as before once there is room for that again.
 *
 * Returns:
 *   The way to stop.
 */
export function keepView(editor: Editor): () => void {
  let before = editor.viewport.peek();
  /** The view from before it was made smaller, as long as nobody has moved it since. */
  let larger: { readonly camera: Camera; readonly fitted: Camera } | null = null;
  return editor.viewport.subscribe((now) => {
    const was = before;
    before = now;
    if (was.w === 0 || now.w === 0 || now.w === was.w) return;
    const { view } = editor;
    const old = view.camera.peek();
    if (larger !== null && now.w > was.w && old === larger.fitted) view.camera.value = larger.camera;
    else view.pan((was.w - now.w) / 2, 0);
    larger = null;
    const whole = extent(editor);
    if (whole === null || !isInView(whole, old, was) || isInView(whole, view.camera.peek(), now)) return;
    view.show(whole, false);
    larger = { camera: old, fitted: view.camera.peek() };
  });
}
