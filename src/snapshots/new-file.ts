import { basename, dirname, relative, sep } from 'node:path';
import type { DataFolder } from '../host/data-folder.ts';
import { OWN, SNAPSHOTS } from '../host/folders.ts';
import { hasSystemCode, isSystemError, SnapbackError } from '../model/errors.ts';
import { realpath, stat } from '../system/files.ts';
import { explainWriteError } from '../system/refusals.ts';
import { withDraftPath } from './drafts.ts';
import { nameUnlessTaken } from './publish.ts';

/**
 * Makes a file that somebody asked for, in a folder of theirs: `write` fills a draft beside it, which then gets the name.
 * `target` is complete from the moment it has that name, and nothing is overwritten. Answers its size in bytes.
 * @throws `usage` for a name that is too long, `target-exists`, `disk-full`, `folder-read-only`, `io-failed` and what `write` throws; then there is no file
 */
export async function makeFile(target: string, write: (draft: string) => Promise<void>): Promise<number> {
  const place = dirname(target);
  try {
    return await withDraftPath(place, async (draft) => {
      await write(draft);
      // Once it has its name, nothing may fail any more.
      const { size } = await stat(draft);
      if (!(await nameUnlessTaken(draft, target)))
        throw new SnapbackError('target-exists', `“${basename(target)}” exists already.`, { path: target });
      return size;
    });
  } catch (error) {
    if (hasSystemCode(error, 'ENAMETOOLONG'))
      throw new SnapbackError('usage', 'This name is too long for the disk. Choose a shorter one.', {
        path: target,
      });
    throw isSystemError(error) ? explainWriteError(error, place) : error;
  }
}

/**
 * Refuses to put a database beside the chat app's own: from then on nobody could tell which of the two is the chat app's.
 * `place` is a real path. @throws `usage`
 */
export function refuseSecondDatabase({ dir }: DataFolder, place: string): void {
  if (place === dir)
    throw new SnapbackError(
      'usage',
      'In the data folder, a second database could be taken for the chat app’s own. Choose another folder.',
      { path: place },
    );
}

/** The real path of the folder that a file for somebody goes to. @throws `usage` for one of the host's or ours, or none */
export async function findPlace({ dir }: DataFolder, to: string): Promise<string> {
  const name = basename(to);
  if (name === '' || name === '.' || name === '..')
    throw new SnapbackError('usage', 'Name the file to write.', { got: to });
  try {
    const place = await realpath(dirname(to));
    const [top = ''] = relative(dir, place).split(sep);
    if (top === OWN || top === SNAPSHOTS)
      throw new SnapbackError(
        'usage',
        'This folder belongs to the chat app or to Snapback. Choose another one.',
        { got: to },
      );
    return place;
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT', 'ENOTDIR'))
      throw new SnapbackError('usage', `There is no folder “${basename(dirname(to))}”.`, { got: to }, error);
    throw error;
  }
}
