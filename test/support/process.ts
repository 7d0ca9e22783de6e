import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll } from 'vitest';

export type Child = {
  readonly process: ChildProcess;
  /** Waits until the child has printed the line; false where it ended without. */
  readonly said: (line: string) => Promise<boolean>;
  /** The next line that the child prints; empty where it ended without. */
  readonly line: () => Promise<string>;
  /** All lines, when the child has ended. */
  readonly ended: Promise<readonly string[]>;
  /** Ends the child at once, and waits until it is gone. */
  readonly kill: () => Promise<void>;
};

export type StartOptions = {
  readonly args?: readonly string[];
  /** A command that starts the rest of its arguments, such as one that sets a limit first. */
  readonly through?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Options of node. */
  readonly node?: readonly string[];
};

/** A test that failed leaves its children behind; none outlives the file that started it. */
const running = new Set<ChildProcess>();
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts a script of test/support/children as a process of its own. Whoever starts one waits for its end or kills it. */
export function start(script: string, options: StartOptions = {}): Child {
  const [command = '', ...args] = [
    ...(options.through ?? []),
    process.execPath,
    ...(options.node ?? []),
    join(import.meta.dirname, 'children', script),
    ...(options.args ?? []),
  ];
  const child = spawn(command, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...options.env },
  });
  running.add(child);
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  let [over, taken] = [false, 0];
  const wake = () => {
    for (const look of waiting) look();
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    wake();
  });
  const ended = new Promise<readonly string[]>((resolve) => {
    child.once('close', () => {
      over = true;
      running.delete(child);
      wake();
      resolve(lines);
    });
  });
  /** Waits until it is so, or the child has ended. */
  const until = (isSo: () => boolean) =>
    new Promise<boolean>((resolve) => {
      const look = () => {
        if (!isSo() && !over) return;
        waiting.delete(look);
        resolve(isSo());
      };
      waiting.add(look);
      look();
    });
  return {
    process: child,
    ended,
    said: (line) => until(() => lines.includes(line)),
    async line() {
      const index = taken;
      taken += 1;
      await until(() => lines.length > index);
      return lines[index] ?? '';
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Runs a script to its end; its last line. */
export async function runToEnd(script: string, options: StartOptions = {}): Promise<string> {
  return (await start(script, options).ended).at(-1) ?? '';
}

/** Starts a process that has run the SQL in a database and keeps it open until it is killed. */
export async function hold(databaseFile: string, sql: string, options: StartOptions = {}): Promise<Child> {
  const child = start('hold.ts', { ...options, args: [databaseFile, sql] });
  if (!(await child.said('held'))) throw new Error(`It could not run “${sql}”.`);
  return child;
}

/** Does one thing in a data folder as a user whom file permissions bind, where root starts it; its last line. */
export function runAsNobody(action: string, ...args: readonly string[]): Promise<string> {
  return runToEnd('as-nobody.ts', { args: [action, ...args] });
}
