import { basename } from 'node:path';
import type { Backup, DataFolder } from '../host/data-folder.ts';
import { SnapbackError } from '../model/errors.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import { explainReading } from '../snapshot-file/database-file.ts';
import { listTables } from '../snapshot-file/database-reader.ts';
import { openUntrustedDatabase } from '../sqlite/descriptor-database.ts';
import { foldName } from '../sqlite/names.ts';
import { lstat } from '../system/files.ts';
import { type Copied, copyBackup, findNamedFile, refusedAsNull, refuseFile } from './backup-copy.ts';
import { listSnapshotFiles } from './files.ts';
import { BACKUP_KIND, isName } from './names.ts';
import { openRegularFile } from './open-file.ts';

/*
 * Snapshots from anywhere, such as a `chat.db.bak`. Invariant: nothing is written beside the file, and it is hostile. So
 * its bytes and those of its WAL are copied as they were at one moment, the WAL is written into the copy, and only the copy is
 * ever read, like any snapshot that is a database. What becomes of the file later changes nothing of what was opened.
 */

/** A folder with one more backup, and the id under which it is found there. */
export type WithBackup = { readonly folder: DataFolder; readonly id: SnapshotId };

/**
 * Opens a file from anywhere beside the snapshots of a folder: an SQLite database, or a snapshot in JSON. If it is open
 * already, what it holds now takes the place of what it held then. Somebody calls `closeBackups`.
 * @throws `backup-refused` for what is no such file, and for the database and the snapshots of the folder itself;
 * `disk-full`, `io-failed`, `cancelled`
 */
export async function openBackup(folder: DataFolder, path: string, task: TaskOptions): Promise<WithBackup> {
  const real = await findNamedFile(path);
  await refuseOwn(folder, real);
  const copied = await copyBackup(folder, real, task);
  try {
    await refuseOtherApp(folder, copied);
  } catch (error) {
    await copied.close();
    throw error;
  }
  const earlier = folder.backups?.find((one) => one.path === real);
  const others = folder.backups?.filter((one) => one !== earlier) ?? [];
  const name = earlier?.name ?? nameFor(real, others);
  await earlier?.close();
  return {
    folder: { ...folder, backups: [...others, { ...copied, name }] },
    id: `${BACKUP_KIND}/${name}`,
  };
}

const COMPANIONS = ['', '-wal', '-shm', '-journal'] as const;

/** Refuses what belongs to the folder itself. It opens nothing, so that no lock is lost. @throws `backup-refused` */
async function refuseOwn(folder: DataFolder, path: string): Promise<void> {
  const asked = await lstat(path, { bigint: true });
  for (const suffix of COMPANIONS) {
    const own = await lstat(folder.databaseFile + suffix, { bigint: true }).catch(refusedAsNull);
    if (own?.dev === asked.dev && own.ino === asked.ino)
      throw refuseFile(path, 'is the chat database that is open here. There is nothing to compare it with.');
  }
  const own = (await listSnapshotFiles(folder)).find(({ file }) => file === path);
  if (own !== undefined) throw refuseFile(path, `is one of the snapshots here already: ${own.id}.`);
}

/** Damage is told later, as that of any other snapshot. @throws `backup-refused` for a database of another application */
async function refuseOtherApp({ profile, nativeBinding }: DataFolder, { form, copy, path }: Copied) {
  if (form !== 'database') return;
  const file = await openRegularFile(copy, { nativeBinding });
  try {
    const { db, close } = await openUntrustedDatabase(file);
    try {
      const known = new Set([profile.log.table, ...profile.tables].map(foldName));
      if (listTables(db, known).length === 0)
        throw refuseFile(path, 'has none of the tables of this chat app. It belongs to another one.');
    } finally {
      await close();
    }
  } catch (error) {
    const explained = explainReading(error, { path });
    if (!(explained instanceof SnapbackError) || explained.code !== 'snapshot-damaged') throw explained;
  } finally {
    await file.handle.close();
  }
}

/** A name that no other backup has, and that a snapshot can have. */
function nameFor(path: string, others: readonly Backup[]): string {
  const plain = basename(path)
    .toWellFormed()
    .replace(/^\.+/, '')
    .replace(/[/\\\p{Cc}]/gu, '\uFFFD');
  const first = isName(plain) ? plain : 'file';
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? first : `${first} (${count})`;
    if (others.every((one) => one.name !== name)) return name;
  }
}
