/** The board: the drawn layers, the surface that takes the pointer, the objects that take the keyboard, the field for writing. */

import './styles/canvas.css';
import { useSignalEffect } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { settings } from '../net/device.ts';
import type { Room } from '../net/room.ts';
import { onFonts } from '../render/fonts.ts';
import { Layers } from '../render/layers.ts';
import { theme } from '../theme/theme.ts';
import { fetchFor } from './connecting.ts';
import type { Editor } from './editor.ts';
import { ObjectLayer } from './ObjectLayer.tsx';
import { ContextTray, clipboard } from './panels.ts';
import { pictureOf } from './picture.ts';
import { listen } from './pointerInput.ts';
import { TextEditor } from './TextEditor.tsx';

interface Props {
  readonly editor: Editor;
  readonly room: Room;
}

export function BoardCanvas({ editor, room }: Props) {
  const root = useRef<HTMLDivElement>(null);
  const surface = useRef<HTMLDivElement>(null);
  const objects = useRef<HTMLDivElement>(null);
  const scene = useRef<HTMLCanvasElement>(null);
  const active = useRef<HTMLCanvasElement>(null);
  const cursors = useRef<HTMLCanvasElement>(null);
  const layers = useRef<Layers | null>(null);
  const coarse = useRef(false);

  const focusBoard = (): void => {
    const target = objects.current?.querySelector<HTMLElement>('[tabindex="0"]') ?? objects.current;
    target?.focus({ preventScroll: true });
  };

  useLayoutEffect(() => {
    if (root.current === null || scene.current === null || active.current === null || cursors.current === null) return;
    const box = root.current;
    const canvases = { scene: scene.current, active: active.current, cursors: cursors.current };
    const drawn = new Layers(canvases, editor.text, () => pictureOf(editor, room, coarse.current));
    layers.current = drawn;
    let begun = false;
    const resize = () => {
      const { clientWidth: w, clientHeight: h } = box;
      if (w === 0 || h === 0) return;
      const before = editor.viewport.peek();
      if (w !== before.w || h !== before.h) editor.viewport.value = { w, h };
      if (!begun && before.w === 0) editor.begin();
      begun = true;
      drawn.resize({ w, h }, devicePixelRatio);
    };
    const observer = new ResizeObserver(resize);
    observer.observe(box);
    // The pixel ratio changes with the browser's zoom and from screen to screen, with no change of the box.
    addEventListener('resize', resize);
    resize();
    const stopFonts = onFonts(() => {
      editor.text.clear();
      drawn.invalidate('scene', 'active', 'cursors');
    });
    return () => {
      observer.disconnect();
      removeEventListener('resize', resize);
      stopFonts();
      drawn.dispose();
      layers.current = null;
    };
  }, [editor, room]);

  useSignalEffect(() => {
    room.board.value.version.value;
    room.authorship.value;
    editor.editing.value;
    editor.plots.value;
    editor.connectors.value;
    theme.value;
    layers.current?.invalidate('scene', 'active', 'cursors');
  });
  useSignalEffect(() => {
    room.board.value.version.value;
    void fetchFor(room.board.peek());
  });
  useSignalEffect(() => {
    editor.camera.value;
    layers.current?.invalidate('camera');
  });
  useSignalEffect(() => {
    editor.selection.value;
    editor.preview.value;
    editor.pointing.hover.value;
    room.canWrite.value;
    layers.current?.invalidate('active');
  });
  useSignalEffect(() => {
    room.presence.value;
    room.people.value;
    settings.value;
    layers.current?.invalidate('active', 'cursors');
  });

  useEffect(() => {
    if (surface.current === null) return;
    const area = surface.current;
    const stop = listen({
      surface: area,
      editor,
      pressed: (byFinger) => {
        coarse.current = byFinger;
        editor.stopEditing();
        focusBoard();
      },
    });
    return stop;
  }, [editor]);

  const use = (event: ClipboardEvent, act: 'copy' | 'cut' | 'paste'): void => {
    const { clipboardData: data, target } = event;
    if (!(target instanceof Node) || objects.current?.contains(target) !== true || data === null) return;
    const { here } = clipboard;
    if (here?.[act](editor, data) === true) event.preventDefault();
    // It comes within moments of the board; what is pasted before waits for it, and lasts only as long as the event.
    if (here !== null || act !== 'paste') return;
    const held = new DataTransfer();
    for (const type of data.types) if (type !== 'Files') held.setData(type, data.getData(type));
    event.preventDefault();
    clipboard.fetch().then(
      ({ paste }) => paste(editor, held),
      () => undefined,
    );
  };

  return (
    <div
      ref={root}
      class="board"
      onCopy={(event) => use(event, 'copy')}
      onCut={(event) => use(event, 'cut')}
      onPaste={(event) => use(event, 'paste')}
    >
      <div class="layers" aria-hidden="true">
        <canvas ref={scene} class="layer" />
        <canvas ref={active} class="layer" />
        <canvas ref={cursors} class="layer" />
      </div>
      <ObjectLayer editor={editor} layer={objects} />
      <div ref={surface} class="surface" aria-hidden="true" />
      <TextEditor editor={editor} focusBoard={focusBoard} />
      <ContextTray.Part editor={editor} missed={() => undefined} />
    </div>
  );
}
