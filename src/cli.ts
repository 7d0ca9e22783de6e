import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { explain } from '../words/errors.ts';
import type { Answer, StreamedAnswer } from './cli/answer.ts';
import { type Invocation, parseInvocation } from './cli/arguments.ts';
import { printJson } from './cli/json.ts';
import { createProgressLine } from './cli/progress.ts';
import { toPrintable } from './cli/text.ts';
import { hasSystemCode, SnapbackError } from './model/errors.ts';

/*
 * The command line: `node src/cli.ts COMMAND …`. Answers are written to stdout, progress and errors (one line each) to
 * stderr. With `--json` an error is an answer too.
 * Exit 0: done. 1: refused or failed. 2: wrong usage. Only this file knows the process and its environment.
 */

const { argv, env, stderr, stdout } = process;
const progress = createProgressLine(stderr);
const cancel = new AbortController();
// Only once: a second signal ends the process at once. SQLite then rolls back an unfinished write.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => cancel.abort());
stdout.on('error', refuseAnswer);

const args = argv.slice(2);
try {
  const invocation = parseInvocation(args);
  const answered = await answerTo(invocation);
  progress.clear();
  if ('stream' in answered) await pass(answered.stream(invocation.json));
  else {
    answer(`${invocation.json ? printJson(answered.json) : answered.lines.join('\n')}\n`);
    if (answered.failure !== undefined) fail(answered.failure);
  }
} catch (error) {
  progress.clear();
  if (args.includes('--json')) failInJson(error);
  else fail(error);
}

/** Loads the core only for commands that need it, so that help, versions and usage errors are fast. */
async function answerTo(invocation: Invocation): Promise<Answer | StreamedAnswer> {
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
    // npm runs scripts in the checkout, but paths are relative to the person's own folder.
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

/** Writes to stdout. An error such as a full disk is thrown here if stdout is a file; for a pipe it arrives as an event. */
function answer(text: string): void {
  try {
    stdout.write(text);
  } catch (error) {
    refuseAnswer(error);
  }
}

/** Writes a long answer no faster than it is read. Once nobody reads it any more, the rest is not made. */
async function pass(pieces: AsyncGenerator<string>): Promise<void> {
  for await (const piece of pieces) {
    if (stdout.destroyed || stdout.errored !== null) return;
    if (!stdout.write(piece))
      await Promise.race([once(stdout, 'drain'), once(stdout, 'close')]).catch(refuseAnswer);
  }
}

/** The reader may stop reading, as `head` does. Any other failure is reported: the work is done, but its answer is lost. */
function refuseAnswer(error: unknown): void {
  if (hasSystemCode(error, 'EPIPE')) return;
  fail(
    new SnapbackError('io-failed', 'The command was carried out, but its answer could not be written.', {
      reason: error instanceof Error ? error.message : String(error),
      answerLost: true,
    }),
  );
}

function fail(error: unknown): void {
  const known = knownError(error);
  const { happened, next } = explain(known, 'cli');
  stderr.write(`${toPrintable(`${known.code}: ${happened} ${next}`)}\n`);
  process.exitCode = exitCodeOf(known);
}

/** The same as JSON, on stdout. */
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

/** The manifest is two folders up from the built file, and one from the source. */
function readVersion(): string {
  const file = ['../package.json', '../../package.json']
    .map((path) => new URL(path, import.meta.url))
    .find((url) => existsSync(url));
  const manifest: unknown = file === undefined ? null : JSON.parse(readFileSync(file, 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown';
}
