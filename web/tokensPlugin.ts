/** Vite plugin: `import 'virtual:tokens.css'` is the style sheet made from `src/theme/tokens.json`. */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { cssOf } from './src/theme/css.ts';

const REQUEST = 'virtual:tokens.css';
const RESOLVED = `\0${REQUEST}`;
const SOURCE = fileURLToPath(new URL('./src/theme/tokens.json', import.meta.url));

export function tokensPlugin(): Plugin {
  return {
    name: 'harvestry-tokens',
    resolveId: (id) => (id === REQUEST ? RESOLVED : undefined),
    load(id) {
      if (id !== RESOLVED) return undefined;
      this.addWatchFile(SOURCE);
      return cssOf(JSON.parse(readFileSync(SOURCE, 'utf8')));
    },
  };
}
