import type { DataFolder } from '../host/data-folder.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import { BACKUP_KIND } from './names.ts';

/** The folder without one of its backups. Their copies are removed. Of an id that is not open, nothing happens. */
export async function closeBackup(folder: DataFolder, id: SnapshotId): Promise<DataFolder> {
  const { backups = [] } = folder;
  const closed = backups.find(({ name }) => `${BACKUP_KIND}/${name}` === id);
  await closed?.close();
  return { ...folder, backups: backups.filter((one) => one !== closed) };
}

/** Removes the private copies of everything that was opened. */
export async function closeBackups({ backups = [] }: DataFolder): Promise<void> {
  for (const { close } of backups) await close();
}
