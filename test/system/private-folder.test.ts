import { spawn } from 'node:child_process';
import { access, mkdir, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import {
  createPrivateFolder,
  isOwnProcess,
  sweepPrivateFolders,
  whileMarked,
} from '../../src/system/private-folder.ts';
import { readProcFile } from '../../src/system/proc-file.ts';
import { isAlive } from '../../src/system/process-mark.ts';

const linux = process.platform === 'linux';

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** A process that has ended and whose parent never asks for it. */
async function makeZombie(): Promise<number> {
  const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 600'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => {
    parent.kill('SIGKILL');
  });
  const pid = await new Promise<number>((resolve) => {
    parent.stdout.once('data', (text) => resolve(Number(text)));
  });
  while (!/\) Z /.test(readProcFile(`/proc/${pid}/stat`) ?? ') Z ')) await sleep(10);
  return pid;
}

async function leaveFolder(pid: number, letters: string, mark?: object): Promise<string> {
  const path = join(tmpdir(), `snapback-${pid}-${letters}`);
  await mkdir(path, { recursive: true });
  if (mark !== undefined) await writeFile(join(path, '.process.json'), JSON.stringify(mark));
  return path;
}

test.runIf(linux)(
  'the sweep removes what a dead process left, even if it is a zombie or its number was reused',
  async () => {
    const zombie = await makeZombie();
    expect(isAlive(zombie)).toBe(false);
    const left = [
      await leaveFolder(zombie, 'zombie'),
      await leaveFolder(process.pid, 'reused', { pid: process.pid, started: 'another boot 1' }),
    ];
    const own = await createPrivateFolder();
    await sweepPrivateFolders();
    expect(await Promise.all(left.map(exists))).toEqual([false, false]);
    expect(await exists(own.path)).toBe(true);
    await own.remove();
    expect(await exists(own.path)).toBe(false);
  },
);

test.runIf(linux)(
  'a process counts as Snapback’s own while it works, and not by its number alone',
  async () => {
    const stranger = spawn('sleep', ['600']);
    onTestFinished(() => {
      stranger.kill('SIGKILL');
    });
    const pid = stranger.pid ?? 0;
    await leaveFolder(pid, 'nomark');
    await leaveFolder(pid, 'forged', { pid, started: 'another boot 1' });
    await leaveFolder(pid, 'vagueX', { pid, started: null });
    const own = await createPrivateFolder();
    expect(await Promise.all([process.pid, pid].map(isOwnProcess))).toEqual([true, false]);
    await own.remove();
    stranger.kill('SIGKILL');
    while (isAlive(pid)) await sleep(10);
    await sweepPrivateFolders();
  },
);

/** How many folders of this process there are. */
async function countOwn(): Promise<number> {
  const names = await readdir(tmpdir());
  return names.filter((name) => name.startsWith(`snapback-${process.pid}-`)).length;
}

test('a process is marked once for all that it does at the same time, until the last of it has ended', async () => {
  const before = await countOwn();
  const seen: number[] = [];
  const look = async (): Promise<void> => {
    seen.push((await countOwn()) - before);
  };
  const failed = whileMarked(async () => {
    await look();
    await whileMarked(look);
    throw new RangeError('It failed.');
  });
  const lasting = whileMarked(async () => {
    await failed.catch(() => null);
    await look();
  });
  await expect(failed).rejects.toThrow(RangeError);
  await lasting;
  expect(await countOwn()).toBe(before);
  await whileMarked(look);
  expect(seen).toEqual([1, 1, 1, 1]);
  expect(await countOwn()).toBe(before);
});
