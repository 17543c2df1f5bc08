/** Wires it all: styles, settings, the journey from the address to the board, and the page. */

import 'virtual:tokens.css';
import './ui/styles/base.css';
import './ui/styles/pages.css';
import './ui/styles/bars.css';
import './ui/styles/board.css';
import './ui/styles/topBar.css';
import './ui/styles/tools.css';
import './ui/styles/toasts.css';
import { render } from 'preact';
import { Announcer } from './a11y/announcer.ts';
import { App } from './ui/App.tsx';
import { applySettings } from './ui/applySettings.ts';
import { Journey } from './ui/journey.ts';
import { Toaster } from './ui/toaster.ts';

const announcer = new Announcer({
  now: () => performance.now(),
  after: (ms, run) => {
    setTimeout(run, ms);
  },
});
const journey = new Journey();

applySettings(document.documentElement, announcer);
const root = document.getElementById('app');
if (root === null) throw new Error('index.html has no element with the id "app"');
render(<App journey={journey} services={{ announcer, toaster: new Toaster() }} />, root);
void journey.readPage();
addEventListener('hashchange', () => void journey.readPage());
