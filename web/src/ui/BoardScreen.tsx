/** The board and what stands around it, in the four layouts. */

import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { Insets } from '../model/camera.ts';
import type { ElementId } from '../model/element.ts';
import { changeSettings, settings } from '../net/device.ts';
import type { Room } from '../net/room.ts';
import { isHosting } from '../sync/state.ts';
import { BoardCanvas } from './BoardCanvas.tsx';
import { Editor } from './editor.ts';
import { Icon } from './icons.tsx';
import { keepView } from './keptView.ts';
import { fetchWhenIdle } from './later.tsx';
import { type Layout, layout } from './layout.ts';
import { lockBoard } from './locking.ts';
import { narrate } from './narrate.ts';
import { observes } from './observing.ts';
import * as panels from './panels.ts';
import { QuickAdd } from './QuickAdd.tsx';
import type { Services } from './services.ts';
import { ToolBar } from './ToolBar.tsx';
import { choosesTemplate, type Panel, TopBar } from './TopBar.tsx';
import { YouBar } from './YouBar.tsx';
import { ZoomBar } from './ZoomBar.tsx';

/** What the tools and bars cover of the stage, so that a note is brought clear of them. */
const INSETS: Readonly<Record<Layout, Insets>> = {
  wide: { top: 24, right: 24, bottom: 96, left: 92 },
  desktop: { top: 24, right: 24, bottom: 96, left: 92 },
  compact: { top: 16, right: 16, bottom: 84, left: 16 },
  phone: { top: 72, right: 12, bottom: 80, left: 12 },
};

/** What is missing now is asked for again when it is wanted. */
const noMatter = (): void => undefined;

interface Props {
  readonly board: string;
  readonly room: Room;
  readonly linkToken: string | null;
  readonly welcome: string;
  readonly services: Services;
  readonly openDisplay: () => void;
  /** Begins with what is asked now, whatever the layout. */
  readonly asks?: boolean;
}

export function BoardScreen({ board, room, linkToken, welcome, services, openDisplay, asks = false }: Props) {
  const { announcer, toaster } = services;
  const editor = useMemo(() => {
    const made = new Editor(
      room,
      (text, level) => announcer.say(text, level),
      (toast) => toaster.show(toast),
    );
    // Before the board is first fitted into what the tools leave free.
    made.view.insets.value = INSETS[layout.peek()];
    return made;
  }, [room, announcer, toaster]);
  const panel = useSignal<Panel | null>(null);
  const wholePage = useSignal(false);
  const nowWanted = useSignal(asks);
  const stage = useRef<HTMLElement>(null);
  /** True once the person has opened the outline here, so that it takes the focus. */
  const outlineAsked = useRef(settings.peek().outline);

  const where = layout.value;
  const outlineOpen = settings.value.outline;
  const beside = where === 'wide' || where === 'desktop';
  const page = outlineOpen && (!beside || wholePage.value);
  const phone = where === 'phone';
  const gathers = room.gathering.value !== null;
  const now = gathers && nowWanted.value && !page;

  const open = (next: Panel): void => {
    if (next === 'display') openDisplay();
    else panel.value = next;
  };
  const closePanel = (): void => {
    panel.value = null;
  };
  const missed = (): void => {
    panel.value = null;
    const text = 'This part could not be fetched. Try again when the connection is back.';
    announcer.say(text);
    toaster.show({ text, tone: 'warn' });
  };
  const focusBoard = (): void => {
    stage.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus({ preventScroll: true });
  };
  const setOutline = (shown: boolean): void => {
    outlineAsked.current = shown;
    changeSettings({ outline: shown });
    if (!shown) requestAnimationFrame(focusBoard);
  };
  const show = (view: 'now' | 'board' | 'outline'): void => {
    nowWanted.value = view === 'now';
    setOutline(view === 'outline' || (outlineOpen && beside && !page));
  };
  const showOnBoard = (id: ElementId): void => {
    nowWanted.value = false;
    if (page) {
      wholePage.value = false;
      if (!beside) setOutline(false);
    }
    editor.select([id]);
    editor.focused.value = id;
    editor.reveal(id);
    requestAnimationFrame(focusBoard);
  };

  // Once for each room.
  useEffect(() => {
    const title = room.title.peek();
    announcer.say(`${welcome} ${room.ready.peek() ? (title === '' ? '' : `${title}.`) : NOT_HERE.join('. ')}`.trim());
    if (!settings.peek().outline) focusBoard();
    fetchWhenIdle(panels.PANELS);
    return narrate(room, services, editor.drafting.current, () => open('kept'));
  }, [room]);

  useEffect(() => () => editor.dispose(), [editor]);
  useEffect(() => keepView(editor), [editor]);
  useEffect(() => {
    editor.view.insets.value = INSETS[where];
  }, [editor, where]);

  const me = room.me.value;
  if (room.role.value === 'display')
    return (
      <panels.RoomDisplay.Part
        board={board}
        room={room}
        services={services}
        openDisplay={openDisplay}
        missed={missed}
      />
    );
  return (
    <div class="app" data-layout={where} data-outline={outlineOpen ? (page ? 'page' : 'beside') : 'closed'}>
      <button type="button" class="btn skip" onClick={() => (outlineOpen ? setOutline(false) : focusBoard())}>
        Skip to the board
      </button>
      <button type="button" class="btn skip" onClick={() => setOutline(true)}>
        Open the outline: everything on the board as a list
      </button>
      <TopBar
        room={room}
        services={services}
        outlineOpen={outlineOpen}
        toggleOutline={() => setOutline(!outlineOpen)}
        now={gathers ? now : null}
        toggleNow={() => show(now ? 'board' : 'now')}
        open={open}
        lock={(locked) => lockBoard(editor, locked)}
      />
      {gathers ? (
        <panels.ContextBar.Part
          room={room}
          editor={editor}
          services={services}
          newcomer={!welcome.startsWith('Welcome back')}
          openNow={now ? null : () => show('now')}
          showBoard={() => {
            if (now || page) show('board');
          }}
          missed={noMatter}
        />
      ) : null}
      {room.mode.value === 'open' && room.filling.value === null ? null : (
        <panels.RoomBanner.Part room={room} editor={editor} missed={noMatter} />
      )}
      <div class="work">
        <main class="stage" id="board" ref={stage} aria-label="Board" inert={page || now}>
          <BoardCanvas editor={editor} room={room} />
          <EmptyBoard editor={editor} room={room} choose={choosesTemplate(room) ? () => open('templates') : null} />
          <ToolBar editor={editor} room={room} />
          <ZoomBar editor={editor} />
          {phone ? null : (
            <YouBar room={room} rename={() => open('rename')}>
              {gathers && beside ? <panels.CareBar.Part room={room} services={services} missed={noMatter} /> : null}
            </YouBar>
          )}
        </main>
        {gathers ? (
          <panels.Now.Part
            board={board}
            room={room}
            editor={editor}
            services={services}
            shown={nowWanted}
            covered={page}
            toBoard={() => show('board')}
            toOutline={() => show('outline')}
            showOnBoard={showOnBoard}
            missed={noMatter}
          />
        ) : null}
        {outlineOpen ? (
          <panels.Outline.Part
            editor={editor}
            room={room}
            takeFocus={outlineAsked.current}
            page={page}
            togglePage={
              beside
                ? () => {
                    wholePage.value = !wholePage.value;
                  }
                : null
            }
            close={phone ? null : () => setOutline(false)}
            showOnBoard={showOnBoard}
            quickAdd={!phone}
            writing={
              gathers && !now ? (
                <panels.OutlineNow.Part room={room} editor={editor} services={services} missed={noMatter} />
              ) : null
            }
            missed={() => {
              setOutline(false);
              missed();
            }}
          />
        ) : null}
      </div>
      {gathers && isHosting(room.role.value) ? (
        <panels.HostConsole.Part board={board} room={room} editor={editor} services={services} missed={noMatter} />
      ) : null}
      {phone ? (
        <div class="foot">
          {now || (outlineOpen && observes(room)) ? null : (
            <section aria-label="Add a note">
              <QuickAdd editor={editor} room={room} suggested={null} />
            </section>
          )}
          <nav class="tabs" aria-label="Views">
            {gathers ? <Tab icon="now" label="Now" chosen={now} choose={() => show('now')} /> : null}
            <Tab icon="outline" label="Outline" chosen={outlineOpen} choose={() => show('outline')} />
            <Tab icon="board" label="Board" chosen={!outlineOpen && !now} choose={() => show('board')} />
          </nav>
        </div>
      ) : null}
      {panel.value === 'help' ? <panels.HelpDialog.Part close={closePanel} missed={missed} /> : null}
      {panel.value === 'rename' ? (
        <panels.RenameDialog.Part board={board} room={room} services={services} close={closePanel} missed={missed} />
      ) : null}
      {panel.value === 'kept' ? (
        <panels.Kept.Part room={room} editor={editor} services={services} close={closePanel} missed={missed} />
      ) : null}
      {panel.value === 'templates' ? (
        <panels.TemplatePicker.Part
          room={room}
          editor={editor}
          services={services}
          close={closePanel}
          missed={missed}
        />
      ) : null}
      {panel.value === 'invite' && isHosting(me?.role) ? (
        <panels.ShareDialog.Part
          board={board}
          token={room.token}
          ownLink={linkToken}
          title={room.title.value}
          services={services}
          close={closePanel}
          missed={missed}
        />
      ) : null}
    </div>
  );
}

interface TabProps {
  readonly icon: 'board' | 'now' | 'outline';
  readonly label: string;
  readonly chosen: boolean;
  readonly choose: () => void;
}

function Tab({ icon, label, chosen, choose }: TabProps) {
  return (
    <button type="button" class="tab" aria-current={chosen ? 'page' : undefined} onClick={choose}>
      <Icon name={icon} />
      {label}
    </button>
  );
}

/** While there is no board to show. */
const NOT_HERE = [
  'The board is not here yet',
  'We cannot reach it just now and try again every few seconds. It appears here by itself.',
] as const;

/** What will be here, and the first step. */
interface EmptyBoardProps {
  readonly editor: Editor;
  readonly room: Room;
  /** For whoever may give the board a run of show. */
  readonly choose: (() => void) | null;
}

function EmptyBoard({ editor, room, choose }: EmptyBoardProps) {
  const board = room.board.value;
  board.version.value;
  if (!room.ready.value) {
    return (
      <div class="empty-board">
        <h2>{NOT_HERE[0]}</h2>
        <p>{NOT_HERE[1]}</p>
        <p>Is this going on for long? Check the connection of this device, or ask a host. Keep this page open.</p>
      </div>
    );
  }
  if (!board.isEmpty() || editor.editing.value !== null) return null;
  return (
    <div class="empty-board">
      <h2>Nothing is on the board yet</h2>
      {!room.canWrite.value ? (
        <p>Notes appear here as soon as the group writes them.</p>
      ) : (
        <>
          <p>
            {editor.arranges
              ? 'Write a first note, or draw a region for the notes of one question.'
              : 'Write a first note.'}
          </p>
          <p class="row">
            {choose === null ? null : (
              <button type="button" class="btn main" aria-haspopup="dialog" onClick={choose}>
                <Icon name="region" small />
                Choose a template
              </button>
            )}
            <button type="button" class="btn soft-fill" onClick={() => editor.addNote({ edit: true })}>
              <Icon name="note" small />
              Write the first note
            </button>
            {editor.arranges ? (
              <button type="button" class="btn" onClick={() => editor.addFrame()}>
                <Icon name="region" small />
                Add a region
              </button>
            ) : null}
          </p>
        </>
      )}
    </div>
  );
}
