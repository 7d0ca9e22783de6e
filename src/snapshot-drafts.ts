import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, link, lstat, open, readdir, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataFolder } from './data-folder.ts';
import { hasSystemCode, SnapbackError } from './errors.ts';
import {
  ensureFolder,
  explainWriteError,
  findFolder,
  ownAsDatabase,
  SNAPSHOTS,
  syncFolder,
} from './folders.ts';
import { readJournal } from './journal.ts';
import { replayJournal } from './journal-replay.ts';
import type { SnapshotId } from './model.ts';
import { isAlive } from './private-folder.ts';
import { compareNames, describeOpened, isKind, type OpenedFile } from './snapshot-files.ts';

/*
 * How a snapshot comes into being: written under a name that nobody reads, made durable, then published. Invariant: no
 * file is ever overwritten, and a name that ends in .json has its whole content from its first moment on.
 */

/** A snapshot being written, in the folder that it will be published in. */
export type Draft = {
  /** Open for reading and writing. */
  readonly handle: FileHandle;
  readonly path: string;
  readonly kind: string;
};

const DRAFT = /^\.snapback-(\d{1,10})-[0-9a-f]{16}\.part$/;
const NUMBERED = /^(\d{8}T\d{6}Z)(?:_(\d{3}))?$/;

/** Drafts of this very process. A dead process may have had the same id. */
const live = new Set<string>();

/** Tells whether a file name is one that `createDraft` gives. */
export function isDraftName(name: string): boolean {
  return DRAFT.test(name);
}

/**
 * Creates an empty draft, with the owner and mode of the database file; folders are made as needed. Throws `usage` for
 * an impossible kind, `snapshot-unsafe`, `disk-full`, `folder-read-only`, `io-failed`; then there is no file.
 */
export async function createDraft(folder: DataFolder, kind: string): Promise<Draft> {
  if (!isKind(kind)) throw new SnapbackError('usage', 'This can not be a kind of snapshots.', { got: kind });
  const place = await ensureFolder(folder, SNAPSHOTS, kind);
  const path = join(place, `.snapback-${process.pid}-${randomBytes(8).toString('hex')}.part`);
  live.add(path);
  try {
    const handle = await open(
      path,
      constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
      0o600,
    );
    const draft = { handle, path, kind };
    try {
      await ownAsDatabase(folder, handle);
    } catch (error) {
      await discardDraft(draft);
      throw error;
    }
    return draft;
  } catch (error) {
    live.delete(path);
    throw explainWriteError(error, path);
  }
}

/** A draft seen as a file to read, for checking it before it is published. The handle is the draft's own. */
export async function readDraft(draft: Draft): Promise<OpenedFile> {
  return describeOpened(draft.handle, draft.path);
}

/** Opens a draft that an earlier process left, by the file name that the journal kept; null where there is none any more. */
export async function reopenDraft(folder: DataFolder, kind: string, name: string): Promise<Draft | null> {
  const place = isKind(kind) && isDraftName(name) ? await findFolder(folder, SNAPSHOTS, kind) : null;
  if (place === null) return null;
  const path = join(place, name);
  try {
    const handle = await open(path, constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    await describeOpened(handle, path);
    live.add(path);
    return { handle, path, kind };
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return null;
    throw explainWriteError(error, path);
  }
}

/** Closes and removes a draft. Does nothing where it is gone already. */
export async function discardDraft(draft: Draft): Promise<void> {
  await closeOnce(draft.handle);
  live.delete(draft.path);
  try {
    await unlink(draft.path);
  } catch (error) {
    if (!hasSystemCode(error, 'ENOENT')) throw explainWriteError(error, draft.path);
  }
}

async function closeOnce(handle: FileHandle): Promise<void> {
  if (handle.fd >= 0) await handle.close();
}

/**
 * Publishes a draft that is wholly written: makes it durable, waits until the second that names it has passed (so the
 * host can not choose that name any more), links it to its name without overwriting (`_001`, `_002`... where taken),
 * and makes the folder durable. `after: 'every-other'` chooses a name that the seed takes for the newest of the kind
 * even where existing ones are dated in the future. On failure the draft is still there and open; throws `disk-full`,
 * `folder-read-only`, `io-failed`, `target-exists`.
 */
export async function publishDraft(
  folder: DataFolder,
  draft: Draft,
  options: { readonly after?: 'every-other' } = {},
): Promise<{ readonly id: SnapshotId; readonly file: string }> {
  const place = await ensureFolder(folder, SNAPSHOTS, draft.kind);
  try {
    await draft.handle.sync();
    const second = await waitForSecondToPass();
    let name = options.after === 'every-other' ? nameAfter(await newestName(place), second) : second;
    while (!(await moveToFreeName(draft.path, join(place, `${name}.json`)))) name = nextName(name);
    await syncFolder(place);
    await closeOnce(draft.handle);
    live.delete(draft.path);
    return { id: `${draft.kind}/${name}`, file: join(place, `${name}.json`) };
  } catch (error) {
    throw explainWriteError(error, place);
  }
}

/** Lets go of a draft that could not be published; the file stays, for a later start to finish. */
export async function leaveDraft(draft: Draft): Promise<void> {
  await closeOnce(draft.handle);
  live.delete(draft.path);
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

function formatSecond(second: number): string {
  return new Date(second * 1000).toISOString().replace(/[-:]|\.000/g, '');
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

/** `second` where it sorts after `newest`, else the nearest name after it. */
function nameAfter(newest: string | null, second: string): string {
  return newest === null || compareNames(second, newest) > 0 ? second : nextName(newest);
}

/** A name that sorts right after another: `_001`, `_002`..., after `_999` the next second. Throws `target-exists` where none fits. */
function nextName(name: string): string {
  const match = NUMBERED.exec(name);
  if (match === null) return longerName(name);
  const [, second = '', number = '0'] = match;
  if (number !== '999') return `${second}_${String(Number(number) + 1).padStart(3, '0')}`;
  const time = Date.parse(second.replace(/^(.{4})(..)(..T..)(..)/, '$1-$2-$3:$4:'));
  const next = Number.isNaN(time) ? null : formatSecond(time / 1000 + 1);
  return next !== null && NUMBERED.test(next) ? next : longerName(name);
}

/** A name after one that is no time: a longer one, and where that would be too long, a short one with a greater letter. */
function longerName(name: string): string {
  const longer = `${name}_001`;
  if (Buffer.byteLength(`${longer}.json`) <= 255) return longer;
  const at = [...name].findIndex((letter) => letter < '~');
  if (at !== -1) return `${[...name].slice(0, at).join('')}~`;
  throw new SnapbackError('target-exists', 'No name sorts after every other snapshot.', { newest: name });
}

/** Moves a file to a name that nobody has, in one step; false where somebody has it. */
async function moveToFreeName(source: string, target: string): Promise<boolean> {
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

/** A folder that is a link out of its place, or can't be looked into, holds no drafts of ours. */
function elsewhereAsNull(error: unknown): null {
  if (error instanceof SnapbackError) return null;
  throw error;
}

/**
 * Removes drafts that dead processes left behind. A draft that the journal still needs stays: it is the checkpoint of a
 * restore that has to be finished. Returns the removed files' names.
 */
export async function sweepDrafts(folder: DataFolder): Promise<readonly string[]> {
  const root = await findFolder(folder, SNAPSHOTS);
  if (root === null) return [];
  const { open: unfinished } = replayJournal(await readJournal(folder));
  const needed = new Set(unfinished.map(({ entry }) => entry.checkpointDraft));
  const removed: string[] = [];
  for (const kind of (await readdir(root)).filter(isKind)) {
    const place = await findFolder(folder, SNAPSHOTS, kind).catch(elsewhereAsNull);
    for (const name of place === null ? [] : await readdir(place)) {
      const path = join(place ?? root, name);
      const pid = DRAFT.exec(name)?.[1];
      if (pid === undefined || needed.has(name) || live.has(path)) continue;
      // A dead process may have had our own id: what is ours is in `live`.
      if (Number(pid) !== process.pid && isAlive(Number(pid))) continue;
      try {
        await unlink(path);
        removed.push(name);
      } catch (error) {
        if (!hasSystemCode(error, 'ENOENT')) throw explainWriteError(error, path);
      }
    }
  }
  return removed;
}
