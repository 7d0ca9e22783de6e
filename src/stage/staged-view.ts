import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { DataFolder } from '../host/data-folder.ts';
import { type HostDatabase, readHostDatabase } from '../host/host-database.ts';
import { type ReadView, withReadView } from '../host/private-copy.ts';
import type { SnapshotRef } from '../model/diff.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import { parseSnapshotId, snapshotTime } from '../snapshots/names.ts';
import { withSnapshotFile } from '../snapshots/open-file.ts';
import { type AnyDatabase, explainPrivateWrite, type WriteDatabase } from '../sqlite/database.ts';
import { statSync } from '../system/files.ts';
import { STAGE_SCHEMA } from './layout.ts';
import { lookAgain } from './look-again.ts';
import { copyStage, type Stage, type StagePlace, stageSnapshot } from './stage.ts';
import type { Proof } from './stage-cache.ts';

/** Both sides are mostly read once, page by page: to keep more of them costs more than it saves. */
export const SCAN_CACHE_KB = 1000;

export type StagedView = {
  readonly view: ReadView;
  /** The view's database, with the stage attached. */
  readonly database: HostDatabase<WriteDatabase>;
  readonly stage: Stage;
  readonly snapshot: SnapshotRef;
};

/** Which snapshot is staged, and how. `own`: as in `stageById`. `schemaName`: as in `attachStage`. `proof`: `facts` by default. */
type Staging = {
  readonly id: SnapshotId;
  readonly own?: boolean;
  readonly schemaName?: string;
  readonly proof?: Proof;
};

/**
 * Gives `use` a private copy of the database with the snapshot attached beside it, and removes both afterwards.
 * @throws as `withReadView` and `stageById`
 */
export async function withStagedSnapshot<T>(
  folder: DataFolder,
  { id, own = false, schemaName, proof = 'facts' }: Staging,
  task: TaskOptions,
  use: (staged: StagedView) => Promise<T>,
): Promise<T> {
  return lookAgain((withStages) =>
    withReadView(folder, task, async (view) => {
      const database = readHostDatabase(view.db, folder.profile);
      const where = { folder: view.folder, live: database, proof, own };
      const { stage, snapshot } = await stageById(folder, id, where, task);
      return withStages([stage], async () => {
        attachStage(view.db, stage, schemaName);
        return use({ view, database, stage, snapshot });
      });
    }),
  );
}

/** Where a stage is laid out. `own`: it is a copy that the caller may add to. */
type Where = Pick<StagePlace, 'folder' | 'live' | 'proof'> & { readonly own?: boolean };

/**
 * Opens a snapshot by its id and lays it out, in the given private folder where it cannot be kept. The caller closes the
 * stage. @throws as `openSnapshotFile` and `stageSnapshot`
 */
export async function stageById(
  folder: DataFolder,
  id: SnapshotId,
  { own = false, ...where }: Where,
  task: TaskOptions,
) {
  return withSnapshotFile(folder, id, async (file) => {
    const { nativeBinding, cacheDir } = folder;
    const place = { ...where, nativeBinding, cacheDir };
    const open = () => stageSnapshot(file, place, task);
    const stage = own ? await copyAgain(open, place) : await open();
    const snapshot: SnapshotRef = {
      id,
      takenAt: (snapshotTime(parseSnapshotId(id).name) ?? new Date(file.mtimeMs)).toISOString(),
      sizeBytes: file.sizeBytes,
      lastEventId: stage.lastEventId,
      sha256: stage.sha256,
    };
    return { stage, snapshot };
  });
}

/** A copy of its own of the stage that `open` opens; of a new one where that which was kept is spoilt. */
function copyAgain(open: () => Promise<Stage>, place: StagePlace): Promise<Stage> {
  return lookAgain(async (withStages) => {
    const stage = await open();
    return withStages([stage], async () => copyStage(stage, place));
  });
}

/**
 * Attaches the stage beside `main`. Call it before the transaction begins, unless nobody else has the stage. Where another process has removed the file's
 * name meanwhile, a copy of what is still open is attached. `schemaName`: where another stage takes the usual name.
 * @throws `disk-full`, `io-failed`
 */
export function attachStage(db: AnyDatabase, stage: Stage, schemaName: string = STAGE_SCHEMA): void {
  const { file, folder } = stage;
  const copy = join(folder.path, `copy-${randomBytes(4).toString('hex')}.db`);
  try {
    if (attachFile(db, { stage, file, schemaName })) return;
    stage.db.prepare('VACUUM INTO ?').run(copy);
    attachFile(db, { stage, file: copy, schemaName });
  } catch (error) {
    throw explainPrivateWrite(error, copy);
  }
}

type Attached = { readonly stage: Stage; readonly file: string; readonly schemaName: string };

/** False if the file is gone. Some connections would create an empty one in its place. */
function attachFile(db: AnyDatabase, { stage, file, schemaName }: Attached): boolean {
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return false;
  db.prepare(`ATTACH ? AS ${schemaName}`).run(file);
  db.pragma(`${schemaName}.cache_size = -${SCAN_CACHE_KB}`);
  if (db.pragma(`${schemaName}.page_count`, { simple: true }) !== 0) return true;
  if (stage.db.pragma('page_count', { simple: true }) === 0) return true;
  db.exec(`DETACH ${schemaName}`);
  return false;
}
