/** The door: who invites, one question, one button. */

import './styles/join.css';
import { useSignal } from '@preact/signals';
import type { TargetedSubmitEvent } from 'preact';
import { useRef } from 'preact/hooks';
import type { Gathering } from '../net/api.ts';
import { lastName } from '../net/device.ts';
import { isHosting, looksOn } from '../sync/state.ts';
import { Icon, Logo } from './icons.tsx';
import { inWords, listed, roleWord } from './names.ts';
import { Ring } from './Ring.tsx';

/** As the protocol has it. */
const LONGEST_NAME = 60;

interface Props {
  readonly gathering: Gathering;
  readonly seat: { readonly name: string; readonly role: Gathering['role'] } | null;
  readonly join: (name: string, view: 'board' | 'outline') => void;
  readonly resume: () => void;
  /** Into the seat that the link opens, which somebody has; `null` if the link gives a new one. */
  readonly move: (() => void) | null;
  readonly openDisplay: () => void;
}

export function JoinScreen({ gathering, seat, join, resume, move, openDisplay }: Props) {
  const problem = useSignal('');
  const field = useRef<HTMLInputElement>(null);
  const observing = looksOn(gathering.role);

  const submit = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const name = field.current?.value.trim() ?? '';
    if (name === '') {
      problem.value = 'Write a name first, so that people know who is here.';
      field.current?.focus();
      return;
    }
    const button = event.submitter;
    join(name, button instanceof HTMLButtonElement && button.value === 'outline' ? 'outline' : 'board');
  };

  if (move !== null) {
    return (
      <main class="page">
        <div class="page-card">
          <Logo />
          <h1 dir="auto">{gathering.title || 'A gathering'}</h1>
          <p class="lead">
            {seat === null || seat.name === '' ? 'This browser already has a seat here.' : <SeatHere {...seat} />}
          </p>
          <p>
            The link you opened is {movedWords(gathering.role)}. A browser keeps one seat on a board: if you open it
            here, come back to the other one by its own link.
          </p>
          <p class="row">
            <button type="button" class="btn main" onClick={resume}>
              Keep the seat I have here
            </button>
            <button type="button" class="btn" onClick={move}>
              Open the link’s seat here
            </button>
          </p>
        </div>
      </main>
    );
  }

  return (
    <div class="join">
      <main class="join-main">
        <form class="join-form" onSubmit={submit} noValidate>
          <Logo />
          <p class="lead soft">{invitation(gathering.role)}</p>
          <h1 dir="auto">{gathering.title || 'A gathering'}</h1>
          {seat === null ? null : (
            <p class="guarantee">
              <Icon name="info" />
              <span>
                <SeatHere {...seat} />{' '}
                <button type="button" class="link" onClick={resume}>
                  Go back to that seat
                </button>
              </span>
            </p>
          )}
          <label class="field" for="name">
            <span>What should people call you?</span>
            <input
              ref={field}
              id="name"
              class="input"
              name="name"
              dir="auto"
              autocomplete="given-name"
              autocapitalize="words"
              spellcheck={false}
              maxLength={LONGEST_NAME}
              defaultValue={lastName()}
              aria-describedby="name-hint name-problem"
              aria-invalid={problem.value !== ''}
              onInput={() => {
                problem.value = '';
              }}
            />
          </label>
          <p id="name-hint" class="hint">
            A first name is enough. You do not need an account or an e-mail address.
          </p>
          <p id="name-problem" class="problem" role="alert">
            {problem.value === '' ? null : (
              <>
                <Icon name="alert" small />
                {problem}
              </>
            )}
          </p>
          {observing ? (
            <p class="guarantee">
              <Icon name="eye" />
              <span>
                <b>You come as an observer.</b> You can look at everything and change nothing. Everyone sees that you
                are here.
              </span>
            </p>
          ) : null}
          <button type="submit" class="btn main big" value="board">
            {observing ? 'Look in' : 'Join'}
            <Icon name="arrow" />
          </button>
          <p class="alternatives">
            <button type="submit" class="link" value="outline">
              I read with a screen reader or keyboard
            </button>
            <button type="button" class="link" onClick={openDisplay}>
              Text size and contrast
            </button>
          </p>
        </form>
      </main>
      <aside class="join-ring" aria-label="Who is here">
        <Ring taken={gathering.seats} yours={!observing} />
        <div>
          <p class="seats">{seatsLine(gathering.seats, observing)}</p>
          {gathering.hosts.length > 0 ? (
            <p>
              {listed(gathering.hosts)} {gathering.hosts.length === 1 ? 'is' : 'are'} hosting.
            </p>
          ) : null}
          {gathering.observers.length > 0 ? <p>{observersLine(gathering.observers)}</p> : null}
        </div>
      </aside>
    </div>
  );
}

function SeatHere({ name, role }: { readonly name: string; readonly role: Gathering['role'] }) {
  return (
    <>
      On this device you already have a seat here: {name}, {roleWord(role).toLowerCase()}.
    </>
  );
}

function movedWords(role: Gathering['role']): string {
  return role === 'display' ? 'for a device that a table shares, or a display' : 'somebody’s own seat';
}

function invitation(role: Gathering['role']): string {
  if (isHosting(role)) return 'You are hosting';
  return looksOn(role) ? 'You are invited to observe' : 'You are invited to';
}

export function seatsLine(taken: number, observing: boolean): string {
  const seats =
    taken === 0
      ? 'Nobody has taken a seat yet.'
      : taken === 1
        ? 'One seat is taken.'
        : `${capital(inWords(taken))} seats are taken.`;
  return observing ? seats : `${seats} The gold one is yours.`;
}

function observersLine(names: readonly string[]): string {
  return names.length === 1
    ? `One observer is here: ${listed(names)}.`
    : `${capital(inWords(names.length))} observers are here: ${listed(names)}.`;
}

function capital(words: string): string {
  return words.charAt(0).toLocaleUpperCase() + words.slice(1);
}
