import { copyFile, cp, mkdir, rename } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type CDPSession, _electron as electron, type Page } from '@playwright/test';
import { buildIfStale } from '../../scripts/build.ts';
import { prepareRuntime, prepareWindows } from '../../scripts/electron-runtime.ts';
import type { Place } from './place.ts';
import { alignRows } from './report.ts';
import { snapshotFile } from './world.ts';

/*
 * Whether the window ever stands still: the longest task of the two threads that a person waits for, that of the window
 * and that of the main process, as Chromium's own trace tells. The core is a process of its own, and may work as long as
 * it likes.
 */

const checkout = resolve(import.meta.dirname, '../..');
const LINES = 300;
/** So many checkpoints are proposed for the trash; five more are kept. */
const SURPLUS = 142;
const KEPT = 5;
/** A longer task is felt. */
const FELT_MS = 50;
const HOUR_MS = 3_600_000;
const THREADS = ['CrRendererMain', 'CrBrowserMain'] as const;
const TASK = 'ThreadControllerImpl::RunTask';

/** A task's milliseconds, and those of them in which it had a processor: on a busy machine fewer. */
type ThreadTask = { readonly wall: number; readonly cpu: number };
type Tasks = Readonly<Record<(typeof THREADS)[number], readonly ThreadTask[]>>;

/** Of an event in Chromium's trace, what is read here. Times are in microseconds. */
type TraceEvent = {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args: { readonly name?: string };
};

/** What a person does, until the window shows the result. */
type Action = { readonly title: string; readonly act: (window: Window) => Promise<unknown> };

/** The window as its user sees it. */
type Window = {
  readonly page: Page;
  readonly session: CDPSession;
};

const DIALOG = '[role=alertdialog]';
/** The page of a snapshot is there. */
const PAGE = '.hero';
const FIRST_LINE = '[role=option]';

const actions: readonly Action[] = [
  {
    title: `list of ${LINES} loaded, and seen to its end`,
    async act(window) {
      await window.page.reload({ waitUntil: 'commit' });
      await find(window, PAGE);
      await press(window, FIRST_LINE);
      for (const key of ['End', 'Home', ...Array.from({ length: 20 }, () => 'ArrowDown'), 'Home'])
        await window.page.keyboard.press(key);
      await find(window, PAGE);
    },
  },
  {
    title: 'restore plan shown',
    async act(window) {
      await press(window, 'button', '^(Bring them back|Restore…)$');
      await find(window, `${DIALOG} button:not([disabled])`, '^(Bring back|Restore) .*\\d');
    },
  },
  {
    title: 'restore, to its receipt',
    async act(window) {
      await press(window, `${DIALOG} button:not([disabled])`, '^(Bring back|Restore) .*\\d');
      await press(window, `${DIALOG} button`, '^Done$');
      await find(window, `body:not(:has(${DIALOG}))`);
    },
  },
  {
    title: `prune plan of at least ${SURPLUS} lines shown`,
    async act(window) {
      await press(window, 'button', '^Prune…$');
      await find(window, `${DIALOG} button:not([disabled])`, '^Move \\d{3} snapshots');
    },
  },
];

/**
 * Waits until the page shows such a part, and that was drawn; its middle. The page itself looks at each frame: scripts of a
 * driver would be longer tasks than what is measured.
 */
async function find({ session }: Window, selector: string, words = ''): Promise<{ x: number; y: number }> {
  const expression = `new Promise((done) => {
    const look = () => {
      const found = [...document.querySelectorAll(${JSON.stringify(selector)})]
        .find((part) => new RegExp(${JSON.stringify(words)}).test(part.textContent));
      if (found === undefined) return requestAnimationFrame(look);
      const { x, y, width, height } = found.getBoundingClientRect();
      requestAnimationFrame(() => done({ x: x + width / 2, y: y + height / 2 }));
    };
    look();
  })`;
  const { result } = await session.send('Runtime.evaluate', {
    expression,
    awaitPromise: true,
    returnByValue: true,
  });
  return result.value;
}

async function press(window: Window, selector: string, words = ''): Promise<void> {
  const { x, y } = await find(window, selector, words);
  await window.page.mouse.click(x, y);
}

/** The longest tasks of the window and the main process in that world, by what a person does, as a table. */
export async function measureLongTasks(place: Place): Promise<string> {
  const runtime = await prepareRuntime();
  await buildIfStale();
  const env = await prepareWindows(runtime);
  const user = join(place.scratch, 'user-of-tasks');
  const app = await electron.launch({
    executablePath: runtime.program,
    args: [
      `--user-data-dir=${user}`,
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      checkout,
      '--data',
      await makeFolder(place),
    ],
    env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value ?? ''])),
  });
  try {
    const page = await app.firstWindow();
    const window = { page, session: await page.context().newCDPSession(page) };
    await find(window, PAGE);
    const rows: (readonly string[])[] = [];
    for (const { title, act } of actions) {
      const tasks = await trace(window.session, () => act(window));
      rows.push([title, ...THREADS.flatMap((thread) => describeTasks(tasks[thread]))]);
    }
    const head = ['window', 'main process'].flatMap((name) => [
      `${name}: longest, ms`,
      'most CPU, ms',
      `over ${FELT_MS} ms`,
    ]);
    return alignRows([['', ...head], ...rows]);
  } finally {
    await app.close();
  }
}

/** A data folder with the world, its snapshot as the newest rewind, and small snapshots beside it. */
async function makeFolder(place: Place): Promise<string> {
  const dir = join(place.scratch, 'world-of-tasks');
  await cp(await place.world(5), dir, { recursive: true });
  const small = snapshotFile((await place.many(1)).dir);
  const put = async (kind: string, time: number) => {
    const name = new Date(time).toISOString().slice(0, 19).replace(/[-:]/g, '');
    await mkdir(join(dir, 'snapshots', kind), { recursive: true });
    return join(dir, 'snapshots', kind, `${name}Z.json`);
  };
  const now = Date.now() - HOUR_MS;
  // Later than all others, so that it is the first line of the list.
  await rename(snapshotFile(dir), await put('rewind', now + HOUR_MS / 2));
  for (let hour = 1; hour < LINES - SURPLUS - KEPT; hour += 1)
    await copyFile(small, await put('rewind', now - hour * HOUR_MS));
  for (let hour = 0; hour < SURPLUS + KEPT; hour += 1)
    await copyFile(small, await put('periodic', now - hour * HOUR_MS));
  return dir;
}

/** The longest task, the most work in one, and how many are felt. */
function describeTasks(tasks: readonly ThreadTask[]): readonly string[] {
  return [
    Math.max(...tasks.map(({ wall }) => wall)).toFixed(1),
    Math.max(...tasks.map(({ cpu }) => cpu)).toFixed(1),
    String(tasks.filter(({ wall }) => wall > FELT_MS).length),
  ];
}

async function trace(session: CDPSession, act: () => Promise<unknown>): Promise<Tasks> {
  const collected: object[] = [];
  const collect = ({ value }: { readonly value: readonly object[] }) => {
    collected.push(...value);
  };
  session.on('Tracing.dataCollected', collect);
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel'] },
  });
  await act();
  const complete = new Promise((done) => {
    session.once('Tracing.tracingComplete', done);
  });
  await session.send('Tracing.end');
  await complete;
  session.off('Tracing.dataCollected', collect);
  const events: readonly TraceEvent[] = JSON.parse(JSON.stringify(collected));
  const tasksOf = (thread: string) => {
    const named = events.filter(({ name, args }) => name === 'thread_name' && args.name === thread);
    return events
      .filter(
        ({ name, pid, tid }) => name === TASK && named.some((one) => one.pid === pid && one.tid === tid),
      )
      .map(({ dur = 0, tdur = 0 }) => ({ wall: dur / 1000, cpu: tdur / 1000 }));
  };
  return { CrRendererMain: tasksOf('CrRendererMain'), CrBrowserMain: tasksOf('CrBrowserMain') };
}
