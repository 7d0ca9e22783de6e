import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buildDemo } from '../../src/index.ts';
import type { Command } from './measure.ts';
import { alignRows } from './report.ts';
import { KINDS, measureWindow, type WindowCost, warmWindow } from './window.ts';
import { buildBareWindow, checkout, prepareStarts } from './window-steps.ts';

/*
 * What a start of the window consists of: the bare window, each time with one part more, and the app itself. So it is seen
 * what a window with these libraries costs at the least.
 */

/** What the bare window is to do besides: see its main.js. */
type Extra = { readonly page?: string; readonly script?: string; readonly request?: object };
type Part = {
  readonly title: string;
  readonly runs: WindowCost[];
  readonly command: Command;
};

/** Starts each part in turn, so many times, with the demo. Returns the smallest CPU of each process, in milliseconds, as a table. */
export async function measureWindowParts(folder: string, rounds: number): Promise<string> {
  const start = await prepareStarts(folder);
  const bare = await buildBareWindow(join(folder, 'bare'), ['index', 'widgets', 'loaded']);
  const demo = join(folder, 'demo');
  await buildDemo(demo, {}, {});
  const empty = join(folder, 'empty');
  await cp(demo, empty, { recursive: true });
  await rm(join(empty, 'snapshots'), { recursive: true });
  const cacheDir = join(folder, 'checked');
  await mkdir(cacheDir);

  const script = join(checkout, 'out/main/core-process.js');
  const asking = (name: string, args: object): Extra => ({
    script,
    request: { type: 'request', requestId: 'first', name, args: { folderId: 'folder', ...args } },
  });
  const opening = (dir: string) => asking('private.open', { dir, database: null, cacheDir });
  const part = (title: string, extra: Extra): Part => {
    const { line, env } = start(bare, title.replace(/\W/g, '-'));
    return { title, runs: [], command: { line, env: { ...env, BARE_WINDOW: JSON.stringify(extra) } } };
  };
  const parts: readonly Part[] = [
    part('bare window', {}),
    part('with the window’s code, nothing drawn', { page: 'loaded' }),
    part('with the widgets of the list, fixed texts', { page: 'widgets' }),
    // It has nothing to do for that, and answers once its code is there.
    part('with the core’s code', asking('private.close', {})),
    part('with a folder opened, no snapshots', opening(empty)),
    part('with a folder opened and listed', opening(demo)),
    { title: 'Snapback', runs: [], command: start(checkout, 'Snapback', '--data', demo) },
  ];
  // Each has been started before, as a user's app has.
  for (const { command } of parts) await warmWindow(command);
  for (let round = 0; round < rounds; round += 1)
    for (const { runs, command } of round % 2 === 0 ? parts : parts.toReversed())
      runs.push(await measureWindow(command));

  const least = (numbers: readonly number[]) => (1000 * Math.min(...numbers)).toFixed(0);
  const rows = parts.map(({ title, runs }) => [
    title,
    least(runs.map(({ cpu }) => cpu)),
    ...KINDS.map((kind) => least(runs.map(({ cpuOf }) => cpuOf[kind]))),
    least(runs.map(({ wall }) => wall)),
  ]);
  return alignRows([['', 'CPU ms', ...KINDS, 'wall ms'], ...rows]);
}
