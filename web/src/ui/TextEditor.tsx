/** The text of an element while it is written: a real text field over it, so that input methods, spelling and emoji work. */

import { useSignalEffect } from '@preact/signals';
import type { TargetedKeyboardEvent } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { type BoardElement, type ElementId, LIMITS, type Rect } from '../model/element.ts';
import { label } from '../model/outline.ts';
import { textDiff } from '../model/textDiff.ts';
import { caretAfter, mergeText } from '../model/textMerge.ts';
import {
  FREE_TEXT_LINE_HEIGHT,
  FREE_TEXT_WEIGHT,
  freeTextSize,
  neededHeight,
  noteBox,
  REGION_PAD,
  THEME_PAD,
  THEME_TITLE_SIZE,
  THEME_TITLE_WEIGHT,
  TITLE_SIZE,
  TITLE_WEIGHT,
} from '../render/measures.ts';
import { shapeBox } from '../render/paintShape.ts';
import { NOTE_LINE_HEIGHT, NOTE_SIZES, TEXT_WEIGHT } from '../render/text.ts';
import { theme } from '../theme/theme.ts';
import type { Draft } from './drafting.ts';
import type { Editor } from './editor.ts';
import { Icon } from './icons.tsx';

/**
 * The size the browser believes the field has. Phones zoom into a field whose text is smaller; the field is scaled to the size it
 * shows instead.
 */
const BELIEVED_SIZE = 16;
/** Kept free between the field and an on-screen keyboard. */
const KEYBOARD_CLEARANCE = 24;

interface Props {
  readonly editor: Editor;
  readonly focusBoard: () => void;
}

export function TextEditor({ editor, focusBoard }: Props) {
  const id = editor.editing.value;
  // Read here, so that the field below is drawn anew with each change of its element.
  editor.board.version.value;
  const current = editor.drafting.current.value;
  const draft = current?.id === id ? current : null;
  const element = id === null ? undefined : (editor.board.get(id) ?? draft?.element);
  if (id === null || element === undefined) return null;
  return <Field key={id} id={id} element={element} draft={draft} editor={editor} focusBoard={focusBoard} />;
}

interface FieldProps extends Props {
  readonly id: ElementId;
  readonly element: BoardElement;
  /** The words, while the board does not take them. */
  readonly draft: Draft | null;
}

function Field({ id, element, draft, editor, focusBoard }: FieldProps) {
  const paper = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  /** The text to begin with; later ones are put in by hand, because the browser would lose the caret. */
  const first = useRef(element.text);
  /** The text when the input method began a word; `null` while it is at rest. */
  const composed = useRef<string | null>(null);
  const home = useRef(focusBoard);
  home.current = focusBoard;
  const { board } = editor;
  const world = board.worldRect(id) ?? draft?.rect ?? element.rect;
  const text = draft?.text ?? element.text;
  const shape = shapeOf(element, world, text, editor);
  const scale = shape.size / BELIEVED_SIZE;

  // The camera moves the field without drawing it anew.
  useSignalEffect(() => {
    const { x, y, zoom } = editor.camera.value;
    const box = paper.current;
    const place = editor.room.board.value.worldRect(id) ?? editor.drafting.current.value?.rect;
    if (box === null || place === undefined) return;
    box.style.transform = `translate(${(place.x - x) * zoom}px, ${(place.y - y) * zoom}px) scale(${zoom})`;
  });

  useLayoutEffect(() => {
    const area = field.current;
    if (area === null) return;
    area.focus({ preventScroll: true });
    area.setSelectionRange(area.value.length, area.value.length);
    const rest = keepAboveKeyboard(area, editor);
    return () => {
      rest();
      // A colleague deleted what was being written: the focus would fall off the page with the field.
      if (document.activeElement === area) home.current();
    };
  }, [editor]);

  // A colleague's words come into the field as they arrive, and the caret stays where it was in the sentence.
  useLayoutEffect(() => {
    const area = field.current;
    if (area !== null && composed.current === null) show(area, text);
  }, [text]);

  const write = (area: HTMLTextAreaElement): void => {
    editor.setText(id, area.value, area.selectionEnd);
  };
  const finish = (): void => {
    editor.stopEditing();
    focusBoard();
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLTextAreaElement>): void => {
    event.stopPropagation();
    if (event.isComposing) return;
    const mod = event.ctrlKey || event.metaKey;
    if (event.key === 'Enter' && mod) {
      event.preventDefault();
      finish();
      if (element.kind === 'note') editor.nextNote(id);
    } else if (event.key === 'Escape' || (event.key === 'Enter' && element.kind === 'frame')) {
      event.preventDefault();
      finish();
    } else if (mod && !event.altKey && (event.key === 'z' || event.key === 'Z' || event.key === 'y')) {
      // The browser's own undo knows nothing of what colleagues wrote between; ours does.
      event.preventDefault();
      editor.travelWords(id, event.key === 'z' && !event.shiftKey ? 'undo' : 'redo');
    }
  };

  return (
    <div
      ref={paper}
      class={draft !== null ? 'writing draft' : shape.ground === 'transparent' ? 'writing' : 'writing grown'}
      style={{
        width: `${world.w}px`,
        height: `${shape.height}px`,
        background: draft === null ? shape.ground : shape.paper,
        borderColor: draft === null ? shape.edge : shape.colour,
      }}
    >
      {draft === null ? null : (
        <p class="draft-line" id="draft-line">
          <Icon name="lock" small />
          Kept for you alone. {draft.reason}
        </p>
      )}
      <textarea
        ref={field}
        class="writing-field"
        dir="auto"
        rows={1}
        defaultValue={first.current}
        maxLength={LIMITS.text}
        spellcheck
        autocapitalize="sentences"
        enterkeyhint={element.kind === 'frame' ? 'done' : 'enter'}
        {...(draft === null ? {} : { 'aria-describedby': 'draft-line' })}
        aria-label={element.text === '' ? `Words of the new ${nameOf(element)}` : `Words of “${label(element)}”`}
        placeholder={element.kind === 'frame' ? 'Title' : element.kind === 'note' ? 'Write…' : 'Text'}
        style={{
          left: `${shape.x}px`,
          top: `${shape.y}px`,
          width: `${shape.w / scale}px`,
          height: `${shape.h / scale}px`,
          transform: `scale(${scale})`,
          lineHeight: shape.lineHeight,
          fontWeight: shape.weight,
          color: shape.colour,
          textAlign: shape.middle ? 'center' : 'start',
        }}
        onInput={(event) => {
          if (composed.current === null) write(event.currentTarget);
        }}
        onCompositionStart={() => {
          composed.current = board.get(id)?.text ?? '';
        }}
        onCompositionEnd={(event) => {
          const area = event.currentTarget;
          const base = composed.current ?? '';
          composed.current = null;
          const remote = board.get(id)?.text ?? '';
          if (!editor.drafting.holds(id)) show(area, mergeText(base, area.value, remote));
          write(area);
        }}
        onKeyDown={onKeyDown}
        onKeyUp={(event) => event.stopPropagation()}
        onBlur={(event) => {
          // Another window in front is not the end of writing: the field has the focus again when one comes back.
          if (document.activeElement === event.currentTarget) return;
          if (editor.editing.peek() === id) editor.stopEditing();
        }}
      />
    </div>
  );
}

function nameOf(element: BoardElement): string {
  return element.kind === 'frame' ? 'region' : element.kind;
}

/** Puts a text into the field and keeps the caret at the same place of the sentence. */
function show(area: HTMLTextAreaElement, text: string): void {
  const change = textDiff(area.value, text);
  if (change === null) return;
  const { selectionStart, selectionEnd, selectionDirection } = area;
  area.value = text;
  if (document.activeElement !== area) return;
  area.setSelectionRange(caretAfter(change, selectionStart), caretAfter(change, selectionEnd), selectionDirection);
}

/** Pans the board so that an on-screen keyboard does not lie over the field. Returns the way to stop. */
function keepAboveKeyboard(area: HTMLTextAreaElement, editor: Editor): () => void {
  const screen = globalThis.visualViewport;
  if (screen === null || screen === undefined) return () => undefined;
  const check = () => {
    const box = area.getBoundingClientRect();
    const bottom = screen.offsetTop + screen.height - KEYBOARD_CLEARANCE;
    const hidden = Math.min(box.bottom - bottom, box.top - screen.offsetTop - KEYBOARD_CLEARANCE);
    if (hidden > 0) editor.view.pan(0, hidden);
  };
  screen.addEventListener('resize', check);
  return () => screen.removeEventListener('resize', check);
}

/** Where the field lies in its element and how its letters look, in world units. */
interface FieldShape extends Rect {
  readonly size: number;
  readonly weight: number;
  readonly lineHeight: number;
  readonly colour: string;
  /** Of the whole element while it is written. */
  readonly height: number;
  /** Painted only where the field is larger than what the canvas shows. */
  readonly ground: string;
  /** What a draft lies on, whatever the canvas shows there. */
  readonly paper: string;
  readonly edge: string;
  readonly middle: boolean;
}

function shapeOf(element: BoardElement, world: Rect, text: string, editor: Editor): FieldShape {
  const colours = theme.value;
  const bare = { ground: 'transparent', paper: colours.color.surface, edge: 'transparent', middle: false };
  switch (element.kind) {
    case 'note': {
      const sticky = colours.sticky[element.colour ?? 'oat'];
      const height = neededHeight(element, text, editor.text.measurer);
      const box = noteBox(world.w, height);
      const { size } = editor.text.layOut(text, box, NOTE_SIZES, TEXT_WEIGHT);
      const grown = height > world.h;
      return {
        ...bare,
        x: box.padX,
        y: box.padY,
        w: box.w,
        h: box.h + size,
        size,
        weight: TEXT_WEIGHT,
        lineHeight: NOTE_LINE_HEIGHT,
        colour: sticky.text,
        height,
        ground: grown ? sticky.bg : 'transparent',
        paper: sticky.bg,
        edge: grown ? sticky.border : 'transparent',
      };
    }
    case 'frame': {
      const theme = element.parent !== null;
      const size = theme ? THEME_TITLE_SIZE : TITLE_SIZE;
      const pad = theme ? THEME_PAD : REGION_PAD;
      return {
        ...bare,
        x: pad,
        y: theme ? 8 : 12,
        w: Math.max(80, world.w - pad * 2),
        h: size * 1.4,
        size,
        weight: theme ? THEME_TITLE_WEIGHT : TITLE_WEIGHT,
        lineHeight: 1.3,
        colour: colours.color.ink,
        height: world.h,
      };
    }
    case 'shape': {
      const box = shapeBox(element, world);
      const layout = editor.text.layOut(text, box, NOTE_SIZES, TEXT_WEIGHT);
      const sticky = element.colour === null ? null : colours.sticky[element.colour];
      return {
        ...bare,
        x: (world.w - box.w) / 2,
        y: Math.max(0, (world.h - layout.height) / 2),
        w: box.w,
        h: Math.max(layout.height, 24),
        size: layout.size,
        weight: TEXT_WEIGHT,
        lineHeight: NOTE_LINE_HEIGHT,
        colour: sticky?.text ?? colours.color.ink,
        height: world.h,
        middle: true,
      };
    }
    default: {
      const size = freeTextSize(element);
      const height = neededHeight(element, text, editor.text.measurer);
      return {
        ...bare,
        x: 0,
        y: 0,
        w: world.w,
        h: height + size,
        size,
        weight: FREE_TEXT_WEIGHT,
        lineHeight: FREE_TEXT_LINE_HEIGHT,
        colour: colours.color.ink,
        height: Math.max(height, world.h),
      };
    }
  }
}
