/** Inviting: a code for the room, a link for each role, and the end of a link. For hosts. */

import './styles/panels.css';
import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { Link } from '../net/links.ts';
import type { Role } from '../net/room.ts';
import { copyText } from './clipboard.ts';
import { Dialog } from './Dialog.tsx';
import { Icon, type IconName } from './icons.tsx';
import { Invitations, openLink } from './invitations.ts';
import { leavePopover } from './popover.ts';
import { QrCode } from './qrCode.tsx';
import type { Services } from './services.ts';

interface RoleWords {
  readonly role: Role;
  readonly label: string;
  readonly what: string;
  readonly icon: IconName;
}

/** A link about to be ended. */
interface Ending {
  readonly link: Link;
  /** The link this host came by. */
  readonly own: boolean;
}

const ROLES: readonly RoleWords[] = [
  { role: 'participant', label: 'Participant', what: 'Write and sort. Everyone in the gathering.', icon: 'people' },
  { role: 'host', label: 'Host', what: 'Everything, and inviting people as you do now.', icon: 'sprout' },
  { role: 'observer', label: 'Observer', what: 'Look only. Everyone sees who observes.', icon: 'eye' },
];

interface Props {
  readonly board: string;
  readonly token: string;
  /** The link this host came by, if it is known: ending it ends the host's own seat. */
  readonly ownLink: string | null;
  readonly title: string;
  readonly services: Services;
  readonly close: () => void;
}

export function ShareDialog({ board, token, ownLink, title, services, close }: Props) {
  const invitations = useMemo(() => new Invitations(board, token), [board, token]);
  const ending = useSignal<Ending | null>(null);
  const large = useSignal(false);
  useEffect(() => {
    void invitations.load();
  }, [invitations]);

  const { announcer } = services;
  const loaded = invitations.state.value;
  const links = loaded.kind === 'links' ? loaded.links : [];
  const drawing = invitations.qr.value;
  const guest = openLink(links);
  const code = invitations.code.value;

  const copy = async (link: Link, label: string): Promise<boolean> => {
    const copied = await copyText(link.link);
    announcer.say(copied ? `${label} link copied.` : 'Copying is not allowed here. Select the link and copy it.');
    return copied;
  };
  const makeCode = async (link: Link): Promise<void> => {
    const made = await invitations.makeCode(link);
    announcer.say(made ? 'Code made.' : 'The code could not be made. Try again.');
  };
  const add = async (words: RoleWords): Promise<void> => {
    const made = await invitations.add(words.role);
    announcer.say(made ? `New ${words.label.toLowerCase()} link made.` : 'The link could not be made. Try again.');
  };
  const end = async ({ link, own }: Ending): Promise<void> => {
    const outcome = await invitations.end(link, own);
    // The server knows better than this tab which link its host came by.
    ending.value = outcome === 'own' ? { link, own: true } : null;
    if (outcome === 'done') announcer.say('The link has ended.');
    if (outcome === 'failed') announcer.say('The link could not be ended. Try again.', 'assertive');
  };

  return (
    <Dialog
      title="Invite people"
      lead="Nobody needs an account. Each role has its own link, and you can end a link at any time."
      wide
      close={close}
    >
      {loaded.kind === 'failed' ? (
        <p class="problem">
          <Icon name="alert" small />
          The links could not be loaded.
          <button type="button" class="btn" onClick={() => invitations.load()}>
            Try again
          </button>
        </p>
      ) : null}
      <div class="share">
        <div class="share-code">
          {drawing === null ? (
            <p class="hint">
              {loaded.kind === 'loading' ? 'Drawing the code' : 'There is no participant link to draw.'}
            </p>
          ) : (
            <>
              <QrCode drawing={drawing} label="QR code of the participant link" />
              <p class="hint">{hostOf(guest)}</p>
              <button
                type="button"
                class="btn soft-fill"
                aria-haspopup="dialog"
                onClick={() => {
                  large.value = true;
                }}
              >
                <Icon name="screen" small />
                Show in the room
              </button>
              {code === null ? null : <CodeWords code={code.code} />}
              {guest === undefined ? null : (
                <button type="button" class="btn bare" onClick={() => makeCode(guest)}>
                  {code === null ? 'Make a code to type' : 'Make another code'}
                </button>
              )}
            </>
          )}
        </div>
        <ul class="share-links">
          {ROLES.flatMap((words) => {
            const own = links.filter((link) => link.role === words.role);
            const rows = own.map((link, index) => (
              <LinkRow
                key={link.id}
                link={link}
                words={words}
                number={own.length > 1 ? index + 1 : null}
                copy={(label) => copy(link, label)}
                end={() => {
                  ending.value = { link, own: link.token === ownLink };
                }}
                add={() => add(words)}
              />
            ));
            if (rows.length > 0 || loaded.kind !== 'links') return rows;
            return [
              <li key={words.role}>
                <Icon name={words.icon} />
                <RoleText words={words} number={null} />
                <button type="button" class="btn" onClick={() => add(words)}>
                  <Icon name="plus" small />
                  New link
                </button>
              </li>,
            ];
          })}
        </ul>
      </div>
      {large.value && drawing !== null ? (
        <Dialog
          title={title}
          lead="Point a phone's camera here to join. A first name is enough."
          wide
          close={() => {
            large.value = false;
          }}
        >
          <div class="room-code">
            <QrCode drawing={drawing} label="QR code of the participant link" />
            {code === null ? <p class="room-address">{guest?.link}</p> : <CodeWords code={code.code} />}
          </div>
        </Dialog>
      ) : null}
      {ending.value === null ? null : (
        <EndLink
          ending={ending.value}
          end={end}
          close={() => {
            ending.value = null;
          }}
        />
      )}
    </Dialog>
  );
}

/** A code as it is read aloud and typed. */
function CodeWords({ code }: { readonly code: string }) {
  return (
    <p class="room-address">
      <b>{`${code.slice(0, 3)} ${code.slice(3)}`}</b> at {location.host}/join, for a day
    </p>
  );
}

function hostOf(link: Link | undefined): string {
  return link !== undefined && URL.canParse(link.link) ? new URL(link.link).host : '';
}

function RoleText({ words, number }: { readonly words: RoleWords; readonly number: number | null }) {
  return (
    <div class="share-role">
      <b>{number === null ? words.label : `${words.label} ${number}`}</b>
      <span>{words.what}</span>
    </div>
  );
}

interface LinkRowProps {
  readonly link: Link;
  readonly words: RoleWords;
  readonly number: number | null;
  readonly copy: (label: string) => Promise<boolean>;
  readonly end: () => void;
  readonly add: () => void;
}

/** Of a link that somebody came by who was removed. */
const CLOSED = 'Takes nobody new any more. Whoever came by it stays.';

/** How long a button says "Copied". */
const SAID_MS = 2_500;

function LinkRow({ link, words, number, copy, end, add }: LinkRowProps) {
  const copied = useSignal(false);
  const menu = `link-${link.id}`;
  const label = number === null ? words.label : `${words.label} ${number}`;
  const choose = (run: () => void): void => {
    leavePopover(menu);
    run();
  };
  return (
    <li>
      <Icon name={words.icon} />
      <RoleText words={link.closed ? { ...words, what: CLOSED } : words} number={number} />
      <em class="num">{link.inUse === 1 ? '1 seat' : `${link.inUse} seats`}</em>
      <button
        type="button"
        class="btn copy"
        onClick={async () => {
          copied.value = await copy(label);
          setTimeout(() => {
            copied.value = false;
          }, SAID_MS);
        }}
      >
        <Icon name={copied.value ? 'check' : 'copy'} small />
        <span>
          {copied.value ? 'Copied' : 'Copy link'}
          <span class="sr"> for {label.toLowerCase()}</span>
        </span>
      </button>
      <span class="menu-place">
        <button
          type="button"
          class="btn ico bare"
          popovertarget={menu}
          aria-label={`More for the ${label.toLowerCase()} link`}
        >
          <Icon name="more" />
        </button>
        <div id={menu} class="pop link-pop" popover="auto">
          <button type="button" class="btn bare" onClick={() => choose(add)}>
            <Icon name="plus" />
            New {words.label.toLowerCase()} link
          </button>
          <button type="button" class="btn bare stop" onClick={() => choose(end)}>
            <Icon name="trash" />
            End this link
          </button>
        </div>
      </span>
    </li>
  );
}

interface EndLinkProps {
  readonly ending: Ending;
  readonly end: (ending: Ending) => Promise<void>;
  readonly close: () => void;
}

function EndLink({ ending, end, close }: EndLinkProps) {
  const { link, own } = ending;
  const people = link.inUse === 1 ? 'One person came by it and leaves' : `${link.inUse} people came by it and leave`;
  return (
    <Dialog
      title={own ? 'End your own link?' : 'End this link?'}
      lead={
        own
          ? 'You came by this link yourself. Ending it ends your own seat too, and you need another host link to come back.'
          : `It opens nothing any more. ${link.inUse === 0 ? 'Nobody has come by it' : `${people} the board at once`}. What they wrote stays.`
      }
      close={close}
    >
      <div class="row dialog-actions">
        <button type="button" class="btn main" onClick={() => end(ending)}>
          End the link
        </button>
        <button type="button" class="btn" onClick={close}>
          Keep it
        </button>
      </div>
    </Dialog>
  );
}
