import { type Comparison, compareTable, type Rewrite, STAGE_SCHEMA } from './compare.ts';
import type { DataFolder } from './data-folder.ts';
import type { AnyDatabase } from './database.ts';
import { type EventGroups, groupEvents, sameTimeline } from './event-groups.ts';
import type { Diff, SnapshotId, SnapshotRef, TableDiff, TaskOptions } from './model.ts';
import { createPace } from './pace.ts';
import type { Profile } from './profile.ts';
import { type ReadView, withReadView } from './read-view.ts';
import { readSchema, type Schema } from './schema.ts';
import { openSnapshotFile, parseSnapshotId, snapshotTime } from './snapshot-files.ts';
import { readLastEventId } from './snapshot-writer.ts';
import { foldName, quoteName } from './sql.ts';
import { type Stage, stageSnapshot } from './stage.ts';
import type { StagedTable } from './stage-loader.ts';

export type SnapshotComparison = EventGroups & {
  /** One for each table that snapshot and live schema share, the log first. */
  readonly comparisons: readonly Comparison[];
  readonly tables: readonly TableDiff[];
  readonly timeline: Diff['timeline'];
  readonly stage: Stage;
};

/**
 * Tells what a full restore of the snapshot would do, table by table, against one moment of the live database. Reads
 * only. `added` is in the snapshot and missing live; `unchanged` rows are equal by storage class and bytes.
 * @throws as `withReadView`, `openSnapshotFile` and `stageSnapshot`
 */
export async function diffSnapshot(
  folder: DataFolder,
  id: SnapshotId,
  task: TaskOptions = {},
): Promise<Diff> {
  return withStagedSnapshot(folder, id, task, async ({ view, stage, schema, snapshot }) => {
    const found = await compareSnapshot(view.db, stage, schema, folder.profile, 'differing', task);
    return {
      snapshot,
      against: {
        database: folder.databaseFile,
        lastEventId: readLastEventId(view.db, folder.profile),
        events: found.tables.find((table) => table.role === 'log')?.liveRows ?? 0,
        viewingCopy: view.copiedFiles,
      },
      tables: found.tables,
      newerEvents: found.newer,
      returningEvents: found.returning,
      schemaDrift: stage.drift,
      guessedBlobs: stage.guessedBlobs,
      timeline: found.timeline,
    };
  });
}

export type StagedView = {
  readonly view: ReadView;
  readonly stage: Stage;
  readonly schema: Schema;
  readonly snapshot: SnapshotRef;
};

/** Gives `use` a private copy of the database with the snapshot attached beside it, and removes both afterwards. */
export async function withStagedSnapshot<T>(
  folder: DataFolder,
  id: SnapshotId,
  task: TaskOptions,
  use: (staged: StagedView) => Promise<T>,
): Promise<T> {
  return withReadView(folder, task, async (view) => {
    const schema = readSchema(view.db);
    const { stage, snapshot } = await stageById(folder, id, schema, view, task);
    attachStage(view.db, stage);
    return use({ view, stage, schema, snapshot });
  });
}

/** Opens a snapshot by its id and lays it out in the given private folder. */
export async function stageById(
  folder: DataFolder,
  id: SnapshotId,
  schema: Schema,
  place: Pick<ReadView, 'folder'>,
  task: TaskOptions,
) {
  const file = await openSnapshotFile(folder, id);
  try {
    const stage = await stageSnapshot(
      file,
      schema,
      folder.profile,
      { folder: place.folder, nativeBinding: folder.nativeBinding },
      task,
    );
    const snapshot: SnapshotRef = {
      id,
      takenAt: (snapshotTime(parseSnapshotId(id).name) ?? new Date(file.mtimeMs)).toISOString(),
      sizeBytes: file.sizeBytes,
      lastEventId: stage.lastEventId,
      sha256: stage.sha256,
    };
    return { stage, snapshot };
  } finally {
    await file.handle.close();
  }
}

/** Puts the stage beside `main`. Must come before the transaction. */
export function attachStage(db: AnyDatabase, stage: Stage): void {
  db.prepare(`ATTACH ? AS ${STAGE_SCHEMA}`).run(stage.file);
}

/** Compares every table of the stage with `main`, groups the events, and tells whether both are one timeline. Writes temporary tables only. */
export async function compareSnapshot(
  db: AnyDatabase,
  stage: Stage,
  schema: Schema,
  profile: Profile,
  rewrite: Rewrite,
  task: TaskOptions,
): Promise<SnapshotComparison> {
  const pace = createPace(task);
  const comparisons: Comparison[] = [];
  for (const [index, staged] of stage.tables.entries()) {
    pace.report({
      phase: 'compare',
      done: index,
      total: stage.tables.length,
      unit: 'tables',
      // A table is compared in a few statements, each of which runs to its end.
      cancellable: false,
    });
    comparisons.push(compareTable(db, staged, index, rewrite));
    await pace.step();
  }
  const log = comparisons.find(({ staged }) => staged.role === 'log');
  const groups =
    log === undefined ? { newer: [], returning: [] } : await groupEvents(db, log, schema, profile, pace);
  return {
    ...groups,
    stage,
    comparisons,
    tables: describeTables(db, comparisons, stage, schema, profile),
    timeline: log === undefined || sameTimeline(db, log, profile) ? 'same' : 'other',
  };
}

function describeTables(
  db: AnyDatabase,
  comparisons: readonly Comparison[],
  stage: Stage,
  schema: Schema,
  profile: Profile,
): readonly TableDiff[] {
  const names = [profile.log.table, ...profile.tables];
  return names.flatMap((name): readonly TableDiff[] => {
    const role: StagedTable['role'] = name === profile.log.table ? 'log' : 'projected';
    const compared = comparisons.find(({ staged }) => foldName(staged.live.name) === foldName(name));
    if (compared !== undefined) return [describeCompared(compared)];
    const none = { role, added: 0, removed: 0, changed: 0, unchanged: 0 };
    const missing = stage.drift.find(
      ({ kind, table }) => kind === 'table-missing-live' && foldName(table) === foldName(name),
    );
    if (missing !== undefined)
      return [{ ...none, name, state: 'missing-live', snapshotRows: missing.loses, liveRows: 0 }];
    const live = schema.tables.get(foldName(name));
    if (live === undefined) return [];
    const liveRows = Number(
      db
        .prepare<[], unknown>(`SELECT count(*) FROM main.${quoteName(live.name)}`)
        .pluck()
        .get(),
    );
    return [{ ...none, name: live.name, state: 'not-in-snapshot', snapshotRows: 0, liveRows }];
  });
}

function describeCompared({ staged, liveRows, added, removed, changed }: Comparison): TableDiff {
  return {
    name: staged.live.name,
    role: staged.role,
    state: staged.emptyOrAbsent && liveRows > 0 ? 'empty-then' : 'compared',
    snapshotRows: staged.rows,
    liveRows,
    added,
    removed,
    changed,
    unchanged: staged.rows - added - changed,
  };
}
