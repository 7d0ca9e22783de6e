import { join } from 'node:path';
import { build } from 'vite';
import { linkWorker } from './link-worker.ts';
import { root } from './run.ts';

/* Builds the command line as JavaScript into `out/cli/`, for packages. Parts that are loaded on demand stay separate files. */
await build({
  root,
  configFile: false,
  logLevel: 'warn',
  plugins: [linkWorker()],
  // Everything is bundled except the native module, which is the package's only dependency.
  ssr: { noExternal: true, external: ['better-sqlite3'] },
  build: {
    ssr: join(root, 'src/cli.ts'),
    target: 'node22',
    outDir: join(root, 'out/cli'),
    emptyOutDir: true,
    rolldownOptions: {
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
  },
});
