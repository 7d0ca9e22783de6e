import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { compareTable, type Rewrite } from '../../src/compare/compare-table.ts';
import type { DataFolder } from '../../src/host/data-folder.ts';
import { readHostDatabase } from '../../src/host/host-database.ts';
import { writeSnapshot } from '../../src/snapshot-file/writer.ts';
import { openReadDatabase, openWriteDatabase } from '../../src/sqlite/database.ts';
import { checkIntegrity } from '../../src/sqlite/integrity.ts';
import { stageSnapshot } from '../../src/stage/stage.ts';
import { attachStage } from '../../src/stage/staged-view.ts';
import { createPrivateFolder } from '../../src/system/private-folder.ts';
import { createYielder } from '../../src/system/yielder.ts';
import { findSideEffects } from '../../src/write/side-effects.ts';
import { writeTables } from '../../src/write/write-tables.ts';

/** Dumps the database of a folder into a separate file, without publishing it. */
export async function dump(folder: DataFolder, name: string): Promise<string> {
  const path = join(folder.dir, name);
  const db = openReadDatabase(folder.databaseFile, folder);
  const handle = await open(path, 'wx');
  try {
    db.exec('BEGIN');
    const takenAt = new Date(0);
    await writeSnapshot(
      db,
      handle,
      { profile: folder.profile, kind: 'rewind', takenAt, phase: 'build', restore: null },
      {},
    );
  } finally {
    db.close();
    await handle.close();
  }
  return path;
}

/** The core of a restore without its ceremony: no safety copy, no checkpoint, no verification. Returns what it counted. */
export async function applyDirectly(
  folder: DataFolder,
  snapshot: string,
  database: string,
  rewrite: Rewrite,
) {
  const place = await createPrivateFolder();
  const handle = await open(snapshot);
  const db = openWriteDatabase(database, folder);
  try {
    const live = readHostDatabase(db, folder.profile);
    const file = { handle, path: snapshot, sizeBytes: (await handle.stat()).size };
    const stage = await stageSnapshot(file, { folder: place, nativeBinding: undefined, live }, {});
    attachStage(db, stage);
    db.exec('BEGIN');
    const effects = findSideEffects(
      live,
      stage.tables.map(({ live }) => live.name),
    );
    const comparisons = stage.tables.map((staged, index) => compareTable(db, staged, index, rewrite));
    const integrity = checkIntegrity(db);
    await writeTables(live, { comparisons, effects, integrity }, new Map(), createYielder({}));
    db.exec('COMMIT');
    return comparisons.map(({ staged, added, removed, changed }) => [
      staged.live.name,
      added,
      removed,
      changed,
    ]);
  } finally {
    db.close();
    await handle.close();
    await place.remove();
  }
}
