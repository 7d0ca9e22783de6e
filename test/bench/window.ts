import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import type { Command, Cost } from './measure.ts';

/** Resolves in the page once it shows a line of a list, and that was painted. */
const USABLE = `new Promise((done) => {
  const look = () => document.querySelector('[role=option]') === null
    ? requestAnimationFrame(look) : requestAnimationFrame(() => done(true));
  look();
})`;
const TICKS_PER_SECOND = 100;
const LIMIT_MS = 60_000;
/** The page's code is kept compiled for the next start once the app has run for so long. */
const KEPT_AFTER_MS = 5_000;

/** The processes of an app by what they are for. `other`: those that Chromium starts beside them. */
export const KINDS = ['main', 'window', 'core', 'other'] as const;
type Kind = (typeof KINDS)[number];

/** What a start took, and the CPU of it by processes, in seconds. */
export type WindowCost = Cost & { readonly cpuOf: Readonly<Record<Kind, number>> };

/**
 * Starts an app and measures until its list is usable: the CPU of all its processes, the time, and their memory, in
 * which what they share counts once (PSS). After `staysMs` more, the app is ended. @throws where
 * no list appears within a minute
 */
export async function measureWindow(
  { line: [program, ...args], env }: Command,
  staysMs = 0,
): Promise<WindowCost> {
  const began = performance.now();
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  const closed = new Promise((done) => child.once('close', done));
  try {
    await untilUsable(await readAddress(child.stderr));
    const wall = (performance.now() - began) / 1000;
    const processes = findTree(child.pid ?? 0);
    const used = processes.map((pid) => ({ kind: readKind(pid), cpu: readCpu(pid) }));
    const peakMegabytes = sum(processes.map(readPss));
    const cpuOf = (kind: Kind) => sum(used.filter((one) => one.kind === kind).map(({ cpu }) => cpu));
    await new Promise((done) => setTimeout(done, staysMs));
    return {
      cpu: sum(used.map(({ cpu }) => cpu)),
      cpuOf: { main: cpuOf('main'), window: cpuOf('window'), core: cpuOf('core'), other: cpuOf('other') },
      wall,
      peakMegabytes,
    };
  } finally {
    // The whole group, which is ours alone: an app that did not start may have left some of its processes.
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
    await closed;
  }
}

/** Starts an app as often and for as long as it takes until a start costs what it does from then on. */
export async function warmWindow(command: Command): Promise<void> {
  for (let time = 0; time < 2; time += 1) await measureWindow(command, KEPT_AFTER_MS);
}

/** Where Chromium's debugger listens, which it says on stderr. */
function readAddress(stderr: NodeJS.ReadableStream): Promise<string> {
  return new Promise((done, fail) => {
    let text = '';
    setTimeout(() => fail(new Error(`The app did not start: ${text}`)), LIMIT_MS).unref();
    stderr.setEncoding('utf8').on('data', (more: string) => {
      text += more;
      const found = /DevTools listening on (ws:\S+)/.exec(text);
      if (found?.[1] !== undefined) done(found[1]);
    });
    stderr.on('end', () => fail(new Error(`The app ended: ${text}`)));
  });
}

type Message = {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly sessionId: string; readonly targetInfo: { readonly type: string } };
  readonly result?: { readonly result?: { readonly value?: unknown } };
};

/** Asks the first page that appears, through one connection that waits and does not poll. */
async function untilUsable(address: string): Promise<void> {
  const socket = new WebSocket(address);
  await new Promise<void>((done, fail) => {
    setTimeout(() => fail(new Error('No list appeared in the window.')), LIMIT_MS).unref();
    const send = (id: number, method: string, params: object, sessionId?: string) =>
      socket.send(JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) }));
    const evaluate = (sessionId: string) =>
      send(2, 'Runtime.evaluate', { expression: USABLE, awaitPromise: true, returnByValue: true }, sessionId);
    let page: string | null = null;
    socket.addEventListener('open', () =>
      send(1, 'Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: true }),
    );
    socket.addEventListener('message', ({ data }) => {
      const { id, method, params, result }: Message = JSON.parse(String(data));
      if (method === 'Target.attachedToTarget' && params?.targetInfo.type === 'page') {
        page = params.sessionId;
        evaluate(page);
      } else if (id === 2 && result?.result?.value === true) done();
      // The page was replaced by the one that it navigated to.
      else if (id === 2 && page !== null) evaluate(page);
    });
    socket.addEventListener('error', () => fail(new Error('The connection to the window broke.')));
  });
  socket.close();
}

/** A process and all that came from it, as Linux tells. */
function findTree(root: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc'))
    if (/^\d+$/.test(name)) parents.set(Number(name), readStat(Number(name)).parent);
  const isOfTree = (pid: number | undefined): boolean =>
    pid !== undefined && pid > 1 && (pid === root || isOfTree(parents.get(pid)));
  return [...parents.keys()].filter(isOfTree);
}

function readStat(pid: number): { readonly parent: number; readonly ticks: number } {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The program's name, in brackets, may contain anything. User, system, and both of the children that have ended.
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    return { parent: fields[1] ?? 0, ticks: sum(fields.slice(11, 15)) };
  } catch {
    return { parent: 0, ticks: 0 }; // It has ended meanwhile.
  }
}

/** As Chromium says on the command lines of the processes that it starts. */
function readKind(pid: number): Kind {
  try {
    const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    if (!line.includes('--type=')) return 'main';
    if (line.includes('--type=renderer')) return 'window';
    return line.includes('--utility-sub-type=node.') ? 'core' : 'other';
  } catch {
    return 'other'; // It has ended meanwhile.
  }
}

function readCpu(pid: number): number {
  return readStat(pid).ticks / TICKS_PER_SECOND;
}

function readPss(pid: number): number {
  try {
    const kibibytes = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0;
    return (Number(kibibytes) * 1024) / 1e6;
  } catch {
    return 0; // It has ended meanwhile.
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
