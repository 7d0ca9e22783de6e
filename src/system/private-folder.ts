import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasSystemCode, isSystemError } from '../model/errors.ts';
import { chmod, mkdtemp, readdir, rm } from './files.ts';
import { isAlive } from './process-mark.ts';
import { explainWriteError } from './refusals.ts';

const PREFIX = 'snapback-';

/** A folder in the system's place for temporary files that nobody else may look into: what lies in it holds chats. */
export type PrivateFolder = { readonly path: string; readonly remove: () => Promise<void> };

/** Makes a private folder (mode 0700). Whoever makes it removes it; what a killed process left behind goes with `sweepPrivateFolders`. */
export async function createPrivateFolder(): Promise<PrivateFolder> {
  try {
    const path = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
    await chmod(path, 0o700);
    return { path, remove: () => rm(path, { recursive: true, force: true }) };
  } catch (error) {
    throw isSystemError(error) ? explainWriteError(error, tmpdir()) : error;
  }
}

/** Removes private folders of processes that are no more. Folders that can't be removed are another user's and stay. */
export async function sweepPrivateFolders(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = /^snapback-(\d{1,10})-[A-Za-z0-9]{6}$/.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    await rm(join(tmpdir(), name), { recursive: true, force: true }).catch((error: unknown) => {
      if (!hasSystemCode(error, 'EACCES', 'EPERM', 'ENOTEMPTY')) throw error;
    });
  }
}
