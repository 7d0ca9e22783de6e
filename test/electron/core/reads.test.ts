import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { listSnapshots } from '../../../src/catalog/catalog.ts';
import type { DataFolder } from '../../../src/host/data-folder.ts';
import { keepSnapshot } from '../../../src/prune/kept.ts';
import { listSnapshotFiles } from '../../../src/snapshots/files.ts';
import { cli } from '../../support/cli.ts';
import { addEvents, dumpChat, makeChat, makeDir, makeRoot, putSnapshot, run } from '../../support/place.ts';
import { start } from '../../support/process.ts';

/*
 * How often a folder of snapshots is read when it is opened, told by the calls that the process really makes. Each is a trip
 * to another thread, and with thousands of snapshots they are what opening takes.
 */

const root = makeRoot();
const canTrace =
  spawnSync('strace', ['-f', '-qq', '-o', '/dev/null', '-e', 'trace=openat', 'true']).status === 0;

const NAMES = [...Array(12).keys()].map((number) => `202601${String(number + 10)}T000000Z`);
const FOLDERS = ['snapshots', 'snapshots/periodic', 'snapshots/rewind', 'snapback/kept'];

let folder: DataFolder;
let cacheDir = '';

/** Known snapshots, one of them kept. */
beforeAll(async () => {
  folder = await makeChat(root(), { events: 5 });
  run(folder, addEvents(3000));
  cacheDir = await makeDir(root());
  for (const kind of ['periodic', 'rewind'])
    for (const name of NAMES) await putSnapshot(folder, `${kind}/${name}`, dumpChat(folder));
  await keepSnapshot(folder, `rewind/${NAMES[0]}`);
  // So soon after a change, another one might not show.
  await new Promise((done) => setTimeout(done, 2_100));
  await listSnapshots({ ...folder, cacheDir }, { check: true });
});

/** How often a path is read as a folder and looked at as an entry of one, and how many bytes of a file are read. */
type Calls = { readonly reads: number; readonly looks: number; readonly bytes: number };
const NONE: Calls = { reads: 0, looks: 0, bytes: 0 };

/** For each path below the data folder. */
function countCalls(log: string): (path: string) => Calls {
  const calls = new Map<string, Calls>();
  for (const line of readFileSync(log, 'utf8').split('\n')) {
    const [, name = '', path = ''] = /(\w+)\((?:\d+<|[^"]*")([^">]*)[">]/.exec(line) ?? [];
    const isLook = line.includes('AT_SYMLINK_NOFOLLOW') || name === 'lstat';
    const [, bytes = 0] = (name === 'pread64' && / = (\d+)$/.exec(line)) || [];
    const before = calls.get(path) ?? NONE;
    calls.set(path, {
      reads: before.reads + Number(name === 'openat' && line.includes('O_DIRECTORY')),
      looks: before.looks + Number(isLook),
      bytes: before.bytes + Number(bytes),
    });
  }
  return (path) => calls.get(join(folder.dir, path)) ?? NONE;
}

const CALLS = 'openat,statx,newfstatat,lstat,pread64';

function through(log: string): readonly string[] {
  return ['strace', '-f', '-qq', '-y', '-s', '4096', '-o', log, '-e', `trace=${CALLS}`];
}

async function openInWindow(log: string): Promise<void> {
  const child = start('open-once.ts', { args: [folder.dir, cacheDir], through: through(log) });
  expect(await child.ended).toEqual([String(2 * NAMES.length + 1)]);
}

async function listByCommand(log: string): Promise<void> {
  const [command = '', ...args] = through(log);
  const line = [...args, process.execPath, cli, 'list', '--data', folder.dir, '--json'];
  const { status, stdout } = spawnSync(command, line, {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    env: { ...process.env, XDG_CACHE_HOME: cacheDir, npm_lifecycle_event: '' },
  });
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toHaveLength(2 * NAMES.length + 1);
}

const ONCE = FOLDERS.map((path) => [path, 1]);
const readsOf = (callsOf: (path: string) => Calls) => FOLDERS.map((path) => [path, callsOf(path).reads]);

describe.skipIf(!canTrace)('each folder of snapshots is read once', () => {
  test.each(['nobody has written since they were checked', 'the chat app has written since'])(
    'when it is opened in the window, each snapshot that is known is looked at once, and the log is not read: %s',
    async (since) => {
      if (since.includes('the chat app')) run(folder, addEvents(1));
      const log = join(root(), 'window.trace');
      await openInWindow(log);
      const callsOf = countCalls(log);
      expect(readsOf(callsOf)).toEqual(ONCE);
      const files = (await listSnapshotFiles(folder)).map(({ file }) => relative(folder.dir, file));
      expect(files.filter((file) => callsOf(file).looks !== 1)).toEqual([]);
      const database = statSync(folder.databaseFile).size;
      const { bytes } = callsOf(relative(folder.dir, folder.databaseFile));
      expect(bytes).toBeGreaterThan(0);
      expect(bytes).toBeLessThan(database / 2);
    },
  );

  test('when the command line lists them', async () => {
    const log = join(root(), 'command.trace');
    await listByCommand(log);
    expect(readsOf(countCalls(log))).toEqual(ONCE);
  });
});
