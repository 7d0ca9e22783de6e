import { hasSystemCode, SnapbackError } from '../model/errors.ts';
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

/**
 * Does what only tidies up after work that is done or has failed already: the system's refusal must neither make a good
 * action look like a failed one nor hide why one failed. Whatever stays is swept by a later start. Bugs pass.
 */
export async function tidy(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof SnapbackError)) throw error;
  }
}
