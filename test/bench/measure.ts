import { execFileSync, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';

/** What a run took: CPU of user and system, of the process and its children; seconds; megabytes are 10^6 bytes. */
export type Cost = { readonly cpu: number; readonly wall: number; readonly peakMegabytes: number };

/** A program to run, with what it needs in its environment. */
export type Command = {
  readonly line: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
};

/** Node can't tell what a child used, Python can: exact times, and the largest memory of any one process. */
const TIMER = `import json, resource, subprocess, sys, time
began = time.perf_counter()
status = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL)
wall = time.perf_counter() - began
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({'cpu': used.ru_utime + used.ru_stime, 'wall': wall, 'peakMegabytes': used.ru_maxrss * 1024 / 1e6}))
sys.exit(status)`;

/** The interpreter itself: on some machines a script starts it, whose own processes would be counted. */
const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], {
  encoding: 'utf8',
}).trim();

/** Runs a whole process; a command “python3” is run by the interpreter itself. @throws with what it wrote to stderr, where it fails */
export async function measureProcess({ line: [program, ...args], env }: Command): Promise<Cost> {
  const line = [program === 'python3' ? python : program, ...args];
  return readCost(await run({ line: [python, '-c', TIMER, ...line], env: env ?? {} }));
}

/** Runs a program that measures a part of itself and prints it. The memory is that of the whole process. */
export async function measureWithin(command: Command): Promise<Cost> {
  return readCost(await run(command));
}

/** Runs a program and returns what it wrote to stdout. @throws with what it wrote to stderr, where it fails */
export function run({ line: [program, ...args], env }: Command): Promise<string> {
  return new Promise((done, fail) => {
    const child = spawn(program, args, {
      cwd: tmpdir(),
      env: { ...process.env, npm_lifecycle_event: '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.once('error', fail);
    child.once('close', (code) => {
      if (code === 0) done(stdout);
      else fail(new Error(`${program} ${args.slice(-6).join(' ')} ended with ${code}: ${stderr.trim()}`));
    });
  });
}

function readCost(text: string): Cost {
  const { cpu, wall, peakMegabytes }: Record<string, unknown> = JSON.parse(text);
  return { cpu: Number(cpu), wall: Number(wall), peakMegabytes: Number(peakMegabytes) };
}
