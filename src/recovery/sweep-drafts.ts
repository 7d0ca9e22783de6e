import { basename, join } from 'node:path';
import type { DataFolder } from '../host/data-folder.ts';
import { findFolder, OWN, SNAPSHOTS } from '../host/folders.ts';
import { readJournalIfAllowed } from '../journal/journal.ts';
import { replayJournal } from '../journal/replay.ts';
import { listAbandoned } from '../snapshots/drafts.ts';
import { findKeptFolder } from '../snapshots/kept-notes.ts';
import { isKind } from '../snapshots/names.ts';
import { tidy } from '../system/durable.ts';
import { readdir, unlink } from '../system/files.ts';

/**
 * Removes drafts that dead processes left behind, as far as the system lets us. A draft that the journal still needs
 * stays: it is the checkpoint of a restore that has to be finished. Where the journal may not be read, any draft may be
 * such a one, and all stay. Returns the names of the removed files.
 */
export async function sweepDrafts(folder: DataFolder): Promise<readonly string[]> {
  const removed: string[] = [];
  await tidy(async () => {
    const abandoned = await listDrafts(folder);
    // The journal is read after the drafts were listed: nobody will need one that it does not name by then.
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

async function listDrafts(folder: DataFolder): Promise<readonly string[]> {
  const found: string[] = [];
  // A folder that is a link leading elsewhere, or that can't be read, holds no drafts of ours.
  for (const find of await listFolders(folder))
    await tidy(async () => {
      const place = await find();
      if (place !== null) found.push(...(await listAbandoned(place)));
    });
  return found;
}

/** How to find each folder in which drafts are made. */
async function listFolders(folder: DataFolder): Promise<readonly (() => Promise<string | null>)[]> {
  const root = await findFolder(folder, SNAPSHOTS);
  const kinds = root === null ? [] : (await readdir(root)).filter(isKind);
  const own = await findFolder(folder, OWN);
  return [
    () => findKeptFolder(folder),
    ...kinds.map((kind) => () => findFolder(folder, SNAPSHOTS, kind)),
    ...(own === null ? [] : await listBelow(own, OWN_DEPTH)).map((path) => async () => path),
  ];
}

/** Below Snapback's own folder, drafts are made as deep as in trash/<time>/<kind>. */
const OWN_DEPTH = 3;

/** The folders below a folder, down to a depth. Links are not followed. */
async function listBelow(place: string, depth: number): Promise<readonly string[]> {
  if (depth === 0) return [];
  const found: string[] = [];
  await tidy(async () => {
    for (const entry of await readdir(place, { withFileTypes: true })) {
      if (!entry.isDirectory()) continue;
      const path = join(place, entry.name);
      found.push(path, ...(await listBelow(path, depth - 1)));
    }
  });
  return found;
}
