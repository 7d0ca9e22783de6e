import { dirname, resolve } from 'node:path';
import { hasSystemCode, SnapbackError } from '../model/errors.ts';
import { realpath, stat, statfs } from './files.ts';

type FreeSpace = {
  /** Equal for two paths that share their space. */
  readonly device: number;
  /** The volume's topmost folder above the path. */
  readonly volume: string;
  readonly freeBytes: number;
};

/**
 * The space in bytes that an unprivileged writer has on the volume that holds `path`, or would hold it. Follows symbolic
 * links. @throws `io-failed`
 */
export async function freeSpace(path: string): Promise<FreeSpace> {
  try {
    const existing = await realpath(await nearestExisting(resolve(path)));
    const { bavail, bsize } = await statfs(existing, { bigint: true });
    const { dev: device } = await stat(existing);
    return { device, volume: await topOfVolume(existing), freeBytes: Number(bavail * bsize) };
  } catch (error) {
    throw new SnapbackError('io-failed', 'The free space of a volume could not be read.', { path }, error);
  }
}

async function nearestExisting(path: string): Promise<string> {
  try {
    await stat(path);
    return path;
  } catch (error) {
    const parent = dirname(path);
    // Whoever writes there is told of a link that leads to itself, or of a folder that may not be entered.
    if (!hasSystemCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES') || parent === path) throw error;
    return nearestExisting(parent);
  }
}

async function topOfVolume(path: string): Promise<string> {
  const parent = dirname(path);
  if (parent === path) return path;
  const [here, above] = await Promise.all([stat(path), stat(parent)]);
  return here.dev === above.dev ? topOfVolume(parent) : path;
}
