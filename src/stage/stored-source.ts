import { join } from 'node:path';
import { isSystemError } from '../model/errors.ts';
import type { WriteDatabase } from '../sqlite/database.ts';
import { sqliteCode } from '../sqlite/result-codes.ts';
import type { Schema } from '../sqlite/schema.ts';
import type { Table } from '../sqlite/table.ts';
import { type FileHandle, open } from '../system/files.ts';
import { createPrivateFolder, type PrivateFolder } from '../system/private-folder.ts';

/*
 * A snapshot that is a database, beside its stage, so that SQL copies rows from file to file. It may come from anybody.
 * Invariant: SQLite never writes to it, because what is attached is a private copy of the bytes that were hashed, with
 * no journal or WAL beside it; and nothing of its own runs, because only plain tables whose SQL the live database has
 * too are read.
 */

export const SOURCE_SCHEMA = 'snapback_source';

export type StoredSource = {
  /** Takes the next bytes of the snapshot. */
  readonly addBytes: (piece: Buffer) => Promise<void>;
  /** Whether the snapshot can be asked for this table, and its SQL is that of the live one. */
  readonly holdsAlike: (table: string, live: Table) => Promise<boolean>;
  /** Removes the copy, once the stage's connection is closed. */
  readonly remove: () => Promise<void>;
};

/**
 * Prepares for the bytes of a snapshot. They are attached to the stage's connection at the first question. Without them
 * everything works the same, only slower: so if the system refuses to keep them, every answer is “no”.
 */
export function createStoredSource(db: WriteDatabase, { encoding, objects }: Schema): StoredSource {
  let folder: PrivateFolder | null = null;
  let copy: FileHandle | null = null;
  // SQLite attaches only databases of the same encoding, and those in UTF-16 are always read by their values.
  let state: 'copying' | 'attached' | 'unusable' = encoding === 'UTF-8' ? 'copying' : 'unusable';

  /** Null where the system or SQLite refuses. Then nothing more is asked of the snapshot. */
  async function unlessRefused<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      if (!isSystemError(error) && sqliteCode(error) === null) throw error;
      state = 'unusable';
      await remove();
      return null;
    }
  }

  async function remove(): Promise<void> {
    const [handle, place] = [copy, folder];
    [copy, folder] = [null, null];
    await handle?.close();
    await place?.remove();
  }

  async function attach(): Promise<void> {
    if (folder === null || copy === null) throw new TypeError('The snapshot was not copied.');
    const path = pathIn(folder);
    await copy.close();
    copy = null;
    for (const setting of ['trusted_schema = OFF', 'cell_size_check = ON']) db.pragma(setting);
    db.prepare(`ATTACH ? AS ${SOURCE_SCHEMA}`).run(path);
    state = 'attached';
  }

  return {
    async addBytes(piece) {
      if (state !== 'copying') return;
      await unlessRefused(async () => {
        folder ??= await createPrivateFolder();
        copy ??= await open(pathIn(folder), 'wx', 0o600);
        await copy.writeFile(piece);
      });
    },
    async holdsAlike(table, live) {
      const own = objects.find(({ type, name }) => type === 'table' && name === live.name);
      if (state === 'unusable' || live.kind !== 'table' || own === undefined) return false;
      const found = await unlessRefused(async () => {
        if (state === 'copying') await attach();
        const named = `FROM ${SOURCE_SCHEMA}.sqlite_schema WHERE type = 'table' AND name = ? COLLATE NOCASE`;
        return db.prepare<[string], unknown>(`SELECT sql ${named}`).pluck().all(table);
      });
      return found !== null && found.length === 1 && found[0] === own.sql;
    },
    remove,
  };
}

function pathIn({ path }: PrivateFolder): string {
  return join(path, 'snapshot.db');
}
