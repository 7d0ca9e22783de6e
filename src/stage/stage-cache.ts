import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { isSystemError } from '../model/errors.ts';
import type { TaskOptions } from '../model/task.ts';
import type { SnapshotBytes } from '../snapshot-file/bytes.ts';
import { hashFile, hashPath } from '../snapshot-file/seal.ts';
import { tidy } from '../system/durable.ts';
import { type BigIntStats, lstat, rename, rm, utimes, writeFile } from '../system/files.ts';
import { readSmallFile } from '../system/plain-file.ts';
import { bootMark } from '../system/process-mark.ts';
import { replaceFile } from '../system/replace-file.ts';
import { isOurs, listNames, makeRoom, STAGE, stagesFolder } from './cache-folder.ts';
import type { StageTarget } from './fill-stage.ts';
import { type KeptFile, readRecord, type StageRecord, writeRecord } from './stage-record.ts';
import type { StagedFacts } from './staged-table.ts';

/*
 * Stages by content, so that a snapshot is read once. Nothing is lost with them: what is missing, damaged or does not
 * fit is made again, and if the folder cannot be used, everything works without it.
 */

/** To be raised when the same file would be laid out or judged in another way than before. */
const FORMAT = 2;
/** A file that changes so soon after it was looked at may have the same times as before. */
const SETTLED_MS = 2000;

/**
 * How the bytes of a snapshot and of its stage are recognized: by hashing them, or by what the file system says of them,
 * which is trusted until the system's next start.
 */
export type Proof = 'bytes' | 'facts';

/** What a kept stage is found by. */
export type Sought = StageTarget & { readonly cacheDir: string; readonly file: SnapshotBytes };

/** A file, and what its bytes have to hash to. */
type Unproven = { readonly path: string; readonly sha256: string };

/** A stage's file; its record is null where it could not be kept under that name. */
export type Kept = {
  readonly path: string;
  readonly record: StageRecord | null;
  /** The files, this one or the snapshot's, that were recognized by what the file system says of them. */
  readonly unproven: readonly Unproven[];
};

/**
 * The stage that was kept for these bytes; null where there is none. With the proof `bytes`, those of the snapshot and of
 * the stage are hashed now. @throws `snapshot-unreadable`, `cancelled`
 */
export async function findStage(
  sought: Sought,
  proof: Proof,
  task: TaskOptions,
): Promise<(Kept & { readonly record: StageRecord }) | null> {
  const { cacheDir, file } = sought;
  const folder = stagesFolder(cacheDir);
  // Otherwise a snapshot would be hashed only to learn that it was never read.
  const mayBeThere = (await listNames(folder)).some((name) => name.startsWith(`${file.sizeBytes}-`));
  if (!mayBeThere || !(await isOurs(folder))) return null;
  const mark = await markOf(file);
  const marked = proof === 'facts' ? await readMark(folder, mark) : null;
  const sha256 = marked ?? (await hashFile(file, task)).sha256;
  const base = join(folder, baseName(sought, sha256));
  const text = await readSmallFile(`${base}.json`);
  const record = text === null ? null : readRecord(text, sought.live.schema);
  if (record === null) return null;
  const path = join(folder, record.file.name);
  const seen = path.startsWith(`${base}-`) ? await recognize(path, record.file, proof, task) : null;
  if (seen === null) return null;
  const boot = bootMark();
  await tidy(async () => {
    const now = new Date();
    if (record.file.boot === boot) await utimes(`${base}.json`, now, now);
    else await replaceRecord(`${base}.json`, { ...record, file: { ...record.file, boot } });
    if (marked === null) await writeMark(folder, { file, mark, sha256 });
  });
  const unproven = [
    ...(marked === null ? [] : [{ path: file.path, sha256 }]),
    ...(seen === 'bytes' ? [] : [{ path, sha256: record.file.sha256 }]),
  ];
  return { path, record, unproven };
}

/**
 * Gives a finished stage its name and its record, and makes room for it. `mark` was made before the snapshot was read.
 * Where the system refuses, the stage stays without a record. @throws `cancelled`
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
    const { sha256 } = await hashPath(draft, task);
    await rename(draft, join(folder, name));
    path = join(folder, name);
    const kept = { name, sha256, boot: bootMark(), ...factsOf(await lstat(path, { bigint: true })) };
    const record = { file: kept, facts, contents: { totals: new Map() } };
    await replaceRecord(join(folder, `${base}.json`), record);
    await tidy(() => writeMark(folder, { file, mark, sha256: facts.sha256 }));
    await tidy(() => makeRoom(cacheDir, name));
    return { path, record, unproven: [] };
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return { path, record: null, unproven: [] };
  }
}

/**
 * Forgets a kept stage, and removes it, unless its bytes are those that were kept. Returns whether it did. Never rejects:
 * where the system refuses, it is forgotten as far as that goes.
 */
export async function forgetIfSpoilt(path: string, { file }: StageRecord): Promise<boolean> {
  try {
    if ((await hashPath(path, {})).sha256 === file.sha256) return false;
  } catch (error) {
    // What cannot be read is of no more use than what is damaged.
    if (!isSystemError(error)) return false;
  }
  const recordPath = path.replace(STAGE, '.json');
  const text = await readSmallFile(recordPath);
  // Another process may have made it anew.
  if (text?.includes(file.name) === true) await tidy(() => rm(recordPath, { force: true }));
  await tidy(() => rm(path, { force: true }));
  return true;
}

/** Writes what was learnt of a kept stage into its record, as far as the system lets us. */
export async function updateRecord(path: string, record: StageRecord): Promise<void> {
  await tidy(() => replaceRecord(path.replace(STAGE, '.json'), record));
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

/** By what a stage's file was recognized as the one that was kept; null where it is another. */
async function recognize(
  path: string,
  kept: KeptFile,
  proof: Proof,
  task: TaskOptions,
): Promise<Proof | null> {
  try {
    const found = factsOf(await lstat(path, { bigint: true }));
    if (found.sizeBytes !== kept.sizeBytes) return null;
    const boot = bootMark();
    if (proof === 'facts' && boot !== null && boot === kept.boot)
      return found.mtime === kept.mtime && found.ctime === kept.ctime ? 'facts' : null;
    return (await hashPath(path, task)).sha256 === kept.sha256 ? 'bytes' : null;
  } catch (error) {
    if (isSystemError(error)) return null;
    throw error;
  }
}

function factsOf({ size, mtimeNs, ctimeNs }: BigIntStats) {
  return { sizeBytes: Number(size), mtime: String(mtimeNs), ctime: String(ctimeNs) };
}

async function replaceRecord(path: string, record: StageRecord): Promise<void> {
  const draft = join(path, '..', `.${process.pid}-${randomBytes(8).toString('hex')}`);
  await replaceFile(path, draft, writeRecord(record));
}

/**
 * The name under which the hash of a snapshot's bytes is noted, for as long as the file system says that it is the same
 * file. Null where it changed so recently that another change might not show.
 */
export async function markOf({ handle, form = 'json' }: SnapshotBytes): Promise<string | null> {
  const { dev, ino, size, mtimeNs, ctimeNs } = await handle.stat({ bigint: true });
  const changed = Number((mtimeNs > ctimeNs ? mtimeNs : ctimeNs) / 1_000_000n);
  if (Date.now() - changed < SETTLED_MS) return null;
  return `${shortHash([bootMark(), form, ...[dev, ino, size, mtimeNs, ctimeNs].map(String)])}.mark`;
}

/** The hash of the snapshot's bytes, where it was noted before; null where the file has to be read to know it. */
export async function notedHash(cacheDir: string | null, file: SnapshotBytes): Promise<string | null> {
  const folder = cacheDir === null ? null : stagesFolder(cacheDir);
  return folder !== null && (await isOurs(folder)) ? readMark(folder, await markOf(file)) : null;
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
