import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import { classicFirst } from './scripts/classic-first.ts';
import { linkWorker } from './scripts/link-worker.ts';

const at = (path: string) => resolve(import.meta.dirname, path);

// Users get the newest Electron, tests may run on the older fallback runtime: code is compiled for the older one.
const nodeTarget = 'node20.18';
const chromeTarget = 'chrome130';

export default defineConfig({
  main: {
    plugins: [linkWorker()],
    build: {
      target: nodeTarget,
      rolldownOptions: {
        input: { main: at('electron/main/main.ts'), 'core-process': at('electron/core/process.ts') },
        external: ['better-sqlite3'],
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      target: nodeTarget,
      rolldownOptions: {
        input: { preload: at('electron/preload.ts') },
        // A sandboxed preload can't be an ES module.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('renderer'),
    plugins: [react(), classicFirst()],
    build: {
      target: chromeTarget,
      minify: true,
      rolldownOptions: {
        input: { index: at('renderer/index.html') },
        // Two files: what the first list needs, and all that is imported later. More files cost more than they save.
        output: {
          codeSplitting: { groups: [{ name: 'first', tags: ['$initial'], priority: 1 }, { name: 'later' }] },
        },
      },
    },
  },
});
