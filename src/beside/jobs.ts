import { type HashedFile, hashPath } from '../snapshot-file/seal.ts';
import {
  classifyDatabaseError,
  type DatabasePlace,
  type OpenOptions,
  openReadDatabase,
  openWriteDatabase,
} from '../sqlite/database.ts';
import { checkIntegrity, type Integrity } from '../sqlite/integrity.ts';
import type { RowTotal } from '../sqlite/row-hash.ts';
import { addUpRows } from '../sqlite/row-total.ts';
import type { RowSource } from '../sqlite/rows.ts';
import { beginReading, rollBack, withLockPatience } from '../sqlite/transaction.ts';

/*
 * What can run beside the rest of a task. Invariants: a job only reads, so it may end at any moment; what it gets and gives
 * are plain values, so it can run in another thread; and it opens the live database through SQLite only, because closing it
 * in any other way would drop all locks that this process has on it.
 */

type Shapes = {
  readonly 'check-integrity': {
    readonly input: DatabasePlace;
    readonly output: Integrity;
  };
  readonly 'add-up-rows': {
    readonly input: OpenOptions & { readonly file: string; readonly source: RowSource };
    readonly output: RowTotal;
  };
  readonly 'hash-file': { readonly input: { readonly path: string }; readonly output: HashedFile };
};

export type JobName = keyof Shapes;
export type Input<N extends JobName> = Shapes[N]['input'];
export type Output<N extends JobName> = Shapes[N]['output'];

export const jobs: { readonly [N in JobName]: (input: Input<N>) => Promise<Output<N>> } = {
  /**
   * `checkIntegrity` through a connection of its own. It sees what is committed when it begins, which is what an open
   * transaction of the caller sees unless somebody has committed since. The caller's own connection stays open meanwhile.
   * @throws as `openWriteDatabase` and `checkIntegrity`
   */
  async 'check-integrity'(place) {
    // Through a read-only handle, SQLite would not look at CHECK.
    const db = await withLockPatience({}, () => openWriteDatabase(place.copy ?? place.file, place));
    try {
      db.pragma('query_only = ON');
      await beginReading(db, {});
      return checkIntegrity(db);
    } catch (error) {
      throw classifyDatabaseError(error, place);
    } finally {
      rollBack(db);
      db.close();
    }
  },
  /** `addUpRows` of a file that nobody writes to, through a connection of its own. @throws as `openReadDatabase` and `addUpRows` */
  async 'add-up-rows'({ file, source, nativeBinding }) {
    const db = openReadDatabase(file, { nativeBinding });
    try {
      return await addUpRows(db, source, {});
    } finally {
      db.close();
    }
  },
  /** Not for the live database. @throws as `hashPath` */
  'hash-file': ({ path }) => hashPath(path, {}),
};
