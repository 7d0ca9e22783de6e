import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { explain } from '../words/errors.ts';
import { type Invocation, parseInvocation } from './cli/arguments.ts';
import type { Answer } from './cli/commands.ts';
import { printJson } from './cli/json.ts';
import { createProgressLine } from './cli/progress.ts';
import { toPrintable } from './cli/text.ts';
import { hasSystemCode, SnapbackError } from './model/errors.ts';

/*
 * The headless face: `node src/cli.ts COMMAND …`. Answers go to stdout; errors, one line each, and progress to stderr;
 * with `--json` an error is the answer.
 * Exit 0: done. 1: refused or failed. 2: wrong usage. This file alone knows the process and its environment.
 */

const { argv, env, stderr, stdout } = process;
const progress = createProgressLine(stderr);
const cancel = new AbortController();
// Once: who interrupts a second time means it, and a killed write is rolled back by SQLite.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => cancel.abort());
stdout.on('error', refuseAnswer);

const args = argv.slice(2);
try {
  const invocation = parseInvocation(args);
  const { json, lines, failure } = await answerTo(invocation);
  progress.clear();
  answer(`${invocation.json ? printJson(json) : lines.join('\n')}\n`);
  if (failure !== undefined) fail(failure);
} catch (error) {
  progress.clear();
  if (args.includes('--json')) failInJson(error);
  else fail(error);
}

/** The core is loaded only where it is needed: not to help, nor to refuse a command line. */
async function answerTo(invocation: Invocation): Promise<Answer> {
  const { command } = invocation;
  if (command.name === 'version') {
    const version = readVersion();
    return { json: { version }, lines: [`snapback ${version}`] };
  }
  if (command.name === 'help') {
    const { describeHelp } = await import('./cli/help.ts');
    const lines = describeHelp(command.about);
    return { json: { help: lines }, lines };
  }
  const { runCommand } = await import('./cli/commands.ts');
  const environment = {
    // npm runs scripts in the checkout; paths are meant from where the person stands.
    resolvePath: (path: string) =>
      resolve(env.npm_lifecycle_event === 'snapback' ? (env.INIT_CWD ?? '.') : '.', path),
    cacheDir: join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'snapback'),
    nativeBinding: env.BETTER_SQLITE3_BINDING || undefined,
    sqliteTempDirs: [env.SQLITE_TMPDIR, env.TMPDIR],
  };
  return runCommand({ ...invocation, command }, environment, {
    signal: cancel.signal,
    onProgress: progress.show,
  });
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
  const known = knownError(error);
  const { happened, next } = explain(known, 'cli');
  stderr.write(`${toPrintable(`${known.code}: ${happened} ${next}`)}\n`);
  process.exitCode = exitCodeOf(known);
}

/** The same as data, for who asked for nothing else. */
function failInJson(error: unknown): void {
  const known = knownError(error);
  const { happened, next } = explain(known, 'cli');
  const { code, detail } = known;
  answer(`${printJson({ error: { code, message: happened, detail, next } })}\n`);
  process.exitCode = exitCodeOf(known);
}

function knownError(error: unknown): SnapbackError {
  return error instanceof SnapbackError ? error : new SnapbackError('internal', String(error), {}, error);
}

function exitCodeOf({ code }: SnapbackError): number {
  return code === 'usage' ? 2 : 1;
}

/** The manifest lies two folders up from the built file, one from the source. */
function readVersion(): string {
  const file = ['../package.json', '../../package.json']
    .map((path) => new URL(path, import.meta.url))
    .find((url) => existsSync(url));
  const manifest: unknown = file === undefined ? null : JSON.parse(readFileSync(file, 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown';
}
