import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { CacheState, ClearedCache } from '../model/cache.ts';
import { isSystemError, SnapbackError } from '../model/errors.ts';
import { tidy } from '../system/durable.ts';
import { chmod, lstat, mkdir, open, readdir, unlink } from '../system/files.ts';
import { freeSpace } from '../system/free-space.ts';
import { isAlive } from '../system/process-mark.ts';

/*
 * The folder in which stages are kept. They hold chats, so only their owner may read them. Several Snapbacks share it
 * without locks: a file gets its name when it is complete and is never changed afterwards, and a stage's record, which is
 * replaced in one step, says which file counts.
 */

/** The cache never holds more bytes than this, */
const MOST_CACHE_BYTES = 2_000_000_000;
/** nor more than this part of what the disk would have free without them. */
const MOST_OF_FREE = 1 / 4;
/** A stage that no record refers to may be about to get one, unless it is older than this. */
const ORPHAN_MS = 10 * 60_000;
const OLD_MARK_MS = 30 * 24 * 3600_000;
/** How the name of a stage continues after the name of its record. */
export const STAGE = /-[0-9a-f]{8}\.db$/;
/** The ending of the name of a search index, which is kept within the same bound. */
export const SEARCH_INDEX = '.index';
const DRAFT = /^\.(\d{1,10})-[0-9a-f]{16}(?:-journal)?$/;

/** The folder of the stages below a cache folder. */
export function stagesFolder(cacheDir: string): string {
  return join(cacheDir, 'stages');
}

/**
 * Whether the folder of the stages is ours alone. Somebody else who could write into it could make a stage and its record
 * match. A folder of ours that others may enter is closed to them. False where there is none.
 */
export async function isOurs(folder: string): Promise<boolean> {
  try {
    const facts = await lstat(folder);
    if (!facts.isDirectory()) return false;
    // Windows knows neither owner nor mode: there the user's own profile keeps others out.
    if (process.getuid === undefined) return true;
    if (facts.uid !== process.getuid()) return false;
    if ((facts.mode & 0o077) !== 0) await chmod(folder, 0o700);
    return true;
  } catch (error) {
    if (isSystemError(error)) return false;
    throw error;
  }
}

/** Where a new stage may be written: a private name in the folder, mode 0600. Null where there is no room or no permission. */
export async function createStageDraft(cacheDir: string, snapshotBytes: number): Promise<string | null> {
  const folder = stagesFolder(cacheDir);
  const path = join(folder, `.${process.pid}-${randomBytes(8).toString('hex')}`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if (!(await isOurs(folder))) return null;
    // A stage is seldom larger than its snapshot.
    if (snapshotBytes > (await describeCache(cacheDir)).mostBytes) return null;
    await (await open(path, 'wx', 0o600)).close();
    return path;
  } catch (error) {
    if (error instanceof SnapbackError) return null;
    throw error;
  }
}

/** Whether a failure may be about the cache's disk, which may be full or failing where that of the temporary folder is not. */
export function mayBeOfTheCache(error: unknown): boolean {
  return (
    error instanceof SnapbackError && ['disk-full', 'io-failed', 'folder-read-only'].includes(error.code)
  );
}

/** What is kept, in bytes and files. A folder that does not exist holds nothing. @throws as `files.ts` */
export async function describeCache(cacheDir: string): Promise<CacheState> {
  const folder = stagesFolder(cacheDir);
  const entries = await listEntries(folder);
  const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  const { freeBytes } = await freeSpace(folder);
  return {
    folder,
    stages: entries.filter(({ name }) => name.endsWith('.db')).length,
    bytes,
    mostBytes: Math.min(MOST_CACHE_BYTES, Math.floor((freeBytes + bytes) * MOST_OF_FREE)),
  };
}

/** Removes all stages. One that is being read stays readable until it is closed, and one that cannot be removed stays. */
export async function clearCache(cacheDir: string): Promise<ClearedCache> {
  const folder = stagesFolder(cacheDir);
  let freedBytes = 0;
  for (const { name, bytes } of await listEntries(folder)) {
    // Another process is about to finish it.
    if (isLiveDraft(name)) continue;
    await tidy(async () => {
      await unlink(join(folder, name));
      freedBytes += bytes;
    });
  }
  return { freedBytes };
}

type Stored = Entry & { readonly record: string | null };

type Entry = { readonly name: string; readonly bytes: number; readonly usedAt: number };

/** The names in the folder; none where it cannot be read. */
export async function listNames(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isSystemError(error)) return [];
    throw error;
  }
}

async function listEntries(folder: string): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for (const name of await listNames(folder))
    await tidy(async () => {
      const facts = await lstat(join(folder, name));
      if (facts.isFile()) entries.push({ name, bytes: facts.size, usedAt: facts.mtimeMs });
    });
  return entries;
}

function isLiveDraft(name: string): boolean {
  const pid = Number(DRAFT.exec(name)?.[1] ?? 0);
  return pid > 0 && isAlive(pid);
}

/**
 * Removes what nobody needs any more, and then the stages that were not used for longest, until the rest is within the
 * bound. The newest stays, because its snapshot was smaller than that.
 */
export async function makeRoom(cacheDir: string, newest: string): Promise<void> {
  const folder = stagesFolder(cacheDir);
  const { mostBytes } = await describeCache(cacheDir);
  const entries = await listEntries(folder);
  const remove = (name: string) => tidy(() => unlink(join(folder, name)));
  const records = new Map(entries.map(({ name, usedAt }) => [name, usedAt]));
  const stages: Stored[] = [];
  for (const entry of entries) {
    const { name, usedAt } = entry;
    const age = Date.now() - usedAt;
    const record = STAGE.test(name) ? name.replace(STAGE, '.json') : null;
    if (record !== null) {
      const used = records.get(record);
      // It has lost its record, or gave way to another one of the same content.
      const isOld = age > ORPHAN_MS && (used === undefined || record === newest.replace(STAGE, '.json'));
      if (isOld && name !== newest) await remove(name);
      else stages.push({ ...entry, record, usedAt: used ?? usedAt });
    } else if (name.endsWith(SEARCH_INDEX)) stages.push({ ...entry, record });
    else if (name.endsWith('.mark') ? age > OLD_MARK_MS : name.startsWith('.') && !isLiveDraft(name))
      await remove(name);
  }
  let total = stages.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { name, record, bytes } of stages.toSorted((a, b) => a.usedAt - b.usedAt)) {
    if (total <= mostBytes) break;
    if (name === newest) continue;
    if (record !== null) await remove(record);
    await remove(name);
    total -= bytes;
  }
}
