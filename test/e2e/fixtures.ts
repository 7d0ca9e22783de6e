import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  test as base,
  type ElectronApplication,
  _electron as electron,
  expect,
  type Page,
} from '@playwright/test';
import { hasDisplay, startVirtualDisplay } from '../../scripts/display.ts';
import { buildDemo } from '../../src/index.ts';

export { expect };

const root = resolve(import.meta.dirname, '../..');

type LaunchOptions = {
  readonly data?: string;
  readonly args?: readonly string[];
  /** A program that runs the app with its arguments; without, the app runs by itself. */
  readonly wrapper?: string;
};
type Running = { readonly app: ElectronApplication; readonly page: Page };

export type Place = {
  /** A private folder that is gone after the test. */
  readonly folder: string;
  /** The home folder of the app's user: where the demo is built and the system's trash lies. */
  readonly home: string;
  /** Starts the real app; every window of one place shares its settings, as with one user. */
  readonly launch: (options?: LaunchOptions) => Promise<Running>;
};

type TestFixtures = {
  readonly place: Place;
  /** A data folder of its own for each test: the demo with its mistaken rewind. */
  readonly demo: string;
  /** Messages of the window's console that are errors; they fail a test unless it takes them out. */
  readonly complaints: string[];
};
type WorkerFixtures = { readonly demoOnce: string; readonly display: null };

export const test = base.extend<TestFixtures, WorkerFixtures>({
  // Windows compete for the focus of their display, so each worker has one of its own.
  display: [
    async ({ playwright: _ }, use) => {
      if (!hasDisplay()) Object.assign(process.env, await startVirtualDisplay());
      await use(null);
    },
    { scope: 'worker', auto: true },
  ],
  demoOnce: [
    async ({ playwright: _ }, use) => {
      const folder = mkdtempSync(join(tmpdir(), 'snapback-e2e-demo-'));
      const dir = join(folder, 'Snapback Demo');
      await buildDemo(dir, {}, {});
      await use(dir);
      rmSync(folder, { recursive: true });
    },
    { scope: 'worker' },
  ],
  complaints: [
    async ({ playwright: _ }, use) => {
      const complaints: string[] = [];
      await use(complaints);
      expect(complaints, 'the window complained').toEqual([]);
    },
    { auto: true },
  ],
  place: async ({ complaints }, use, testInfo) => {
    const folder = mkdtempSync(join(tmpdir(), 'snapback-e2e-'));
    const home = join(folder, 'home');
    mkdirSync(home);
    const running: ElectronApplication[] = [];
    await use({
      folder,
      home,
      async launch({ data, args = [], wrapper } = {}) {
        const all = [...(data === undefined ? [] : ['--data', data]), ...args];
        const app = await startApp({ folder, home, args: all, wrapper });
        running.push(app);
        const page = await app.firstWindow();
        page.on('pageerror', (error) => complaints.push(String(error)));
        page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
        return { app, page };
      },
    });
    if (testInfo.status !== testInfo.expectedStatus) for (const app of running) await printWindows(app);
    await Promise.all(running.map((app) => app.close()));
    // A part of the app may outlive it for a moment and still write into its settings.
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  },
  demo: async ({ demoOnce, place }, use) => {
    const dir = join(place.folder, 'lighthouse-chats');
    cpSync(demoOnce, dir, { recursive: true, preserveTimestamps: true });
    await use(dir);
  },
});

/** Prints what each window shows, so that a failure on a machine that keeps no traces can be understood. */
async function printWindows(app: ElectronApplication): Promise<void> {
  for (const page of app.windows()) {
    const shown = await page.locator('body').ariaSnapshot({ timeout: 5_000 }).catch(String);
    console.log(`what the window showed when the test failed:\n${shown}`);
  }
}

type Start = {
  readonly folder: string;
  readonly home: string;
  readonly args: readonly string[];
  readonly wrapper: string | undefined;
};

function startApp({ folder, home, args, wrapper }: Start): Promise<ElectronApplication> {
  return electron.launch({
    ...(wrapper === undefined ? {} : { executablePath: wrapper }),
    args: [`--user-data-dir=${join(folder, 'user')}`, root, ...args],
    cwd: root,
    chromiumSandbox: process.env.ELECTRON_DISABLE_SANDBOX === undefined && process.getuid?.() !== 0,
    colorScheme: null,
    env: {
      ...process.env,
      HOME: home,
      XDG_DATA_HOME: join(home, '.local/share'),
      XDG_CONFIG_HOME: join(home, '.config'),
      TZ: 'Europe/Vienna',
    },
  });
}

/** Drops a file or folder on the window, as a file manager would. */
export async function dropOnWindow(page: Page, path: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const at = { x: 400, y: 300, data: { items: [], files: [path], dragOperationsMask: 1 | 2 | 16 } };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, ...at });
  await session.detach();
}

/** The process id of the app's core. */
export async function findCore(app: ElectronApplication): Promise<number> {
  const metrics = await app.evaluate(({ app: electronApp }) =>
    electronApp.getAppMetrics().map(({ pid, name, serviceName }) => ({ pid, name, serviceName })),
  );
  const core = metrics.find(
    ({ name, serviceName }) => name === 'Snapback core' || serviceName === 'Snapback core',
  );
  if (core === undefined) throw new Error(`no core among ${JSON.stringify(metrics)}`);
  return core.pid;
}
