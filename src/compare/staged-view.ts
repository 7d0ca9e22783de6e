import type { DataFolder } from '../host/data-folder.ts';
import { type ReadView, withReadView } from '../host/private-copy.ts';
import type { SnapshotRef } from '../model/diff.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import { openSnapshotFile } from '../snapshots/files.ts';
import { parseSnapshotId, snapshotTime } from '../snapshots/names.ts';
import type { AnyDatabase } from '../sqlite/database.ts';
import { readSchema, type Schema } from '../sqlite/schema.ts';
import { type Stage, type StagePlace, stageSnapshot } from './stage.ts';
import { STAGE_SCHEMA } from './stage-table.ts';

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
    const { stage, snapshot } = await stageById(
      folder,
      id,
      schema,
      { folder: view.folder, live: view.db },
      task,
    );
    attachStage(view.db, stage);
    return use({ view, stage, schema, snapshot });
  });
}

/** Opens a snapshot by its id and lays it out in the given private folder. */
export async function stageById(
  folder: DataFolder,
  id: SnapshotId,
  schema: Schema,
  place: Pick<StagePlace, 'folder' | 'live'>,
  task: TaskOptions,
) {
  const file = await openSnapshotFile(folder, id);
  try {
    const stage = await stageSnapshot(
      file,
      schema,
      folder.profile,
      { ...place, nativeBinding: folder.nativeBinding },
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
