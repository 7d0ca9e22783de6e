import { join } from 'node:path';
import { build } from 'vite';
import { root } from './run.ts';

/**
 * Makes `out/cli/` what the sources say: the command line as JavaScript, for packages. Its commands stay files of their
 * own, so that only what is needed is loaded.
 */
await build({
  root,
  configFile: false,
  logLevel: 'warn',
  // All but the native module is built in, as a package brings only that.
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
