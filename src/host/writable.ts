import { dirname } from 'node:path';
import { hasSystemCode, SnapbackError } from '../model/errors.ts';
import { databaseGone } from '../sqlite/look-first.ts';
import { access, constants } from '../system/files.ts';
import type { DataFolder } from './data-folder.ts';

/** Whether database file and folder may be written to. @throws `database-missing`, `database-unreadable` */
export async function isWritable(folder: DataFolder): Promise<boolean> {
  try {
    await access(folder.databaseFile, constants.W_OK);
    await access(dirname(folder.databaseFile), constants.W_OK);
    return true;
  } catch (error) {
    if (hasSystemCode(error, 'EACCES', 'EROFS', 'EPERM')) return false;
    if (hasSystemCode(error, 'ENOENT', 'ENOTDIR')) throw databaseGone(folder.databaseFile, error);
    throw new SnapbackError(
      'database-unreadable',
      'The database could not be opened.',
      { path: folder.databaseFile },
      error,
    );
  }
}
