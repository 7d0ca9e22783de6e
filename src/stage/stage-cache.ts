import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { CacheState, ClearedCache } from '../model/cache.ts';
import { isSystemError, SnapbackError } from '../model/errors.ts';
import type { TaskOptions } from '../model/task.ts';
import type { SnapshotBytes } from '../snapshot-file/bytes.ts';
import { hashFile } from '../snapshot-file/seal.ts';
import { tidy } from '../system/durable.ts';
import {
  type BigIntStats,
  lstat,
  mkdir,
  open,
  readdir,
  rename,
  unlink,
  utimes,
  writeFile,
} from '../system/files.ts';
import { freeSpace } from '../system/free-space.ts';
import { openPlainFile, readSmallFile } from '../system/plain-file.ts';
import { isAlive } from '../system/process-mark.ts';
import type { StageTarget } from './fill-stage.ts';
import { type KeptFile, readRecord, type StageRecord, writeRecord } from './stage-record.ts';
import type { StagedFacts } from './staged-table.ts';

/*
 * Stages by content, so that a snapshot is read once. They hold chats, so only their owner may read them, and they lie
 * outside the data folder. Nothing is lost with them: what is missing, damaged or does not fit is made again, and a folder
 * that cannot be used is done without. Several Snapbacks share the folder without locks: a file gets its name when it is
 * complete and is never changed afterwards, and a record, which is replaced in one step, says which file counts.
 */

/** To be raised when the same file would be laid out or judged in another way than before. */
const FORMAT = 1;
/** More bytes are never kept, */
export const MOST_CACHE_BYTES = 2_000_000_000;
/** nor more than this part of what the disk would have free without them. */
const MOST_OF_FREE = 1 / 4;
/** A file that changes so soon after it was looked at may have the same times as before. */
const SETTLED_MS = 2000;
/** What nobody refers to may be about to get its record. */
const ORPHAN_MS = 10 * 60_000;
const OLD_MARK_MS = 30 * 24 * 3600_000;
/** What a stage's name has behind the name of its record. */
const STAGE = /-[0-9a-f]{8}\.db$/;
const DRAFT = /^\.(\d{1,10})-[0-9a-f]{16}(?:-journal)?$/;

/** How the bytes of a snapshot and of its stage are recognized: by hashing them, or by what the file system says of them. */
export type Proof = 'bytes' | 'facts';

/** The folder of the stages below a cache folder. */
export function stagesFolder(cacheDir: string): string {
  return join(cacheDir, 'stages');
}

/** Where a new stage may be written: a private name in the folder, mode 0600. Null where there is no room or no permission. */
export async function createStageDraft(cacheDir: string, snapshotBytes: number): Promise<string | null> {
  const folder = stagesFolder(cacheDir);
  const path = join(folder, `.${process.pid}-${randomBytes(8).toString('hex')}`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // A stage is seldom larger than its snapshot.
    if (snapshotBytes > (await describeCache(cacheDir)).mostBytes) return null;
    await (await open(path, 'wx', 0o600)).close();
    return path;
  } catch (error) {
    if (error instanceof SnapbackError) return null;
    throw error;
  }
}

/** What a kept stage is found by. */
export type Sought = StageTarget & { readonly cacheDir: string; readonly file: SnapshotBytes };

/** A stage's file; its record is null where it could not be kept under that name. */
export type Kept = { readonly path: string; readonly record: StageRecord | null };

/**
 * The stage that was kept for these bytes; null where there is none. With the proof `bytes`, those of the snapshot and of
 * the stage are hashed now. @throws `snapshot-unreadable`, `cancelled`
 */
export async function findStage(sought: Sought, proof: Proof, task: TaskOptions): Promise<Kept | null> {
  const { cacheDir, file } = sought;
  const folder = stagesFolder(cacheDir);
  // Otherwise a snapshot would be hashed only to learn that it was never read.
  const mayBeThere = (await listNames(folder)).some((name) => name.startsWith(`${file.sizeBytes}-`));
  if (!mayBeThere) return null;
  const mark = await markOf(file);
  const marked = proof === 'facts' ? await readMark(folder, mark) : null;
  const sha256 = marked ?? (await hashFile(file, null, task)).sha256;
  const base = join(folder, baseName(sought, sha256));
  const text = await readSmallFile(`${base}.json`);
  const record = text === null ? null : readRecord(text, sought.live.schema);
  if (record === null) return null;
  const path = join(folder, record.file.name);
  if (!path.startsWith(`${base}-`) || !(await isAsKept(path, record.file, proof, task))) return null;
  await tidy(async () => {
    const now = new Date();
    await utimes(`${base}.json`, now, now);
    if (marked === null) await writeMark(folder, { file, mark, sha256 });
  });
  return { path, record };
}

/**
 * Gives a finished stage its name and its record, and makes room for it. `mark` was made before the snapshot was read.
 * Where the system does not let us, the stage stays without a record. @throws `cancelled`
 */
export async function keepStage(
  draft: string,
  sought: Sought & { readonly mark: string | null },
  facts: StagedFacts,
  task: TaskOptions,
): Promise<Kept> {
  const { cacheDir, file, mark } = sought;
  const folder = stagesFolder(cacheDir);
  const base = baseName(sought, facts.sha256);
  const name = `${base}-${randomBytes(4).toString('hex')}.db`;
  let path = draft;
  try {
    const sha256 = await hashPath(draft, task);
    await rename(draft, join(folder, name));
    path = join(folder, name);
    const kept = { name, sha256, ...factsOf(await lstat(path, { bigint: true })) };
    const record = { file: kept, facts, contents: { totals: new Map(), log: null } };
    await replaceRecord(join(folder, `${base}.json`), record);
    await tidy(() => writeMark(folder, { file, mark, sha256: facts.sha256 }));
    await tidy(() => makeRoom(cacheDir, name));
    return { path, record };
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return { path, record: null };
  }
}

/** Writes what was learnt of a kept stage into its record, as far as the system lets us. */
export async function updateRecord(path: string, record: StageRecord): Promise<void> {
  await tidy(() => replaceRecord(path.replace(/-[0-9a-f]{8}\.db$/, '.json'), record));
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

type Stored = Entry & { readonly record: string };

type Entry = { readonly name: string; readonly bytes: number; readonly usedAt: number };

async function listNames(folder: string): Promise<readonly string[]> {
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
async function makeRoom(cacheDir: string, newest: string): Promise<void> {
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
    } else if (name.endsWith('.mark') ? age > OLD_MARK_MS : name.startsWith('.') && !isLiveDraft(name))
      await remove(name);
  }
  let total = stages.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { name, record, bytes } of stages.toSorted((a, b) => a.usedAt - b.usedAt)) {
    if (total <= mostBytes) break;
    if (name === newest) continue;
    await remove(record);
    await remove(name);
    total -= bytes;
  }
}

/** The name covers all that a stage depends on. It begins with the size, so that it is quickly known whether to look for it. */
function baseName({ file, live }: Sought, sha256: string): string {
  const { schema, profile, db } = live;
  const sqlite = db.prepare('SELECT sqlite_version()').pluck().get();
  const { form = 'json', sizeBytes } = file;
  const { hash, userVersion } = schema;
  const depends = [FORMAT, form, sha256, hash, userVersion, profile.log, profile.tables, sqlite];
  return `${sizeBytes}-${shortHash(depends)}`;
}

function shortHash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32);
}

async function isAsKept(path: string, kept: KeptFile, proof: Proof, task: TaskOptions): Promise<boolean> {
  try {
    const found = factsOf(await lstat(path, { bigint: true }));
    if (found.sizeBytes !== kept.sizeBytes) return false;
    if (proof === 'facts') return found.mtime === kept.mtime && found.ctime === kept.ctime;
    return (await hashPath(path, task)) === kept.sha256;
  } catch (error) {
    if (isSystemError(error)) return false;
    throw error;
  }
}

function factsOf({ size, mtimeNs, ctimeNs }: BigIntStats) {
  return { sizeBytes: Number(size), mtime: String(mtimeNs), ctime: String(ctimeNs) };
}

async function hashPath(path: string, task: TaskOptions): Promise<string> {
  const { handle, facts, problem } = await openPlainFile(path);
  if (handle === null) throw new SnapbackError('io-failed', problem, { path });
  try {
    // The person waits for the snapshot: this part of it is not worth a second progress bar.
    const { sha256 } = await hashFile({ handle, path, sizeBytes: Number(facts.size) }, null, {
      signal: task.signal,
    });
    return sha256;
  } finally {
    await handle.close();
  }
}

async function replaceRecord(path: string, record: StageRecord): Promise<void> {
  const draft = join(path, '..', `.${process.pid}-${randomBytes(8).toString('hex')}`);
  try {
    await writeFile(draft, writeRecord(record), { flag: 'wx', mode: 0o600 });
    await rename(draft, path);
  } catch (error) {
    await tidy(() => unlink(draft));
    throw error;
  }
}

/**
 * The name under which the hash of a snapshot's bytes is noted, for as long as the file system says that it is the same
 * file. Null where it changed so recently that another change might not show.
 */
export async function markOf({ handle, form = 'json' }: SnapshotBytes): Promise<string | null> {
  const { dev, ino, size, mtimeNs, ctimeNs } = await handle.stat({ bigint: true });
  const changed = Number((mtimeNs > ctimeNs ? mtimeNs : ctimeNs) / 1_000_000n);
  if (Date.now() - changed < SETTLED_MS) return null;
  return `${shortHash([form, ...[dev, ino, size, mtimeNs, ctimeNs].map(String)])}.mark`;
}

async function readMark(folder: string, mark: string | null): Promise<string | null> {
  const text = mark === null ? null : await readSmallFile(join(folder, mark));
  return text !== null && /^[0-9a-f]{64}$/.test(text) ? text : null;
}

type Mark = { readonly file: SnapshotBytes; readonly mark: string | null; readonly sha256: string };

/** Notes the hash of bytes that were read after `mark` was made, unless the file has changed since. */
async function writeMark(folder: string, { file, mark, sha256 }: Mark): Promise<void> {
  if (mark === null || (await markOf(file)) !== mark) return;
  await writeFile(join(folder, mark), sha256, { mode: 0o600 });
}
