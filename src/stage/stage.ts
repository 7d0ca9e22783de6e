import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Diff } from '../model/diff.ts';
import { SnapbackError } from '../model/errors.ts';
import type { TaskOptions } from '../model/task.ts';
import type { SnapshotBytes } from '../snapshot-file/bytes.ts';
import type { ReadingOptions } from '../snapshot-file/reader.ts';
import {
  explainPrivateWrite,
  type OpenOptions,
  openReadDatabase,
  type ReadDatabase,
} from '../sqlite/database.ts';
import { sqliteCode } from '../sqlite/result-codes.ts';
import type { RowTotal } from '../sqlite/row-hash.ts';
import type { Schema } from '../sqlite/schema.ts';
import { tidy } from '../system/durable.ts';
import { rm } from '../system/files.ts';
import type { PrivateFolder } from '../system/private-folder.ts';
import { createStageDraft, mayBeOfTheCache } from './cache-folder.ts';
import { type Filled, type FillPlan, fillStage, type StageTarget } from './fill-stage.ts';
import {
  findStage,
  forgetIfSpoilt,
  type Kept,
  keepStage,
  markOf,
  type Proof,
  updateRecord,
} from './stage-cache.ts';
import { type StagedContents, type StagedFacts, withSecondTables } from './staged-table.ts';

/** The rows of one snapshot in a private SQLite file, laid out for the live schema. Its opener closes it. */
export type Stage = StagedFacts & {
  readonly file: string;
  /** A connection to it of its own. As long as it is open, the file can be read even if another process removes its name. */
  readonly db: ReadDatabase;
  readonly guessedBlobs: Diff['guessedBlobs'];
  /** The schema it was laid out for. Another schema needs another stage. */
  readonly schemaHash: string;
  readonly encoding: Schema['encoding'];
  /** A private place, for a copy of the file where its name is gone. */
  readonly folder: PrivateFolder;
  /** What has to be hashed before anything is written that relies on the stage; nothing unless it was found by the proof `facts`. */
  readonly unproven: Kept['unproven'];
  /** Ask `contentHash`. */
  readonly contents: StagedContents;
  /** The totals that are being computed beside what is done with the stage, by the name of the staged table; null if that failed. */
  readonly begunTotals: Map<string, Promise<RowTotal | null>>;
  /**
   * Whether an error came of its bytes, because they are not those that were kept. Then it is forgotten, so that the next one
   * is made anew. It may be asked after `close`, and never rejects.
   */
  readonly isSpoiltBy: (error: unknown) => Promise<boolean>;
  /** Keeps what was made of it meanwhile, or removes it if it is not kept. */
  readonly close: () => Promise<void>;
};

/** Where a stage is made or found, and for which database. */
export type StagePlace = StageTarget & {
  readonly folder: PrivateFolder;
  /** Where stages are kept; null or absent: nowhere. */
  readonly cacheDir?: string | null;
  /** How a kept stage has to be proven: `bytes` unless nothing is written. */
  readonly proof?: Proof;
};

/**
 * The stage of a snapshot: one that was kept for the same bytes, or a new one, which is kept if it depends on nothing but
 * these bytes and the schema. Where stages cannot be kept, everything works the same, only slower.
 * @throws as `fillStage`, and `snapshot-unreadable`
 */
export async function stageSnapshot(
  file: SnapshotBytes,
  place: StagePlace,
  task: TaskOptions,
  reading: ReadingOptions = {},
): Promise<Stage> {
  const { cacheDir = null, live, nativeBinding, proof = 'bytes' } = place;
  const plan = { file, live, nativeBinding, reading };
  if (cacheDir === null) return stagePrivately(plan, place, task);
  const sought = { cacheDir, ...plan };
  const found = await findStage(sought, proof, task);
  const opened =
    found === null ? null : openUnlessGone(found, { facts: found.record.facts, guessedBlobs: [] }, place);
  if (opened !== null) return opened;
  const mark = await markOf(file);
  const draft = await createStageDraft(cacheDir, file.sizeBytes);
  if (draft === null) return stagePrivately(plan, place, task);
  try {
    const filled = await fillStage({ ...plan, path: draft }, task);
    const isKept = filled.facts.tables.every(({ readByEvidence }) => !readByEvidence);
    const kept = isKept
      ? await keepStage(draft, { ...sought, mark }, filled.facts, task)
      : { path: draft, record: null, unproven: [] };
    const made = openUnlessGone(kept, filled, place);
    if (made !== null) return made;
  } catch (error) {
    if (!mayBeOfTheCache(error)) {
      await tidy(() => rm(draft, { force: true }));
      throw error;
    }
  }
  await tidy(() => rm(draft, { force: true }));
  return stagePrivately(plan, place, task);
}

async function stagePrivately(
  plan: Omit<FillPlan, 'path'>,
  place: StagePlace,
  task: TaskOptions,
): Promise<Stage> {
  const path = join(place.folder.path, `stage-${randomBytes(4).toString('hex')}.db`);
  return openStage({ path, record: null, unproven: [] }, await fillStage({ ...plan, path }, task), place);
}

/** Null where the file cannot be opened after all: another process may have removed it to make room. */
function openUnlessGone(kept: Kept, filled: Filled, place: StagePlace): Stage | null {
  try {
    return openStage(kept, filled, place);
  } catch (error) {
    if (error instanceof SnapbackError) return null;
    throw error;
  }
}

/**
 * Opens a connection of its own to the rows of an open stage, which outlasts the stage. Where another process has removed
 * the file's name meanwhile, a copy in `folder` is opened. The caller closes it. @throws `disk-full`, `io-failed`
 */
export function openStageAgain(stage: Stage, folder: PrivateFolder, options: OpenOptions): ReadDatabase {
  try {
    return openReadDatabase(stage.file, options);
  } catch (error) {
    if (!(error instanceof SnapbackError)) throw error;
  }
  const copy = join(folder.path, `stage-${randomBytes(4).toString('hex')}.db`);
  try {
    stage.db.prepare('VACUUM INTO ?').run(copy);
    return openReadDatabase(copy, options);
  } catch (error) {
    throw explainPrivateWrite(error, copy);
  }
}

type CopyPlace = Pick<StagePlace, 'folder' | 'nativeBinding'>;

/**
 * Copies an open stage into a private file that may be added to. `contents` of the copy are to be computed anew. The caller
 * closes it. @throws `disk-full`, `io-failed`
 */
export function copyStage(stage: Stage, { folder, nativeBinding }: CopyPlace): Stage {
  const file = join(folder.path, `stage-${randomBytes(4).toString('hex')}.db`);
  try {
    stage.db.prepare('VACUUM INTO ?').run(file);
  } catch (error) {
    throw explainPrivateWrite(error, file);
  }
  const db = openReadDatabase(file, { nativeBinding });
  return {
    ...stage,
    ...{ file, db, folder, contents: { totals: new Map() }, begunTotals: new Map() },
    async close() {
      db.close();
      await tidy(() => rm(file, { force: true }));
    },
  };
}

function openStage(
  { path, record, unproven }: Kept,
  { facts, guessedBlobs }: Filled,
  place: StagePlace,
): Stage {
  const { live, nativeBinding, folder } = place;
  const { encoding, hash } = live.schema;
  const db = openReadDatabase(path, { nativeBinding });
  const contents: StagedContents = { totals: new Map(record?.contents.totals) };
  const known = contents.totals.size;
  let isForgotten = false;
  return {
    ...facts,
    tables: withSecondTables(facts.tables, live.profile),
    ...{ file: path, db, guessedBlobs, schemaHash: hash, encoding, folder, unproven, contents },
    begunTotals: new Map(),
    async isSpoiltBy(error) {
      if (record === null || !mayBeOfBytes(error)) return false;
      isForgotten ||= await forgetIfSpoilt(path, record);
      return isForgotten;
    },
    async close() {
      db.close();
      if (record === null) await tidy(() => rm(path, { force: true }));
      else if (contents.totals.size > known && !isForgotten)
        await updateRecord(path, { ...record, contents });
    },
  };
}

/** Whether damage to a file that was read may be behind an error: it, or a cause of it, is SQLite's or is none of ours. */
function mayBeOfBytes(error: unknown): boolean {
  const code = sqliteCode(error);
  if (code !== null) return !OF_THE_MOMENT.test(code);
  if (!(error instanceof SnapbackError)) return true;
  return error.cause !== undefined && mayBeOfBytes(error.cause);
}

const OF_THE_MOMENT = /^SQLITE_(?:BUSY|LOCKED|FULL|NOMEM|IOERR_NOMEM|READONLY|INTERRUPT)/;
