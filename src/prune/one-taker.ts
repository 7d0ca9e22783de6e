import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import * as v from 'valibot';
import type { DataFolder } from '../host/data-folder.ts';
import { ensureFolder, OWN, ownAsDatabase } from '../host/folders.ts';
import { tidy } from '../system/durable.ts';
import { constants, open, readdir, unlink } from '../system/files.ts';
import { readSmallFile } from '../system/plain-file.ts';
import { isRunning, ownMark, type ProcessMark, processMark } from '../system/process-mark.ts';
import { explainWriteError } from '../system/refusals.ts';

/*
 * Who takes checkpoints by itself stands in a file of its own in DATA/snapback/. Each writes its file first and looks for
 * others then, so of two that begin at once at least one sees the other. Whoever sees another one gives way, and tries
 * again later. No name is used twice: the file of a process that has ended can be removed at any time.
 */

const LOCK = /^taking-(\d{1,10})-[0-9a-f]{16}\.lock$/;
const mark = v.pipe(v.string(), v.parseJson(), processMark);

/**
 * Runs `work` while nobody else does such work in this folder. Null: somebody else is at it. Returns or throws what the
 * work does. @throws `disk-full`, `folder-read-only`, `io-failed`, `snapshot-unsafe`
 */
export async function asOnlyTaker<T>(folder: DataFolder, work: () => Promise<T>): Promise<T | null> {
  const place = await ensureFolder(folder, OWN);
  const name = `taking-${process.pid}-${randomBytes(8).toString('hex')}.lock`;
  await writeLock(folder, join(place, name));
  try {
    return (await isAlone(place, name)) ? await work() : null;
  } finally {
    await tidy(() => unlink(join(place, name)));
  }
}

async function writeLock(folder: DataFolder, path: string): Promise<void> {
  try {
    const handle = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
    try {
      await ownAsDatabase(folder, handle);
      await handle.writeFile(JSON.stringify(ownMark()));
    } finally {
      await handle.close();
    }
  } catch (error) {
    await tidy(() => unlink(path));
    throw explainWriteError(error, path);
  }
}

/** Removes what dead processes left, as far as the system lets us. */
async function isAlone(place: string, own: string): Promise<boolean> {
  let alone = true;
  for (const name of await readdir(place)) {
    const pid = LOCK.exec(name)?.[1];
    if (pid === undefined || name === own) continue;
    if (isRunning(await readOwner(join(place, name), Number(pid)))) alone = false;
    else await tidy(() => unlink(join(place, name)));
  }
  return alone;
}

/** One that is still being written tells the process by its name alone. */
async function readOwner(path: string, pid: number): Promise<ProcessMark> {
  const { success, output } = v.safeParse(mark, await readSmallFile(path));
  return success && output.pid === pid ? output : { pid, started: null };
}
