import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Place } from '../support/place.ts';

const checkout = fileURLToPath(new URL('../../', import.meta.url));
const peer = fileURLToPath(new URL('./peer.py', import.meta.url));
export const seedFile =
  process.env.SNAPBACK_SEED ??
  fileURLToPath(new URL('../shared/seed/seed_reference.py', new URL(checkout, 'file:')));

/** Why the seed can't be asked here; null where it can. */
export const seedMissing: string | null = !existsSync(seedFile)
  ? `no seed at ${seedFile}`
  : spawnSync('python3', ['-c', 'import sqlite3']).status !== 0
    ? 'no python3 with sqlite3'
    : null;

export type SeedCommand = 'take' | 'restore' | 'cold-load' | 'due';

/** The command line of a process that runs a function of the seed and prints its result. */
export function seedCommand(
  command: SeedCommand,
  { dir, databaseFile }: Place,
  ...rest: readonly string[]
): readonly [string, ...string[]] {
  return ['python3', peer, seedFile, command, databaseFile, dir, ...rest];
}

/** Runs it and returns what it printed. `env` is added to the environment. */
export function askSeed(
  command: SeedCommand,
  place: Place,
  rest: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): unknown {
  const [program, ...args] = seedCommand(command, place, ...rest);
  const printed = execFileSync(program, args, {
    encoding: 'utf8',
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ...env },
  });
  return JSON.parse(printed);
}
