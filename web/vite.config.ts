import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { tokensPlugin } from './tokensPlugin.ts';

const output = fileURLToPath(new URL('../server/harvestry/static', import.meta.url));

export default defineConfig({
  plugins: [tokensPlugin()],
  resolve: { alias: { 'lib0/logging': fileURLToPath(new URL('./lib0Logging.ts', import.meta.url)) } },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: output,
    emptyOutDir: true,
    target: 'es2022',
    sourcemap: false,
    assetsInlineLimit: 0,
    // Every browser with the popovers we use preloads modules by itself.
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
    chunkSizeWarningLimit: 400,
    // All that the first load needs in one file: in seven they were a kilobyte larger.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'first', tags: ['$initial'] }] } } },
  },
  server: {
    proxy: {
      '/api': { target: 'http://127.0.0.1:8420' },
      '/ws': { target: 'ws://127.0.0.1:8420', ws: true },
      '/yjs': { target: 'ws://127.0.0.1:8420', ws: true },
    },
  },
  test: {
    restoreMocks: true,
    // One page for all tests of a worker: to begin anew for each file takes twice as long as all tests together. So a test
    // leaves nothing behind, and replaces no module (`vi.mock`): others have it already, or still.
    isolate: false,
    // Properties over random boards take their time on a busy machine; a test that hangs is still found.
    testTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: { name: 'plain', environment: 'node', include: ['test/**/*.test.ts'], exclude: ['test/{ui,a11y}/**'] },
      },
      {
        extends: true,
        test: { name: 'screen', environment: 'jsdom', include: ['test/{ui,a11y}/**/*.test.{ts,tsx}'] },
      },
    ],
  },
});
