import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasSystemCode } from '../model/errors.ts';
import { syncFolder, tidy } from '../system/durable.ts';
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
 * Gives a file in `place` the name of this second, which has passed when it gets it, so that the host cannot choose it
 * any more; the nearest name after it (`_001`, `_002`...) where it is taken. Returns the name without `.json`. On failure
 * there is no new name.
 * @throws `target-exists` where no name is left, and as `nameUnlessTaken`
 */
export async function publishUnderFreeName(
  source: string,
  place: string,
  options: NameOptions,
): Promise<string> {
  const second = await waitForSecondToPass();
  let name = options.after === 'every-other' ? nameAfter(await newestName(place), second) : second;
  while (!(await nameUnlessTaken(source, join(place, `${name}.json`)))) name = nextName(name);
  return name;
}

/**
 * Gives a file another name in its folder, in one step; false where somebody has that name. When this returns, the name
 * is on the disk. The name that the file had before stays, where the file system has hard links: whoever needs the file
 * finds it under one of the two, whatever of this reaches the disk. @throws as `files.ts`; then there is no new name
 */
export async function nameUnlessTaken(source: string, target: string): Promise<boolean> {
  const how = await linkUnlessTaken(source, target);
  if (how === 'linked') await keepLink(target);
  if (how === 'moved') await keepMove(source, target);
  return how !== 'taken';
}

/** Makes a new name durable, or removes it again: it might not survive a loss of power. */
async function keepLink(target: string): Promise<void> {
  try {
    await syncFolder(dirname(target));
  } catch (error) {
    await tidy(() => unlink(target));
    throw error;
  }
}

/** The same where the file was renamed: it gets its old name again. */
async function keepMove(source: string, target: string): Promise<void> {
  try {
    await syncFolder(dirname(target));
  } catch (error) {
    await tidy(() => rename(target, source));
    throw error;
  }
}

/** Waits until the UTC second of the call is over and returns it. */
async function waitForSecondToPass(): Promise<string> {
  const second = Math.floor(Date.now() / 1000);
  for (;;) {
    const left = (second + 1) * 1000 - Date.now();
    if (left <= 0) return formatSecond(second);
    // The clock was set back, so that second is far away. Use the present one.
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

/** Gives a file a second name that nobody has, in one step; `moved`: the file system has no hard links. */
async function linkUnlessTaken(source: string, target: string): Promise<'linked' | 'moved' | 'taken'> {
  try {
    await link(source, target);
    return 'linked';
  } catch (error) {
    if (hasSystemCode(error, 'EEXIST')) return 'taken';
    if (hasSystemCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'))
      return (await moveWithoutLinks(source, target)) ? 'moved' : 'taken';
    throw error;
  }
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
