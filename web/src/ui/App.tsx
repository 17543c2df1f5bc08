/** Which screen is shown, and what lies over all of them: messages, live regions, display settings. */

import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { LiveRegions } from '../a11y/LiveRegions.tsx';
import { BoardScreen } from './BoardScreen.tsx';
import { TITLES } from './endings.ts';
import type { Journey, Screen } from './journey.ts';
import { LobbyScreen, OpeningScreen } from './OpeningScreen.tsx';
import { DisplaySettings, EndedScreen, JoinScreen, StartScreen } from './panels.ts';
import type { Services } from './services.ts';
import { Toasts } from './Toasts.tsx';

interface Props {
  readonly journey: Journey;
  readonly services: Services;
}

export function App({ journey, services }: Props) {
  const display = useSignal(false);
  const screen = journey.screen.value;
  const title = pageTitle(screen);

  useEffect(() => {
    document.title = title;
    // A screen that replaces another is told by its title; the first one is read by the browser itself.
    if (screen.kind !== 'board' && screen.kind !== 'opening') services.announcer.say(title.replace(' · Harvestry', ''));
  }, [title, screen.kind, services]);

  const openDisplay = (): void => {
    display.value = true;
  };

  const closeDisplay = (): void => {
    display.value = false;
  };

  return (
    <>
      {content(screen, journey, services, openDisplay)}
      {display.value ? <DisplaySettings.Part close={closeDisplay} missed={closeDisplay} /> : null}
      <Toasts toaster={services.toaster} />
      <LiveRegions announcer={services.announcer} />
    </>
  );
}

function content(screen: Screen, journey: Journey, services: Services, openDisplay: () => void): ComponentChildren {
  switch (screen.kind) {
    case 'start':
      return <StartScreen.Part openDisplay={openDisplay} missed={() => undefined} />;
    case 'looking':
      return <OpeningScreen words="One moment" progress={null} />;
    case 'join':
      return (
        <JoinScreen.Part
          gathering={screen.gathering}
          seat={screen.seat}
          join={(name, view) => void journey.join(name, view)}
          resume={() => void journey.resume()}
          move={screen.moves ? () => void journey.move() : null}
          openDisplay={openDisplay}
          missed={() => undefined}
        />
      );
    case 'lobby':
      return <LobbyScreen />;
    case 'opening':
      return <OpeningScreen words={screen.words} progress={screen.progress} />;
    case 'board':
      return (
        <BoardScreen
          key={screen.room}
          board={screen.board}
          room={screen.room}
          linkToken={screen.linkToken}
          welcome={screen.welcome}
          services={services}
          openDisplay={openDisplay}
        />
      );
    case 'ended':
      return (
        <EndedScreen.Part
          reason={screen.reason}
          room={screen.room}
          openDisplay={openDisplay}
          meanwhile={<OpeningScreen words={TITLES[screen.reason]} progress={null} />}
          missed={() => undefined}
        />
      );
  }
}

function pageTitle(screen: Screen): string {
  switch (screen.kind) {
    case 'start':
      return 'Harvestry';
    case 'join':
      return `Join ${screen.gathering.title} · Harvestry`;
    case 'board':
      return `${screen.room.title.value || 'Your board'} · Harvestry`;
    case 'ended':
      return `${TITLES[screen.reason]} · Harvestry`;
    case 'lobby':
      return 'A host will let you in · Harvestry';
    case 'looking':
    case 'opening':
      return 'Opening the board · Harvestry';
  }
}
