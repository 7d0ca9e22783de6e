import { join } from 'node:path';
import type { DataFolder } from '../host/data-folder.ts';
import { findFolder, SNAPSHOTS } from '../host/folders.ts';
import { readJournalIfAllowed } from '../journal/journal.ts';
import { replayJournal } from '../journal/replay.ts';
import { hasSystemCode, SnapbackError } from '../model/errors.ts';
import { DRAFT, live } from '../snapshots/drafts.ts';
import { isKind } from '../snapshots/names.ts';
import { readdir, unlink } from '../system/files.ts';
import { isAlive } from '../system/process-mark.ts';
import { explainWriteError } from '../system/refusals.ts';

/** A folder that is a link out of its place, or can't be looked into, holds no drafts of ours. */
function elsewhereAsNull(error: unknown): null {
  if (error instanceof SnapbackError) return null;
  throw error;
}

/**
 * Removes drafts that dead processes left behind. A draft that the journal still needs stays: it is the checkpoint of a
 * restore that has to be finished. Where the journal may not be read, every draft may be one. Returns the removed files'
 * names.
 */
export async function sweepDrafts(folder: DataFolder): Promise<readonly string[]> {
  const root = await findFolder(folder, SNAPSHOTS);
  if (root === null) return [];
  const journal = await readJournalIfAllowed(folder);
  if (journal === null) return [];
  const { open: unfinished } = replayJournal(journal);
  const needed = new Set(unfinished.map(({ entry }) => entry.checkpointDraft));
  const removed: string[] = [];
  for (const kind of (await readdir(root)).filter(isKind)) {
    const place = await findFolder(folder, SNAPSHOTS, kind).catch(elsewhereAsNull);
    for (const name of place === null ? [] : await readdir(place)) {
      const path = join(place ?? root, name);
      const pid = DRAFT.exec(name)?.[1];
      if (pid === undefined || needed.has(name) || live.has(path)) continue;
      // A dead process may have had our own id: what is ours is in `live`.
      if (Number(pid) !== process.pid && isAlive(Number(pid))) continue;
      try {
        await unlink(path);
        removed.push(name);
      } catch (error) {
        if (!hasSystemCode(error, 'ENOENT')) throw explainWriteError(error, path);
      }
    }
  }
  return removed;
}
