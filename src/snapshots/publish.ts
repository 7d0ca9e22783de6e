import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasSystemCode } from '../model/errors.ts';
import { constants, link, lstat, open, readdir, rename, unlink } from '../system/files.ts';
import { compareNames, formatSecond, nameAfter, nextName } from './names.ts';

/*
 * The names under which snapshots are published. Invariant: a file gets a name that nobody has, and one that our own
 * reading accepts, or keeps its own.
 */

export type NameOptions = {
  /** A name that the seed takes for the newest of the folder, even where existing ones are dated in the future. */
  readonly after?: 'every-other';
};

/**
 * Moves a file into `place`, on the same file system, under the name of this second, which has passed when it gets it,
 * so that the host can not choose it any more; under the nearest name after it (`_001`, `_002`...) where it is taken.
 * Returns the name without `.json`. Throws `target-exists` where none is left, and the system's refusals as they are.
 */
export async function moveToFreeName(source: string, place: string, options: NameOptions): Promise<string> {
  const second = await waitForSecondToPass();
  let name = options.after === 'every-other' ? nameAfter(await newestName(place), second) : second;
  while (!(await moveUnlessTaken(source, join(place, `${name}.json`)))) name = nextName(name);
  return name;
}

/** Returns the UTC second in which it was called, when that is over. */
async function waitForSecondToPass(): Promise<string> {
  const second = Math.floor(Date.now() / 1000);
  for (;;) {
    const left = (second + 1) * 1000 - Date.now();
    if (left <= 0) return formatSecond(second);
    // The clock was set back: that second is far away, and another one is the present.
    if (left > 1000) return waitForSecondToPass();
    await sleep(left);
  }
}

/** The name, without `.json`, that sorts last among all that the seed's listing sees: hidden files and folders too. */
async function newestName(place: string): Promise<string | null> {
  const names = (await readdir(place))
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -5));
  return names.reduce<string | null>(
    (newest, name) => (newest === null || compareNames(name, newest) > 0 ? name : newest),
    null,
  );
}

/** Moves a file to a name that nobody has, in one step; false where somebody has it. */
async function moveUnlessTaken(source: string, target: string): Promise<boolean> {
  try {
    await link(source, target);
  } catch (error) {
    if (hasSystemCode(error, 'EEXIST')) return false;
    if (hasSystemCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'))
      return moveWithoutLinks(source, target);
    throw error;
  }
  await unlink(source);
  return true;
}

/**
 * The same on file systems without hard links: an empty file takes the name, so that nobody else can, and the source is
 * renamed over it. False where the name was taken. A crash in between leaves the empty file, which is listed as damaged.
 */
export async function moveWithoutLinks(source: string, target: string): Promise<boolean> {
  try {
    await (await open(target, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600)).close();
  } catch (error) {
    if (hasSystemCode(error, 'EEXIST')) return false;
    throw error;
  }
  try {
    await rename(source, target);
    return true;
  } catch (error) {
    if ((await lstat(target)).size === 0) await unlink(target);
    throw error;
  }
}
