import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { DataFolder } from '../host/data-folder.ts';
import { SnapbackError } from '../model/errors.ts';
import { explainPrivateUse, openPrivateDatabase, setPageSize } from '../sqlite/database.ts';
import { sqliteCode } from '../sqlite/result-codes.ts';
import type { Schema } from '../sqlite/schema.ts';
import { rollBack } from '../sqlite/transaction.ts';
import {
  createStageDraft,
  describeCache,
  isOurs,
  makeRoom,
  mayBeOfTheCache,
  SEARCH_INDEX,
  stagesFolder,
} from '../stage/cache-folder.ts';
import { tidy } from '../system/durable.ts';
import { lstat, rename, rm, truncate, utimes } from '../system/files.ts';
import type { PrivateFolder } from '../system/private-folder.ts';
import { INDEX_FORMAT, openRowIndex, type RowIndex } from './row-index.ts';

/*
 * Where the index of a data folder is kept: beside the stages, within the same bound. Whoever uses it takes its name away
 * and gives it back when it is whole again, so it needs neither locks nor a journal. A killed process leaves none, and the
 * next search makes a new one.
 */

/** What the index of a folder depends on beside the snapshots. */
export type IndexPlace = {
  readonly folder: DataFolder;
  readonly schema: Schema;
  /** For an index that cannot be kept. */
  readonly privateFolder: PrivateFolder;
};

/** An index that takes more than this part of what may be kept is made again from what is there now. */
const MOST_OF_CACHE = 1 / 2;

const turns = new Map<string, Promise<unknown>>();

/**
 * Gives `use` the index of a folder, which may be new, and keeps what was added to it. One user at a time. `use` is called
 * again with an empty one where the index is damaged, or the disk of the cache is full or fails.
 */
export async function withRowIndex<T>(place: IndexPlace, use: (index: RowIndex) => Promise<T>): Promise<T> {
  const name = nameOf(place);
  const before = turns.get(name);
  const turn = (async () => {
    await before?.catch(() => undefined);
    return runWithIndex(place, name, use);
  })();
  turns.set(name, turn);
  try {
    return await turn;
  } finally {
    if (turns.get(name) === turn) turns.delete(name);
  }
}

async function runWithIndex<T>(
  place: IndexPlace,
  name: string,
  use: (index: RowIndex) => Promise<T>,
): Promise<T> {
  const { cacheDir } = place.folder;
  if (cacheDir !== null) {
    const kept = join(stagesFolder(cacheDir), name);
    const draft = await takeIndex(cacheDir, kept);
    try {
      if (draft !== null) return await runWithKept({ draft, kept }, place, use);
    } catch (error) {
      if (!mayBeOfTheCache(error)) throw error;
    } finally {
      await tidy(() => makeRoom(cacheDir, name));
    }
  }
  const path = join(place.privateFolder.path, `search-${randomBytes(4).toString('hex')}.db`);
  try {
    return await runUnlessDamaged(path, place, use);
  } catch (error) {
    throw explainPrivateUse(error, path);
  } finally {
    await tidy(() => rm(path, { force: true }));
  }
}

type Taken = { readonly draft: string; readonly kept: string };

async function runWithKept<T>(
  { draft, kept }: Taken,
  place: IndexPlace,
  use: (index: RowIndex) => Promise<T>,
): Promise<T> {
  let isWhole = false;
  try {
    const result = await runUnlessDamaged(draft, place, use);
    isWhole = true;
    return result;
  } catch (error) {
    // What is not the index's own failure, such as a cancel, does it no harm.
    isWhole = sqliteCode(error) === null;
    throw explainPrivateUse(error, draft);
  } finally {
    await tidy(() => (isWhole ? giveBack(draft, kept) : rm(draft, { force: true })));
  }
}

/** An index that is damaged is emptied, and `use` called again. */
async function runUnlessDamaged<T>(
  path: string,
  { folder }: IndexPlace,
  use: (index: RowIndex) => Promise<T>,
): Promise<T> {
  try {
    return await runWithFile(path, folder, use);
  } catch (error) {
    if (!/^SQLITE_(?:CORRUPT|NOTADB)/.test(sqliteCode(causeOf(error)) ?? '')) throw error;
    await truncate(path);
    return runWithFile(path, folder, use);
  }
}

/** What opening a private database fails with is explained already. */
function causeOf(error: unknown): unknown {
  return error instanceof SnapbackError && error.code === 'not-a-database' ? error.cause : error;
}

async function runWithFile<T>(
  path: string,
  { nativeBinding }: DataFolder,
  use: (index: RowIndex) => Promise<T>,
): Promise<T> {
  const db = openPrivateDatabase(path, { nativeBinding });
  try {
    setPageSize(db, 65_536);
    db.pragma('journal_mode = MEMORY');
    return await use(openRowIndex(db));
  } finally {
    try {
      rollBack(db);
      // This one small write brings everything before it to the disk, too.
      db.pragma('synchronous = FULL');
      db.pragma(`user_version = ${INDEX_FORMAT}`);
    } finally {
      db.close();
    }
  }
}

/** The index under a name of our own; empty where there was none. Null where none can be kept. */
async function takeIndex(cacheDir: string, kept: string): Promise<string | null> {
  const draft = await createStageDraft(cacheDir, 0);
  if (draft === null || !(await isOurs(stagesFolder(cacheDir)))) return null;
  await tidy(() => rename(kept, draft));
  await tidy(async () => {
    const { mostBytes } = await describeCache(cacheDir);
    if ((await lstat(draft)).size > mostBytes * MOST_OF_CACHE) await truncate(draft);
  });
  return draft;
}

async function giveBack(draft: string, kept: string): Promise<void> {
  const now = new Date();
  await utimes(draft, now, now);
  await rename(draft, kept);
}

function nameOf({ folder: { dir, profile }, schema }: IndexPlace): string {
  const { log, tables, chat } = profile;
  const depends = JSON.stringify([INDEX_FORMAT, dir, schema.hash, log, tables, chat]);
  return `${createHash('sha256').update(depends).digest('hex').slice(0, 32)}${SEARCH_INDEX}`;
}
