import { hasSystemCode, SnapbackError } from '../model/errors.ts';
import { constants, open } from './files.ts';

/** Makes new, renamed and removed names in a folder durable, where the system can do that. @throws as `files.ts` */
export async function syncFolder(path: string): Promise<void> {
  try {
    const handle = await open(path, constants.O_RDONLY);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    // Windows cannot do it for folders, and some network file systems refuse it.
    if (!hasSystemCode(error, 'EISDIR', 'EPERM', 'EINVAL', 'ENOTSUP', 'EACCES')) throw error;
  }
}

/**
 * Tidies up after work that is done or has failed. A refusal of the system is ignored: it must neither make a good action
 * look failed nor hide why one failed. A later start removes what stays. Bugs are passed on.
 */
export async function tidy(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof SnapbackError)) throw error;
  }
}
