import { relative, resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import { classicFirst } from './scripts/classic-first.ts';
import { linkWorker } from './scripts/link-worker.ts';
import { nodeBundle } from './scripts/node-bundle.ts';

const at = (path: string) => resolve(import.meta.dirname, path);

// Users get the newest Electron, tests may run on the older fallback runtime: code is compiled for the older one.
const nodeTarget = 'node20.18';
const chromeTarget = 'chrome130';

/** Code of the core's process, but for the files that run when they are loaded. */
const isCore = (id: string) =>
  /^(src|electron[\\/]core)[\\/](?!(process|beside[\\/]worker)\.ts$)/.test(relative(import.meta.dirname, id));

export default defineConfig({
  main: {
    plugins: [linkWorker()],
    build: {
      target: nodeTarget,
      rolldownOptions: {
        input: { main: at('electron/main/main.ts'), 'core-process': at('electron/core/process.ts') },
        external: ['better-sqlite3'],
        treeshake: nodeBundle.treeshake,
        output: {
          ...nodeBundle.output,
          // Two files for the core: what opens and lists a folder, and all that is imported later. The threads share them.
          codeSplitting: {
            groups: [
              { name: 'libraries', test: /node_modules/, tags: ['$initial'], priority: 2 },
              { name: 'first', test: isCore, tags: ['$initial'], priority: 1 },
              { name: 'later', test: isCore },
            ],
          },
        },
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
