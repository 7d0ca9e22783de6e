import type { DataFolder } from '../host/data-folder.ts';
import { markOfDatabase } from '../host/database-mark.ts';
import type { HostDatabase } from '../host/host-database.ts';
import { readHostDatabase } from '../host/host-database.ts';
import { atOneMoment, withReadView } from '../host/private-copy.ts';
import type { TaskOptions } from '../model/task.ts';
import type { SnapshotFile } from '../snapshots/files.ts';
import { withSnapshotFile } from '../snapshots/open-file.ts';
import { lookAgain } from '../stage/look-again.ts';
import { findOwnKey } from '../stage/own-key.ts';
import type { Tables } from '../stage/own-tables.ts';
import type { Stage, StagePlace } from '../stage/stage.ts';
import { notedHash } from '../stage/stage-cache.ts';
import type { StagedTable } from '../stage/staged-table.ts';
import { stageById } from '../stage/staged-view.ts';
import { createYielder } from '../system/yielder.ts';
import { beginSmallTask } from '../system/young-generation.ts';
import { withLostTables } from './lost-tables.ts';
import type { KnownSource, RowIndex } from './row-index.ts';
import { type SearchedTable, tablesOfDatabase, tablesOfStage } from './searched-rows.ts';

const LIVE = 'live ';
/** What such a source holds was read with the database's help, and may be read in another way once that changes. */
const UNSURE = 'unsure ';

/** What the rows of snapshots are laid out with. */
export type SourcePlace = Pick<StagePlace, 'folder'> & { readonly live: Tables };

/** Forgets what was added for this one moment only. */
export function forgetUnsure(index: RowIndex): void {
  for (const name of index.names()) if (name.startsWith(UNSURE)) index.forget(name);
}

/**
 * Adds a snapshot to the index, unless its bytes are known. `unsure` names are those of this search only.
 * @throws as `stageById`; then nothing was added
 */
export async function addSnapshot(
  index: RowIndex,
  { folder, place, snapshot }: { folder: DataFolder; place: SourcePlace; snapshot: SnapshotFile },
  task: TaskOptions,
): Promise<KnownSource> {
  const noted = await readNotedHash(folder, snapshot);
  const known = noted === null ? null : index.find(noted);
  if (known !== null) return known;
  return lookAgain(async (withStages) => {
    const { stage } = await stageById(folder, snapshot.id, { ...place, proof: 'facts' }, task);
    return withStages([stage], () => addStage(index, { folder, place, snapshot, stage }, task));
  });
}

type StagedSource = {
  readonly folder: DataFolder;
  readonly place: SourcePlace;
  readonly snapshot: SnapshotFile;
  readonly stage: Stage;
};

async function addStage(
  index: RowIndex,
  { folder, place, snapshot, stage }: StagedSource,
  task: TaskOptions,
): Promise<KnownSource> {
  const isSure = stage.tables.every(({ readByEvidence }) => !readByEvidence);
  const name = isSure ? stage.sha256 : `${UNSURE}${stage.sha256}`;
  const found = index.find(name);
  if (found !== null) return found;
  const { live } = place;
  const keyOf = (staged: StagedTable) =>
    live.from === 'database' || staged.live.key.length > 0
      ? staged.live.key
      : findOwnKey([{ db: stage.db, staged }]);
  const tables = tablesOfStage({ stage, profile: folder.profile, keyOf });
  return await withLostTables({ folder, id: snapshot.id, place, stage }, task, (lost, notes) =>
    addTables(index, { name, tables: [...lost, ...tables], notes }, task),
  );
}

async function readNotedHash(folder: DataFolder, { id }: SnapshotFile): Promise<string | null> {
  return withSnapshotFile(folder, id, async (file) => {
    return await notedHash(folder.cacheDir, file);
  });
}

/**
 * Adds the database as it is now, from a private copy, so that nobody waits for it. Nothing is read where its files did
 * not change since the last time. @throws as `withReadView`
 */
export async function addDatabase(
  index: RowIndex,
  folder: DataFolder,
  task: TaskOptions,
): Promise<KnownSource> {
  const name = LIVE + (await markOfDatabase(folder));
  const known = index.find(name);
  if (known !== null) return known;
  const added = await withReadView(folder, { signal: task.signal }, async ({ db }) => {
    const { schema }: HostDatabase = readHostDatabase(db, folder.profile);
    const tables = tablesOfDatabase(db, schema, folder.profile);
    return atOneMoment(db, task, () => addTables(index, { name, tables, notes: [] }, task));
  });
  for (const one of index.names()) if (one.startsWith(LIVE) && one !== name) index.forget(one);
  return added;
}

const ROWS_PER_BATCH = 1000;

type Added = {
  readonly name: string;
  readonly tables: readonly SearchedTable[];
  readonly notes: readonly string[];
};

async function addTables(
  index: RowIndex,
  { name, tables, notes }: Added,
  task: TaskOptions,
): Promise<KnownSource> {
  const yielder = createYielder(task);
  const source = index.begin(name);
  const small = beginSmallTask();
  let rows = 0;
  try {
    for (const table of tables)
      for (const row of table.rows()) {
        source.add(row);
        rows += 1;
        if (rows % ROWS_PER_BATCH === 0) small.step();
        await yielder.step();
      }
    source.finish(notes);
  } catch (error) {
    source.abandon();
    throw error;
  } finally {
    small.end();
  }
  const known = index.find(name);
  if (known === null) throw new TypeError('What was added is not there.');
  return known;
}
