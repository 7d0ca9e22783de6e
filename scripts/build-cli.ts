import { join, relative } from 'node:path';
import { build, type Rolldown } from 'vite';
import { linkWorker } from './link-worker.ts';
import { nodeBundle } from './node-bundle.ts';
import { root } from './run.ts';

const alone = ['cli', 'cli/commands', 'cli/help', 'beside/worker'];
const at = (name: string) => join(root, 'src', `${name}.ts`);

/** Our own code, except for what is built as a file of its own. */
const isOurs = (id: string) =>
  /^(src|words)[\\/]/.test(relative(root, id)) && !alone.some((name) => relative(at(name), id) === '');

/** What it takes to understand a command line: all that the first entry imports. */
const started = new Set<string>();
function reach(id: string, context: Rolldown.ChunkingContext): ReadonlySet<string> {
  started.add(id);
  for (const next of context.getModuleInfo(id)?.importedIds ?? [])
    if (!started.has(next)) reach(next, context);
  return started;
}

/* Builds the command line as JavaScript into `out/cli/`, for packages. Parts that are loaded on demand stay separate files. */
await build({
  root,
  configFile: false,
  logLevel: 'warn',
  plugins: [linkWorker()],
  // Everything is bundled except the native module, which is the package's only dependency.
  ssr: { noExternal: true, external: ['better-sqlite3'] },
  build: {
    ssr: true,
    target: 'node22',
    outDir: join(root, 'out/cli'),
    emptyOutDir: true,
    rolldownOptions: {
      // Nobody starts the second one. It is an entry so that all it imports goes into one file, which is what a list needs.
      input: { cli: at('cli'), commands: at('cli/commands') },
      treeshake: nodeBundle.treeshake,
      // Some files are imported on demand in one place and at once in another. They stay where they are, so no warning is needed.
      checks: { ineffectiveDynamicImport: false },
      output: {
        ...nodeBundle.output,
        codeSplitting: {
          groups: [
            {
              debugName: 'start',
              name: (id, context) => (reach(at('cli'), context).has(id) ? 'start' : null),
              test: isOurs,
              priority: 2,
            },
            { name: 'list', test: isOurs, tags: ['$initial'], priority: 1 },
            { name: 'rest', test: isOurs },
          ],
        },
      },
    },
  },
});
