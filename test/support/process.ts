import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll } from 'vitest';

export type Child = {
  readonly process: ChildProcess;
  /** Waits until the child has printed the line; false where it ended without. */
  readonly said: (line: string) => Promise<boolean>;
  /** All lines, when the child has ended. */
  readonly ended: Promise<readonly string[]>;
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
  let over = false;
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
  return {
    process: child,
    ended,
    said: (line) =>
      new Promise((resolve) => {
        const look = () => {
          if (!lines.includes(line) && !over) return;
          waiting.delete(look);
          resolve(lines.includes(line));
        };
        waiting.add(look);
        look();
      }),
  };
}

/** Runs a script to its end; its last line. */
export async function runToEnd(script: string, options: StartOptions = {}): Promise<string> {
  return (await start(script, options).ended).at(-1) ?? '';
}
