import { join, resolve } from 'node:path';
import { type CDPSession, _electron as electron, type Page } from '@playwright/test';
import { buildIfStale } from '../../scripts/build.ts';
import { prepareRuntime, prepareWindows } from '../../scripts/electron-runtime.ts';
import type { Place } from './place.ts';
import { alignRows } from './report.ts';
import { find, PAGE, type Scene, scenes } from './scenes.ts';

/*
 * Whether the window ever stands still: the longest task of the two threads that a person waits for, that of the window
 * and that of the main process, as Chromium's own trace tells. The core is a process of its own, and may work as long as
 * it likes.
 */

const checkout = resolve(import.meta.dirname, '../..');
/** A longer task is felt. */
const FELT_MS = 50;
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

/** The longest tasks of the window and the main process in that world, by what a person does, as a table. */
export async function measureLongTasks(place: Place): Promise<string> {
  const runtime = await prepareRuntime();
  await buildIfStale();
  const env = await prepareWindows(runtime);
  const rows: (readonly string[])[] = [];
  for (const [at, scene] of scenes.entries()) {
    const app = await electron.launch({
      executablePath: runtime.program,
      args: [
        `--user-data-dir=${join(place.scratch, `user-of-tasks-${at}`)}`,
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        checkout,
        '--data',
        await scene.makeFolder(place),
      ],
      env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value ?? ''])),
    });
    try {
      rows.push(...(await measureScene(scene, await app.firstWindow())));
    } finally {
      await app.close();
    }
  }
  const head = ['window', 'main process'].flatMap((name) => [
    `${name}: longest, ms`,
    'most CPU, ms',
    `over ${FELT_MS} ms`,
  ]);
  return alignRows([['', ...head], ...rows]);
}

async function measureScene({ actions }: Scene, page: Page): Promise<readonly (readonly string[])[]> {
  const window = { page, session: await page.context().newCDPSession(page) };
  await find(window, PAGE);
  const rows: (readonly string[])[] = [];
  for (const { title, act } of actions) {
    process.stderr.write(`${title}\n`);
    const tasks = await trace(window.session, () => act(window));
    rows.push([title, ...THREADS.flatMap((thread) => describeTasks(tasks[thread]))]);
  }
  return rows;
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
