import { basename, join } from 'node:path';
import type { DataFolder } from '../host/data-folder.ts';
import { findFolder, SNAPSHOTS } from '../host/folders.ts';
import { readJournalIfAllowed } from '../journal/journal.ts';
import { replayJournal } from '../journal/replay.ts';
import { isAbandoned } from '../snapshots/drafts.ts';
import { isKind } from '../snapshots/names.ts';
import { tidy } from '../system/durable.ts';
import { readdir, unlink } from '../system/files.ts';

/**
 * Removes drafts that dead processes left behind, as far as the system lets us. A draft that the journal still needs
 * stays: it is the checkpoint of a restore that has to be finished. Where the journal may not be read, every draft may
 * be one. Returns the removed files' names.
 */
export async function sweepDrafts(folder: DataFolder): Promise<readonly string[]> {
  const removed: string[] = [];
  await tidy(async () => {
    const abandoned = await listAbandoned(folder);
    // Read after the drafts were seen: what it did not name by then, nobody will come back for.
    const journal = abandoned.length === 0 ? null : await readJournalIfAllowed(folder);
    if (journal === null) return;
    const needed = new Set(replayJournal(journal).open.map(({ entry }) => entry.checkpointDraft));
    for (const path of abandoned.filter((one) => !needed.has(basename(one))))
      await tidy(async () => {
        await unlink(path);
        removed.push(basename(path));
      });
  });
  return removed;
}

async function listAbandoned(folder: DataFolder): Promise<readonly string[]> {
  const root = await findFolder(folder, SNAPSHOTS);
  if (root === null) return [];
  const found: string[] = [];
  // A folder that is a link out of its place, or can't be looked into, holds no drafts of ours.
  for (const kind of (await readdir(root)).filter(isKind))
    await tidy(async () => {
      const place = await findFolder(folder, SNAPSHOTS, kind);
      const names = place === null ? [] : await readdir(place);
      found.push(...names.map((name) => join(place ?? root, name)).filter(isAbandoned));
    });
  return found;
}
