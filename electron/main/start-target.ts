import { resolve } from 'node:path';
import * as v from 'valibot';
import type { RecentFolder } from './settings.ts';

const startArguments = v.object({ dir: v.nullable(v.string()), demoIfNew: v.boolean() });

/** What the command line asks for. `dir` is absolute. */
export type StartArguments = Readonly<v.InferOutput<typeof startArguments>>;

/** The folder to open first. */
export type StartTarget =
  | { readonly open: 'folder'; readonly dir: string; readonly database: string | null }
  | { readonly open: 'demo' }
  | null;

/** Reads our own switches among those of the runtime; the last `--data` counts. Nothing in it can fail. */
export function parseArguments(argv: readonly string[], workingDirectory: string): StartArguments {
  let dir: string | null = null;
  argv.forEach((argument, at) => {
    const value = argument.startsWith('--data=')
      ? argument.slice('--data='.length)
      : argument === '--data'
        ? argv[at + 1]
        : undefined;
    if (value !== undefined && value !== '') dir = resolve(workingDirectory, value);
  });
  return { dir, demoIfNew: argv.includes('--demo-if-new') };
}

/** What a second start hands over. Its own command line is no use here: Chromium puts that into another order. */
export function parseHandover(data: unknown): StartArguments {
  return v.parse(v.fallback(startArguments, { dir: null, demoIfNew: false }), data);
}

/** The command line comes first, then the folder that was open last, then the demo where a new start asks for it. */
export function chooseTarget(start: StartArguments, recents: readonly RecentFolder[]): StartTarget {
  if (start.dir !== null) return { open: 'folder', dir: start.dir, database: null };
  const last = recents[0];
  if (last !== undefined) return { open: 'folder', dir: last.dir, database: last.database };
  return start.demoIfNew ? { open: 'demo' } : null;
}
