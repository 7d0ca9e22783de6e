import { copyFile, cp, mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { build } from 'vite';
import { buildIfStale } from '../../scripts/build.ts';
import { prepareRuntime, prepareWindows } from '../../scripts/electron-runtime.ts';
import { buildDemo } from '../../src/index.ts';
import type { Command } from './measure.ts';
import type { Place } from './place.ts';
import type { Step } from './steps.ts';
import { measureWindow, warmWindow } from './window.ts';

export const checkout = resolve(import.meta.dirname, '../..');
const sources = join(import.meta.dirname, 'bare-window');

/** The names of the steps with a window, for which two apps must be built. */
export const WINDOW_STEPS = ['window-demo', 'window-world'];

/**
 * The steps with a window: from the start of the program to a usable list, beside the start of a bare window. Builds
 * both apps in `folder`, and starts each before it is measured, as its user has.
 */
export async function describeWindowSteps(place: Place, folder: string): Promise<readonly Step[]> {
  const start = await prepareStarts(folder);
  const bare = await buildBareWindow(join(folder, 'bare'));
  const started = new Set<string>();
  /** The same command, once its app has been started before. */
  const startAgain = async (...[app, user, ...args]: Parameters<typeof start>) => {
    const command = start(app, user, ...args);
    if (!started.has(user)) await warmWindow(command);
    started.add(user);
    return command;
  };
  const step = (name: string, title: string, data: string): Step => ({
    name,
    title,
    goal: { of: 'ratio', atMost: 1.2, by: 'both' },
    ours: { prepare: () => startAgain(checkout, name, '--data', data), measure: measureWindow },
    peer: { name: 'bare window', prepare: () => startAgain(bare, 'bare'), measure: measureWindow },
  });
  const demo = join(folder, 'demo');
  await buildDemo(demo, {}, {});
  const world = join(folder, 'world');
  await cp(await place.world(0), world, { recursive: true });
  return [
    step('window-demo', 'window to usable list, demo', demo),
    step('window-world', 'window to usable list, this world', world),
  ];
}

/** Builds the app. Returns what starts it, or another app, for a user of its own whose files are in `folder`. */
export async function prepareStarts(folder: string) {
  const runtime = await prepareRuntime();
  await buildIfStale();
  const env = dropUnset(await prepareWindows(runtime));
  return (app: string, user: string, ...args: readonly string[]): Command => ({
    line: [
      runtime.program,
      '--remote-debugging-port=0',
      `--user-data-dir=${join(folder, `user-of-${user}`)}`,
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      app,
      ...args,
    ],
    env,
  });
}

/** Bundles the pages as the app's own is. */
export async function buildBareWindow(folder: string, pages: readonly string[] = ['index']): Promise<string> {
  await mkdir(folder);
  for (const name of ['main.js', 'core.js']) await copyFile(join(sources, name), join(folder, name));
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'bare', type: 'module', main: 'main.js' }),
  );
  for (const page of pages)
    await build({
      root: sources,
      base: './',
      configFile: false,
      logLevel: 'warn',
      plugins: [react()],
      build: {
        outDir: join(folder, page),
        emptyOutDir: true,
        target: 'chrome130',
        rolldownOptions: { input: join(sources, `${page}.html`) },
      },
    });
  return folder;
}

function dropUnset(env: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
