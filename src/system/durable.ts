import { hasSystemCode } from '../model/errors.ts';
import { constants, open } from './files.ts';

/** Makes new, renamed and removed names in a folder durable, where the system has a way to say so. @throws as `files.ts` */
export async function syncFolder(path: string): Promise<void> {
  try {
    const handle = await open(path, constants.O_RDONLY);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    // Windows has no such call for folders, some network file systems refuse it.
    if (!hasSystemCode(error, 'EISDIR', 'EPERM', 'EINVAL', 'ENOTSUP', 'EACCES')) throw error;
  }
}
