import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasSystemCode } from '../model/errors.ts';
import type { SnapshotForm } from '../model/snapshots.ts';
import { syncFolder, tidy } from '../system/durable.ts';
import { constants, link, lstat, open, readdir, rename, unlink } from '../system/files.ts';
import { compareNames, fileNameOf, formatSecond, nameAfter, nextName, twinOf } from './names.ts';

/*
 * Giving snapshots their public names. Invariant: a file gets a name that no other file has and that our own reader
 * accepts, or it keeps the name it has.
 */

export type NameOptions = {
  /** Choose a name that the host takes for the newest of the folder, even if existing ones are dated in the future. */
  readonly after?: 'every-other';
  readonly form: SnapshotForm;
  /** When the work on the file began, in milliseconds since 1970. */
  readonly began: number;
};

/**
 * Gives a file in `place` the name of the second in which the work on it began, or the nearest free name after it (`_001`,
 * `_002`...). Where that second is still the current one, it waits until it has passed, so that the host can no longer
 * choose the name. Returns the name without its ending. On failure the file has no new name.
 * @throws `target-exists` if no name is left; as `nameUnlessTaken`
 */
export async function publishUnderFreeName(
  source: string,
  place: string,
  options: NameOptions,
): Promise<string> {
  const second = await waitForSecondToPass(options.began);
  let name = options.after === 'every-other' ? nameAfter(await newestName(place), second) : second;
  while (!(await nameUnlessTaken(source, join(place, fileNameOf(name, options.form))))) name = nextName(name);
  return name;
}

/**
 * Gives a file another name in its folder, in one step; false if the name is taken, in either form of a snapshot. When this returns, the new name is
 * durable. On file systems with hard links the old name stays, so that after a power failure the file is found under at
 * least one of the two. @throws as `files.ts`; then there is no new name
 */
export async function nameUnlessTaken(source: string, target: string): Promise<boolean> {
  const how = await linkUnlessTaken(source, target);
  if (how !== 'impossible') return how === 'linked';
  if (!(await moveWithoutLinks(source, target))) return false;
  await keepMove(source, target);
  return true;
}

/**
 * Gives a file a second name in one step, which is durable when this returns. `taken`: in either form of a snapshot.
 * `impossible`: the system has no hard links here. @throws as `files.ts`; then there is no new name
 */
export async function linkUnlessTaken(
  source: string,
  target: string,
): Promise<'linked' | 'taken' | 'impossible'> {
  if (await hasTwin(target)) return 'taken';
  try {
    await link(source, target);
  } catch (error) {
    if (hasSystemCode(error, 'EEXIST')) return 'taken';
    if (hasSystemCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK')) return 'impossible';
    throw error;
  }
  await keepLink(target);
  return 'linked';
}

/** Whether there is a file of the same name in the other form. Two files must not be one snapshot. */
async function hasTwin(target: string): Promise<boolean> {
  const twin = twinOf(basename(target));
  if (twin === null) return false;
  try {
    await lstat(join(dirname(target), twin));
    return true;
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return false;
    throw error;
  }
}

/** Makes a new name durable. If that fails, removes it again, because it might not survive a power failure. */
async function keepLink(target: string): Promise<void> {
  try {
    await syncFolder(dirname(target));
  } catch (error) {
    await tidy(() => unlink(target));
    throw error;
  }
}

/** The same for a file that was renamed: on failure it gets its old name back. */
async function keepMove(source: string, target: string): Promise<void> {
  try {
    await syncFolder(dirname(target));
  } catch (error) {
    await tidy(() => rename(target, source));
    throw error;
  }
}

/** Waits until the UTC second of a time is over, and returns it. */
async function waitForSecondToPass(time: number): Promise<string> {
  const second = Math.floor(time / 1000);
  for (;;) {
    const left = (second + 1) * 1000 - Date.now();
    if (left <= 0) return formatSecond(second);
    // The clock was set back, so the end of that second is far away. Use the current one.
    if (left > 1000) return waitForSecondToPass(Date.now());
    await sleep(left);
  }
}

/** The name, without `.json`, that sorts last in the host's listing, which includes hidden files and folders. */
async function newestName(place: string): Promise<string | null> {
  const names = (await readdir(place))
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -5));
  return names.reduce<string | null>(
    (newest, name) => (newest === null || compareNames(name, newest) > 0 ? name : newest),
    null,
  );
}

/**
 * The same on file systems without hard links: an empty file reserves the name, and the source is renamed over it. False
 * if the name was taken. A crash in between leaves the empty file, which is then listed as damaged.
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
