/** The top bar: where you are, whether it is saved, who is here, and the few panels there are. */

import { useId } from 'preact/hooks';
import type { Room } from '../net/room.ts';
import { isHosting } from '../sync/state.ts';
import type { IconName } from './icons.tsx';
import { Icon, RingMark } from './icons.tsx';
import { type Layout, layout } from './layout.ts';
import { People, present } from './People.tsx';
import { leavePopover } from './popover.ts';
import { SavePill } from './SavePill.tsx';
import type { Services } from './services.ts';
import { TitleField } from './TitleField.tsx';

export type Panel = 'display' | 'help' | 'invite' | 'kept' | 'rename' | 'templates';

interface Props {
  readonly room: Room;
  readonly services: Services;
  readonly outlineOpen: boolean;
  readonly toggleOutline: () => void;
  /** Whether the view of what is asked now is open; null without a gathering. */
  readonly now: boolean | null;
  readonly toggleNow: () => void;
  readonly open: (panel: Panel) => void;
  readonly lock: (locked: boolean) => void;
}

/** Whether the person may give this board a run of show: its host, while there is none. */
export function choosesTemplate(room: Room): boolean {
  return room.me.value?.role === 'host' && room.gathering.value === null;
}

const AVATARS: Readonly<Record<Layout, number>> = { wide: 5, desktop: 4, compact: 0, phone: 0 };

export function TopBar({ room, services, outlineOpen, toggleOutline, now, toggleNow, open, lock }: Props) {
  const where = layout.value;
  const narrow = where === 'compact' || where === 'phone';
  const host = isHosting(room.me.value?.role);
  // Alone, a host has one clear next thing to do.
  const alone = present(room.people.value).length <= 1;
  const kept = room.kept.value.length;
  const locked = room.mode.value === 'locked';
  const chooses = choosesTemplate(room);

  return (
    <header class="top">
      <span class="logo">
        <RingMark />
        {narrow ? <span class="sr">Harvestry</span> : 'Harvestry'}
      </span>
      <span class="bar" />
      <div class="what">
        <TitleField room={room} services={services} />
        <SavePill room={room} brief={narrow} />
      </div>
      <div class="end">
        {kept === 0 ? null : (
          <button type="button" class="btn bare" aria-haspopup="dialog" onClick={() => open('kept')}>
            <Icon name="inbox" />
            {where === 'phone' ? <span class="sr">Kept for you:</span> : 'Kept for you'}
            <span class="num">{kept}</span>
          </button>
        )}
        <People room={room} most={AVATARS[where]} />
        {where === 'phone' || now === null ? null : (
          <button type="button" class="btn bare" aria-pressed={now} onClick={toggleNow}>
            <Icon name="now" />
            Now
          </button>
        )}
        {where === 'phone' ? null : (
          <button type="button" class="btn bare" aria-pressed={outlineOpen} onClick={toggleOutline}>
            <Icon name="outline" />
            Outline
          </button>
        )}
        {narrow ? null : (
          <>
            <PanelButton icon="display" label="Display" open={() => open('display')} />
            <PanelButton icon="help" label="Help" open={() => open('help')} />
          </>
        )}
        {chooses && !narrow ? <PanelButton icon="region" label="Template" open={() => open('templates')} /> : null}
        {host && !narrow ? (
          <button type="button" class="btn bare" aria-pressed={locked} onClick={() => lock(!locked)}>
            <Icon name="lock" />
            Lock
            <span class="sr"> the board</span>
          </button>
        ) : null}
        {host && where !== 'phone' ? (
          <button
            type="button"
            class={alone ? 'btn main' : 'btn'}
            aria-haspopup="dialog"
            onClick={() => open('invite')}
          >
            <Icon name="share" />
            Invite
          </button>
        ) : null}
        {narrow ? (
          <More phone={where === 'phone'} host={host} chooses={chooses} open={open} locked={locked} lock={lock} />
        ) : null}
      </div>
    </header>
  );
}

interface PanelButtonProps {
  readonly icon: IconName;
  readonly label: string;
  readonly open: () => void;
}

function PanelButton({ icon, label, open }: PanelButtonProps) {
  return (
    <button type="button" class="btn bare" aria-haspopup="dialog" onClick={open}>
      <Icon name={icon} />
      {label}
    </button>
  );
}

interface MoreProps {
  /** On a phone everything that has no room in the bar is here. */
  readonly phone: boolean;
  readonly host: boolean;
  readonly chooses: boolean;
  readonly open: (panel: Panel) => void;
  readonly locked: boolean;
  readonly lock: (locked: boolean) => void;
}

function More({ phone, host, chooses, open, locked, lock }: MoreProps) {
  const id = useId();
  const choose = (panel: Panel): void => {
    leavePopover(id);
    open(panel);
  };
  return (
    <>
      <button type="button" class="btn ico bare" popovertarget={id} aria-label="More">
        <Icon name="more" />
      </button>
      <div id={id} class="pop more-pop" popover="auto">
        {phone && host ? <PanelButton icon="share" label="Invite" open={() => choose('invite')} /> : null}
        {chooses ? <PanelButton icon="region" label="Choose a template" open={() => choose('templates')} /> : null}
        {host ? (
          <button
            type="button"
            class="btn bare"
            aria-pressed={locked}
            onClick={() => {
              leavePopover(id);
              lock(!locked);
            }}
          >
            <Icon name="lock" />
            Lock the board
          </button>
        ) : null}
        <PanelButton icon="display" label="Display" open={() => choose('display')} />
        <PanelButton icon="help" label="Help" open={() => choose('help')} />
        {phone ? <PanelButton icon="pencil" label="Change your name" open={() => choose('rename')} /> : null}
      </div>
    </>
  );
}
