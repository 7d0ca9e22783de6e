import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseInvocation } from './cli/arguments.ts';
import { runCommand } from './cli/commands.ts';
import { printJson } from './cli/json.ts';
import { createProgressLine } from './cli/progress.ts';
import { toPrintable } from './cli/text.ts';
import { hasSystemCode, SnapbackError } from './model/errors.ts';

/*
 * The headless face: `node src/cli.ts COMMAND …`. Answers go to stdout; errors, one line each, and progress to stderr.
 * Exit 0: done. 1: refused or failed. 2: wrong usage. This file alone knows the process and its environment.
 */

const { argv, env, stderr, stdout } = process;
const progress = createProgressLine(stderr);
const cancel = new AbortController();
// Once: who interrupts a second time means it, and a killed write is rolled back by SQLite.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => cancel.abort());
stdout.on('error', refuseAnswer);

try {
  const invocation = parseInvocation(argv.slice(2));
  const environment = {
    version: readVersion(),
    // npm runs scripts in the checkout; paths are meant from where the person stands.
    resolvePath: (path: string) =>
      resolve(env.npm_lifecycle_event === 'snapback' ? (env.INIT_CWD ?? '.') : '.', path),
    cacheDir: join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'snapback'),
    nativeBinding: env.BETTER_SQLITE3_BINDING || undefined,
    sqliteTempDirs: [env.SQLITE_TMPDIR, env.TMPDIR],
  };
  const task = { signal: cancel.signal, onProgress: progress.show };
  const { json, lines, failure } = await runCommand(invocation, environment, task);
  progress.clear();
  answer(`${invocation.json ? printJson(json) : lines.join('\n')}\n`);
  if (failure !== undefined) fail(failure);
} catch (error) {
  progress.clear();
  fail(error);
}

/** A full disk is met here where stdout is a file, and in its event where it is a pipe. */
function answer(text: string): void {
  try {
    stdout.write(text);
  } catch (error) {
    refuseAnswer(error);
  }
}

/** Whoever reads the answer may stop reading it, as `head` does. Else what was done is done, but nobody was told. */
function refuseAnswer(error: unknown): void {
  if (hasSystemCode(error, 'EPIPE')) return;
  fail(
    new SnapbackError('io-failed', 'It was done, but the answer could not be written.', {
      reason: error instanceof Error ? error.message : String(error),
    }),
  );
}

function fail(error: unknown): void {
  const known =
    error instanceof SnapbackError ? error : new SnapbackError('internal', String(error), {}, error);
  const facts = Object.entries(known.detail).map(([name, value]) => `${name}: ${value}`);
  const message = facts.length === 0 ? known.message : `${known.message} (${facts.join(', ')})`;
  stderr.write(`${toPrintable(`${known.code}: ${message}`)}\n`);
  process.exitCode = known.code === 'usage' ? 2 : 1;
}

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown';
}
