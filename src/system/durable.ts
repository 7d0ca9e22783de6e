import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { hasSystemCode, SnapbackError } from '../model/errors.ts';

/** Makes new, renamed and removed names in a folder durable, where the system has a way to say so. */
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
    if (!hasSystemCode(error, 'EISDIR', 'EPERM', 'EINVAL', 'ENOTSUP', 'EACCES'))
      throw explainWriteError(error, path);
  }
}

/** Turns the system's refusal to write into ours: `disk-full`, `folder-read-only`, else `io-failed`. Ours pass unchanged. */
export function explainWriteError(error: unknown, path: string): SnapbackError {
  if (error instanceof SnapbackError) return error;
  if (hasSystemCode(error, 'ENOSPC', 'EDQUOT'))
    return new SnapbackError('disk-full', 'The disk is full.', { path }, error);
  if (hasSystemCode(error, 'EROFS', 'EACCES', 'EPERM'))
    return new SnapbackError('folder-read-only', 'The folder can not be written to.', { path }, error);
  return new SnapbackError('io-failed', 'Writing a file failed.', { path }, error);
}
