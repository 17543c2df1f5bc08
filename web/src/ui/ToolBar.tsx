/** The tools. A closed one keeps its place and its tab order, and says why it is closed. */

import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { moveWithArrows } from '../a11y/arrowKeys.ts';
import type { Room } from '../net/room.ts';
import type { Editor, ToolName } from './editor.ts';
import { Icon, type IconName } from './icons.tsx';
import { layout } from './layout.ts';
import { closedBecause } from './observing.ts';

interface Tool {
  readonly name: ToolName;
  readonly label: string;
  readonly icon: IconName;
  readonly writes: boolean;
}

const TOOLS: readonly Tool[] = [
  { name: 'select', label: 'Select', icon: 'select', writes: false },
  { name: 'hand', label: 'Hand', icon: 'hand', writes: false },
  { name: 'note', label: 'Write', icon: 'note', writes: true },
  { name: 'text', label: 'Text', icon: 'text', writes: true },
  { name: 'frame', label: 'Region', icon: 'region', writes: true },
];

/** On a phone, what is needed first; the rest stands behind "More". */
const FIRST: ReadonlySet<ToolName> = new Set(['select', 'hand', 'note']);

export function ToolBar({ editor, room }: { readonly editor: Editor; readonly room: Room }) {
  const moreId = useId();
  const phone = layout.value === 'phone';
  const board = room.board.value;
  const { value: chosen } = editor.tool;
  const closed = closedBecause(room);

  const use = (tool: Tool, byKeyboard: boolean): void => {
    if (tool.writes && editor.refuse()) return;
    if (tool.name === 'frame' && editor.refuseLayout()) return;
    if (byKeyboard && tool.writes) add(editor, tool.name);
    else editor.tool.value = tool.name;
  };

  const button = (tool: Tool, stop: boolean) => (
    <ToolButton
      key={tool.name}
      icon={tool.icon}
      label={tool.label}
      pressed={chosen === tool.name}
      closed={editor.closed(tool.name)}
      stop={stop}
      use={(byKeyboard) => use(tool, byKeyboard)}
    />
  );
  const redo = (
    <ToolButton
      icon="redo"
      label="Redo"
      closed={closed ?? (board.canRedo.value ? null : 'There is nothing of yours to redo.')}
      stop={false}
      use={() => {
        editor.redo();
        if (phone) editor.clear();
      }}
    />
  );
  const rest = TOOLS.filter((tool) => phone && !FIRST.has(tool.name));

  return (
    <div
      class="tools"
      role="toolbar"
      aria-label="Tools"
      aria-orientation={layout.value === 'wide' || layout.value === 'desktop' ? 'vertical' : 'horizontal'}
      onKeyDown={moveWithArrows}
    >
      {TOOLS.filter((tool) => !rest.includes(tool)).map((tool, index) => button(tool, index === 0))}
      <hr />
      <ToolButton
        icon="undo"
        label="Undo"
        closed={closed ?? (board.canUndo.value ? null : 'There is nothing of yours to undo.')}
        stop={false}
        use={() => {
          editor.undo();
          // What came back is selected; on a phone the sheet for it would cover this very button.
          if (phone) editor.clear();
        }}
      />
      {phone ? (
        <>
          <button type="button" class="tool" popovertarget={moreId} tabIndex={-1}>
            <Icon name="more" />
            More
          </button>
          <div id={moreId} class="pop tools-pop" popover="auto">
            {rest.map((tool) => button(tool, true))}
            {redo}
          </div>
        </>
      ) : (
        redo
      )}
    </div>
  );
}

/** A tool pressed by keyboard or screen reader does its work at once, in the middle of the view: there is no pointer to place it. */
function add(editor: Editor, tool: ToolName): void {
  if (tool === 'note') editor.addNote({ edit: true });
  if (tool === 'text') editor.addText();
  if (tool === 'frame') editor.addFrame();
}

interface ToolButtonProps {
  readonly icon: IconName;
  readonly label: string;
  readonly pressed?: boolean;
  /** Why it is closed, or null when it is open. */
  readonly closed: string | null;
  readonly stop: boolean;
  readonly use: (byKeyboard: boolean) => void;
}

function ToolButton({ icon, label, pressed, closed, stop, use }: ToolButtonProps) {
  const tip = useId();
  const dismissed = useSignal(false);
  const offer = (): void => {
    dismissed.value = false;
  };
  return (
    <span class="tool-place" onPointerLeave={offer}>
      <button
        type="button"
        class="tool"
        tabIndex={stop ? 0 : -1}
        {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
        {...(closed === null ? {} : { 'aria-disabled': true, 'aria-describedby': tip })}
        onClick={(event) => {
          // `detail` counts pointer clicks, so that 0 is the keyboard or assistive technology.
          if (closed === null || pressed !== undefined) use(event.detail === 0);
        }}
        onBlur={offer}
        onKeyDown={(event) => {
          if (event.key === 'Escape') dismissed.value = true;
        }}
      >
        <Icon name={icon} />
        {label}
        {closed !== null && pressed !== undefined ? (
          <span class="lock">
            <Icon name="lock" small />
          </span>
        ) : null}
      </button>
      {closed === null ? null : (
        <span id={tip} class="tip" role="tooltip" hidden={dismissed.value}>
          {closed}
        </span>
      )}
    </span>
  );
}
