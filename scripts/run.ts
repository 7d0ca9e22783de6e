import { type SpawnOptions, spawn } from 'node:child_process';
import { resolve } from 'node:path';

/** The checkout's folder. */
export const root = resolve(import.meta.dirname, '..');

/** Prints one line about what is being done and why. */
export function say(line: string): void {
  console.log(`snapback: ${line}`);
}

/** An expected failure. Its message says what is wrong and what to do; no stack is shown. */
export class Stop extends Error {}

/** Runs a script's main function and exits with its code. For a `Stop`, prints the message and exits with 1. */
export async function runMain(main: () => Promise<number>): Promise<void> {
  try {
    process.exit(await main());
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    console.error(`snapback: ${error.message}`);
    process.exit(1);
  }
}

/**
 * Runs a program with our own input and output. Resolves to its exit code, or to 1 if a signal ended it. A signal that asks
 * us to end is passed on to the program, except Ctrl-C, which a terminal sends to both. If our parent disappears, as npm
 * does when it is asked to end, the program is ended too. In both cases we wait until it has ended.
 * @throws a `Stop` after such a signal, so that no further step begins
 */
export function run(command: string, args: readonly string[], options: SpawnOptions = {}): Promise<number> {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
    let isInterrupted = false;
    const pass = (signal: NodeJS.Signals) => {
      isInterrupted = true;
      if (signal !== 'SIGINT') child.kill(signal);
    };
    for (const signal of signals) process.on(signal, pass);
    const parent = process.ppid;
    const watch = setInterval(() => process.ppid === parent || pass('SIGTERM'), 1_000);
    const stopPassing = () => {
      clearInterval(watch);
      for (const signal of signals) process.off(signal, pass);
    };
    child.on('error', (error) => {
      stopPassing();
      fail(error);
    });
    child.on('exit', (code) => {
      stopPassing();
      if (isInterrupted) fail(new Stop('interrupted'));
      else done(code ?? 1);
    });
  });
}

/** As `run`, but @throws a `Stop` if the program fails. `purpose` completes “could not …”. */
export async function mustRun(
  purpose: string,
  command: string,
  args: readonly string[],
  options: SpawnOptions = {},
): Promise<void> {
  const code = await run(command, args, options);
  if (code !== 0) throw new Stop(`could not ${purpose}: ${command} ${args.join(' ')} ended with ${code}`);
}

/** The program file of one of our development tools. */
export function tool(name: string): string {
  return resolve(root, 'node_modules/.bin', name);
}
