import { SnapbackError } from '../model/errors.ts';
import type { TaskOptions } from '../model/task.ts';
import { withUnpublishedDatabase } from '../sqlite/descriptor-database.ts';
import type { SnapshotBytes } from './bytes.ts';
import { ABOUT_PART, ABOUT_SQL, ABOUT_TABLE, findNotesPage, SEAL_PART } from './database-file.ts';
import type { SnapshotAbout } from './notes.ts';
import { aboutText } from './parse-notes.ts';
import { closeSeal, createSealPrefix, findSeal, openSeal } from './seal.ts';

/** Where the header says how changes are made: with a WAL (2), or with a rollback journal (1). */
const VERSIONS_AT = 18;
const ROLLBACK = Buffer.from([1, 1]);

/**
 * Turns a complete copy of a database into a snapshot: it opens by itself anywhere, without a WAL, and holds our notes
 * and a seal. `file` is open for reading and writing, and nobody else knows it. When this returns, its bytes are on the
 * disk, and were read back as they were sealed. @throws SQLite's errors, `io-failed`, `cancelled`, and as `files.ts`
 */
export async function finishDatabase(
  file: SnapshotBytes,
  about: SnapshotAbout,
  task: TaskOptions,
): Promise<void> {
  const { handle } = file;
  await handle.write(ROLLBACK, 0, ROLLBACK.length, VERSIONS_AT);
  const prefix = createSealPrefix();
  const page = await withUnpublishedDatabase(file, (db) => {
    // A host whose database was itself such a copy has a table of ours.
    db.exec(`DROP TABLE IF EXISTS main.${ABOUT_TABLE}; ${ABOUT_SQL}`);
    const insert = db.prepare<[number, string | Buffer]>(`INSERT INTO main.${ABOUT_TABLE} VALUES (?, ?)`);
    insert.run(ABOUT_PART, aboutText(about));
    insert.run(SEAL_PART, Buffer.from(openSeal(prefix)));
    return findNotesPage(db);
  });
  const { size: sizeBytes } = await handle.stat();
  const finished = { ...file, sizeBytes };
  const at = await findSeal(finished, { prefix, page }, task);
  if (at === null || !(await closeSeal(finished, at, task)))
    throw new SnapbackError('io-failed', 'What was written to the disk did not read back the same.', {
      path: file.path,
    });
}
