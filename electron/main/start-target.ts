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

/** Reads our switches among those of the runtime. The last `--data` counts. Never fails. */
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

/** Reads what a second start hands over. Its command line itself cannot be used, because Chromium reorders it. */
export function parseHandover(data: unknown): StartArguments {
  return v.parse(v.fallback(startArguments, { dir: null, demoIfNew: false }), data);
}

/** The folder from the command line, else the one that was open last, else the demo if it was asked for; null: none. */
export function chooseTarget(start: StartArguments, recents: readonly RecentFolder[]): StartTarget {
  if (start.dir !== null) return { open: 'folder', dir: start.dir, database: null };
  const last = recents[0];
  if (last !== undefined) return { open: 'folder', dir: last.dir, database: last.database };
  return start.demoIfNew ? { open: 'demo' } : null;
}
