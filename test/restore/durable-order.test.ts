import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeRoot, type Place } from '../support/place.ts';
import { start } from '../support/process.ts';
import { live, type Story } from '../support/story.ts';

/** A power loss at any moment leaves a way back. */
const root = makeRoot();

const story: Story = {
  schema: 'CREATE TABLE bots (id INTEGER PRIMARY KEY, name TEXT);',
  before: "INSERT INTO bots VALUES (1, 'ada'), (2, 'bo');",
  since: "UPDATE bots SET name = 'mistaken';",
};

const COPIES = 'copy_file_range,sendfile,ioctl';
const CALLS = `fsync,fdatasync,link,linkat,rename,renameat,renameat2,write,pwrite64,writev,pwritev,${COPIES}`;
const canTrace =
  spawnSync('strace', ['-f', '-qq', '-y', '-o', '/dev/null', '-e', 'trace=fsync', 'true']).status === 0;

/** What an action does to files of the data folder, one after the other: `sync`, `write` or `name`, and where. */
async function trace(place: Place, action: 'restore' | 'prune', id: string): Promise<readonly string[]> {
  const log = join(root(), `${basename(place.dir)}.trace`);
  const through = ['strace', '-f', '-qq', '-y', '-s', '0', '-o', log, '-e', `trace=${CALLS}`];
  const lines = await start('act.ts', { args: [place.dir, action, id], through }).ended;
  expect(lines.at(-1)).toBe('done');
  const begun = new Map<string, string>();
  const steps: string[] = [];
  for (const line of (await readFile(log, 'utf8')).split('\n')) {
    const [, thread = '', rest = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    if (rest.endsWith('<unfinished ...>')) begun.set(thread, rest);
    const call = rest.startsWith('<... ') ? (begun.get(thread) ?? '') : rest;
    if (rest.endsWith('<unfinished ...>') || / = -1 /.test(rest)) continue;
    const [, name = ''] = /^(\w+)\(/.exec(call) ?? [];
    const paths = [...call.matchAll(/[<"](\/[^>"]*)[>"]/g)].map(([, path = '']) => path);
    if (name === 'ioctl' && !call.includes('FICLONE')) continue;
    const copiesInto = name === 'sendfile' || name === 'ioctl' ? 0 : -1;
    const path = paths.filter((one) => one.startsWith(`${place.dir}/`)).at(copiesInto);
    if (path === undefined) continue;
    const writes = /write/.test(name) || COPIES.includes(name);
    const what = /sync/.test(name) ? 'sync' : writes ? 'write' : 'name';
    const where = path
      .slice(place.dir.length + 1)
      .replace(/^(snapback\/trash\/)[^/]+/, '$1TIME')
      .replace(/\.snapback-.*\.part$/, 'draft')
      .replace(/\d{8}T\d{6}Z(?:_\d{3})?\.(?:json|db)$/, 'snapshot');
    if (steps.at(-1) !== `${what} ${where}`) steps.push(`${what} ${where}`);
  }
  return steps;
}

/** When each of these steps was made for the first time, in order. */
function firstOf(steps: readonly string[], wanted: readonly string[]): readonly string[] {
  return [...new Set(steps.filter((step) => wanted.includes(step)))];
}

describe.skipIf(!canTrace)('each step is on the disk before the next one begins', () => {
  test.concurrent.each([
    ['wal', 'app.db-wal', 'app.db-wal'],
    ['delete', 'app.db-journal', 'app.db'],
  ] as const)('of a restore with journal mode %s', async (journalMode, first, committed) => {
    const { place, id } = await live(root(), { ...story, journalMode });
    const steps = await trace(place, 'restore', id);
    const safetyFirst = [
      'write snapshots/restore/draft',
      'sync snapshots/restore/draft',
      'name snapshots/restore/snapshot',
      `write ${first}`,
    ];
    expect(firstOf(steps, safetyFirst)).toEqual(safetyFirst);
    // SQLite writes the copy, and syncs its folder for the sake of its own journal, too.
    const [named, replaced] = safetyFirst.slice(2).map((step) => steps.indexOf(step));
    const made = steps.slice(0, named).filter((step) => step.endsWith('snapshots/restore/draft'));
    expect(made.at(-1)).toBe('sync snapshots/restore/draft');
    expect(steps.slice(named, replaced)).toContain('sync snapshots/restore');
    const commit = [
      'write snapshots/periodic/draft',
      'sync snapshots/periodic/draft',
      'sync snapshots/periodic',
      'write snapback/journal.jsonl',
      'sync snapback/journal.jsonl',
      `write ${committed}`,
      `sync ${committed}`,
      'name snapshots/periodic/snapshot',
    ];
    expect(firstOf(steps, commit)).toEqual(commit);
    const beforeName = steps.slice(0, steps.indexOf('name snapshots/periodic/snapshot'));
    expect(beforeName.findLast((step) => step.endsWith(committed))).toBe(`sync ${committed}`);
    expect(steps.lastIndexOf('sync snapshots/periodic')).toBeGreaterThan(beforeName.length);
  });

  test.concurrent('of a prune: the origin of a file is recorded before it moves', async () => {
    const { place, id } = await live(root(), story);
    const moves = [
      'write snapback/trash/TIME/draft',
      'sync snapback/trash/TIME/draft',
      'name snapback/trash/TIME/manifest.json',
      'sync snapback/trash/TIME',
      'name snapback/trash/TIME/rewind/snapshot',
      'sync snapback/trash/TIME/rewind',
      'sync snapshots/rewind',
    ];
    expect(firstOf(await trace(place, 'prune', id), moves)).toEqual(moves);
  });
});
