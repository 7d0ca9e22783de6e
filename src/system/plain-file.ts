import { hasSystemCode, isSystemError } from '../model/errors.ts';
import { type BigIntStats, constants, type FileHandle, open } from './files.ts';

/** An open regular file, checked after it was opened; or a sentence that says what is there instead. */
export type PlainFile =
  | { readonly handle: FileHandle; readonly facts: BigIntStats; readonly problem: null }
  | { readonly handle: null; readonly facts: null; readonly problem: string };

const LINK = 'This is a symbolic link and is not followed.';
const FOLDER = 'This is a folder, not a file.';
const OTHER = 'This is not a regular file.';

/**
 * Opens a regular file, by default for reading. Never follows a link, never waits for a FIFO, and keeps nothing but a
 * regular file open. The caller closes `handle`. `flags` and `mode` are those of `open`.
 * @throws as `files.ts`
 */
export async function openPlainFile(
  path: string,
  flags: number = constants.O_RDONLY,
  mode?: number,
): Promise<PlainFile> {
  try {
    const handle = await open(path, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, mode);
    try {
      const facts = await handle.stat({ bigint: true });
      const problem = describeOddity(facts);
      if (problem === null) return { handle, facts, problem };
      await handle.close();
      return { handle: null, facts: null, problem };
    } catch (error) {
      await handle.close();
      throw error;
    }
  } catch (error) {
    if (hasSystemCode(error, 'ELOOP')) return { handle: null, facts: null, problem: LINK };
    if (hasSystemCode(error, 'EISDIR')) return { handle: null, facts: null, problem: FOLDER };
    // A socket, or a FIFO that was to be written to.
    if (hasSystemCode(error, 'ENXIO')) return { handle: null, facts: null, problem: OTHER };
    throw error;
  }
}

/** A sentence that says what a file is; null for a regular file. */
export function describeOddity(
  facts: Pick<BigIntStats, 'isFile' | 'isSymbolicLink' | 'isDirectory'>,
): string | null {
  if (facts.isFile()) return null;
  if (facts.isSymbolicLink()) return LINK;
  return facts.isDirectory() ? FOLDER : OTHER;
}

const LARGEST_BYTES = 32 * 1024 * 1024;

/** Reads a file of ours that may be missing. Null where it is no regular file, cannot be read, or is larger than 32 MiB. */
export async function readSmallFile(path: string): Promise<string | null> {
  try {
    const file = await openPlainFile(path);
    if (file.handle === null) return null;
    try {
      return file.facts.size <= LARGEST_BYTES ? await file.handle.readFile('utf8') : null;
    } finally {
      await file.handle.close();
    }
  } catch (error) {
    if (isSystemError(error)) return null;
    throw error;
  }
}
