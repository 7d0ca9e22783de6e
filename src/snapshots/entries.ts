import { join, sep } from 'node:path';
import { type ErrorDetail, hasSystemCode, SnapbackError } from '../model/errors.ts';
import { type BigIntStats, lstat, readdir } from '../system/files.ts';
import { explainReadError, unreachableAsNull } from '../system/refusals.ts';
import { PERIODIC_KIND, REWIND_KIND, SAFETY_KIND } from './kinds.ts';

/** An entry of a folder. A name need not be valid text: then `name` is only for display, and only `path` reaches the file. */
export type Entry = {
  readonly name: string;
  readonly bytes: Buffer;
  readonly isText: boolean;
  readonly path: string | Buffer;
};

/** What is in a folder; nothing where there is none. @throws `snapshot-unreadable` */
export async function readNames(folder: string): Promise<readonly Entry[]> {
  try {
    const names = await readdir(folder, { encoding: 'buffer' });
    return names.map((bytes) => asEntry(folder, bytes));
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return [];
    throw unreadable(error, folder, { path: folder });
  }
}

/** An entry by its name. */
export function asEntry(folder: string, bytes: Buffer): Entry {
  const name = bytes.toString();
  const isText = Buffer.from(name).equals(bytes);
  const path = isText ? join(folder, name) : Buffer.concat([Buffer.from(folder + sep), bytes]);
  return { name, bytes, isText, path };
}

/** The kinds whose folders the host and Snapback write into. */
const WRITTEN = [PERIODIC_KIND, REWIND_KIND, SAFETY_KIND];

/**
 * The folders of kinds, each under the name of its kind. That is its own, but where the file system takes `Rewind` for
 * `rewind`, it is the folder in which the host finds and removes its copies before a rewind: it is of that kind. The names
 * tell which folder that is, because some of these file systems give a folder another inode under each spelling.
 * @throws as `readNames`
 */
export async function readKinds(root: string): Promise<readonly Entry[]> {
  const entries = await readNames(root);
  const meant = new Map<string, string>();
  for (const kind of WRITTEN) {
    if (entries.some(({ name }) => name === kind)) continue;
    const other = entries.find(({ name }) => name.toLowerCase() === kind);
    if (other !== undefined && (await lstat(join(root, kind)).catch(unreachableAsNull)) !== null)
      meant.set(other.name, kind);
  }
  const named = entries.map((entry) => {
    const kind = meant.get(entry.name);
    return kind === undefined ? entry : asEntry(root, Buffer.from(kind));
  });
  return named.sort((a, b) => Buffer.compare(a.bytes, b.bytes));
}

/** The error for the system's refusal to read. Its message says whether to give permission or to try again. */
export function unreadable(error: unknown, path: string, detail: ErrorDetail): SnapbackError {
  return new SnapbackError('snapshot-unreadable', explainReadError(error, path).message, detail, error);
}

/** Null if the file is gone: the host prunes too. @throws `snapshot-unreadable` */
export async function statOrNull(path: string | Buffer): Promise<BigIntStats | null> {
  try {
    return await lstat(path, { bigint: true });
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT', 'ENOTDIR')) return null;
    throw unreadable(error, String(path), { path: String(path) });
  }
}
