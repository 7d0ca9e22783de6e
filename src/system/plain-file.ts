import { isSystemError } from '../model/errors.ts';
import { constants, open } from './files.ts';

const LARGEST_BYTES = 32 * 1024 * 1024;

/**
 * The text of a file of ours that nothing may depend on: null where there is no such plain file, it may not be read, or
 * it is larger than 32 MiB. No link is followed, and nothing waits for a FIFO.
 */
export async function readSmallFile(path: string): Promise<string | null> {
  try {
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const facts = await handle.stat();
      return facts.isFile() && facts.size <= LARGEST_BYTES ? await handle.readFile('utf8') : null;
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (isSystemError(error)) return null;
    throw error;
  }
}
