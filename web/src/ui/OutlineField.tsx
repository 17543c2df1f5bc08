/** The text of one row, edited where it stands. What is typed goes to the board as it is typed; leaving closes the undo step. */

import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Board } from '../model/board.ts';
import { type ElementId, LIMITS } from '../model/element.ts';
import { label } from '../model/outline.ts';
import { textDiff } from '../model/textDiff.ts';
import { caretAfter, mergeText } from '../model/textMerge.ts';
import type { Editor } from './editor.ts';

interface Props {
  readonly id: ElementId;
  readonly board: Board;
  readonly editor: Editor;
  readonly top: number;
  readonly done: () => void;
}

export function OutlineField({ id, board, editor, top, done }: Props) {
  const field = useRef<HTMLTextAreaElement>(null);
  const element = board.get(id);
  const draft = editor.drafting.current.value;
  const before = useRef(element?.text ?? '');
  /** Named by the words it opened with: a name that changed with every letter would be read out with every letter. */
  const name = useRef(element === undefined ? '' : label(element));
  board.version.value;

  const growToFit = (): void => {
    const area = field.current;
    if (area === null) return;
    area.style.height = 'auto';
    area.style.height = `${area.scrollHeight + 4}px`;
  };

  useLayoutEffect(() => editor.drafting.field(id), [editor, id]);
  useLayoutEffect(() => {
    const area = field.current;
    if (area === null) return;
    area.focus();
    area.setSelectionRange(area.value.length, area.value.length);
    growToFit();
  }, []);

  /** What the field and the board last agreed on, so that what is typed next is known as a change to it. */
  const agreed = useRef(before.current);
  const composing = useRef(false);

  const type = (typed: string, caret: number): void => {
    const now = board.get(id)?.text ?? '';
    if (now === agreed.current || editor.drafting.holds(id)) editor.setText(id, typed, caret);
    else editor.setText(id, mergeText(agreed.current, typed, now));
    agreed.current = typed;
    growToFit();
  };

  /** Takes over the board's words; the caret stays beside the ones it was at, and Esc will not take away a colleague's. */
  const catchUp = (): void => {
    if (editor.drafting.holds(id)) return;
    const area = field.current;
    const next = board.get(id)?.text ?? '';
    const change = area === null ? null : textDiff(area.value, next);
    if (area === null || change === null) return;
    before.current = mergeText(area.value, next, before.current);
    const { selectionStart, selectionEnd, selectionDirection } = area;
    area.value = next;
    area.setSelectionRange(caretAfter(change, selectionStart), caretAfter(change, selectionEnd), selectionDirection);
    agreed.current = next;
    growToFit();
  };

  // A colleague's change to the same words shows here too, as soon as no input method is in the middle of a word.
  const text = element?.text ?? '';
  useLayoutEffect(() => {
    if (!composing.current) catchUp();
  }, [text, draft === null]);

  if (element === undefined) return null;
  return (
    <div class="row-field" data-row="field" style={{ insetBlockStart: `${top}px` }}>
      <textarea
        ref={field}
        class="input"
        rows={1}
        dir="auto"
        maxLength={LIMITS.text}
        aria-label={`Words of “${name.current}”`}
        aria-describedby="row-field-hint"
        defaultValue={agreed.current}
        onInput={({ currentTarget }) => type(currentTarget.value, currentTarget.selectionEnd)}
        onCompositionStart={() => {
          composing.current = true;
        }}
        onCompositionEnd={() => {
          composing.current = false;
          catchUp();
        }}
        onBlur={() => {
          editor.endText(id);
          done();
        }}
        onKeyDown={(event) => {
          if (event.isComposing) return;
          if (event.key === 'Escape') editor.setText(id, before.current);
          if (event.key === 'Escape' || (event.key === 'Enter' && !event.shiftKey)) {
            event.preventDefault();
            event.stopPropagation();
            editor.endText(id);
            done();
          }
        }}
      />
      <p id="row-field-hint" class="hint">
        {draft?.id === id
          ? `Kept for you alone. ${draft.reason}`
          : 'Enter keeps it, Shift Enter starts a line, Esc leaves it as it was.'}
      </p>
    </div>
  );
}
