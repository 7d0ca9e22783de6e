import { open } from 'node:fs/promises';
import { readHostDatabase } from '../../src/host/host-database.ts';
import { SnapbackError } from '../../src/model/errors.ts';
import type { SnapshotForm } from '../../src/model/snapshots.ts';
import type { ReadingOptions } from '../../src/snapshot-file/reader.ts';
import { openReadDatabase } from '../../src/sqlite/database.ts';
import { stageSnapshot } from '../../src/stage/stage.ts';
import { contentHash } from '../../src/stage/staged-contents.ts';
import { createPrivateFolder } from '../../src/system/private-folder.ts';
import { open as openFolder, type Place } from '../support/place.ts';

export type Staging = {
  readonly path: string;
  readonly form?: SnapshotForm;
  readonly reading: ReadingOptions;
  /** Whether it matters which rowids the rows have. */
  readonly rowids?: boolean;
};

/** What a stage holds, or the error that ends its making. */
export async function stageOf(
  place: Place,
  { path, form = 'json', reading, rowids = false }: Staging,
): Promise<unknown> {
  const folder = await openFolder(place);
  const db = openReadDatabase(folder.databaseFile, folder);
  const handle = await open(path);
  const home = await createPrivateFolder();
  try {
    const live = readHostDatabase(db, folder.profile);
    const file = { handle, path, form, sizeBytes: (await handle.stat()).size };
    const stage = await stageSnapshot(file, { folder: home, nativeBinding: undefined, live }, {}, reading);
    try {
      const tables = [];
      for (const { name, columns, live, rowid, ...rest } of stage.tables) {
        const shown = columns.map((_, index) => `typeof(c${index}), hex(c${index}), quote(c${index})`);
        const sql = `SELECT ${[...shown, rowids ? 'rowid' : "''"].join(', ')} FROM ${name}`;
        const rows = stage.db.prepare<[], string[]>(sql).raw().safeIntegers().all();
        const hash = await contentHash(stage, { name, columns, live, rowid: 'place', ...rest }, {});
        tables.push([live.name, columns, rest, rowids ? rowid : '', rows.map(String).sort(), hash]);
      }
      const { drift, guessedBlobs, unreadable, sha256, lastEventId, hasLog } = stage;
      return { tables, drift, guessedBlobs, unreadable, sha256, lastEventId, hasLog };
    } finally {
      await stage.close();
    }
  } catch (error) {
    if (!(error instanceof SnapbackError)) throw error;
    return { code: error.code, message: error.message, detail: error.detail };
  } finally {
    await home.remove();
    await handle.close();
    db.close();
  }
}
