import { basename, join } from 'node:path';
import type { DataFolder } from '../host/data-folder.ts';
import { findFolder, OWN } from '../host/folders.ts';
import { readJournalIfAllowed } from '../journal/journal.ts';
import { replayJournal } from '../journal/replay.ts';
import { isAbandoned } from '../snapshots/drafts.ts';
import { type Look, lookAtSnapshots } from '../snapshots/files.ts';
import { tidy } from '../system/durable.ts';
import { readdir, unlink } from '../system/files.ts';

/**
 * Removes drafts that dead processes left behind, as far as the system lets us. A draft that the journal still needs
 * stays: it is the checkpoint of a restore that has to be finished. Where the journal may not be read, any draft may be
 * such a one, and all stay. `look`: a look from just before. Returns the names of the removed files.
 */
export async function sweepDrafts(folder: DataFolder, look: Look | null = null): Promise<readonly string[]> {
  const removed: string[] = [];
  await tidy(async () => {
    const seen = look ?? (await lookAtSnapshots(folder));
    const abandoned = [...seen.others, ...(await listOwnFiles(folder, seen))].filter(isAbandoned);
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

/** The files in Snapback's own folder and below, but for what was looked at already. */
async function listOwnFiles(folder: DataFolder, { folders }: Look): Promise<readonly string[]> {
  const own = await findFolder(folder, OWN);
  return own === null ? [] : listFiles(own, OWN_DEPTH, folders);
}

/** Below Snapback's own folder, drafts are made as deep as in trash/<time>/<kind>. */
const OWN_DEPTH = 3;

/** The files below a folder, down to a depth. Links are not followed. */
async function listFiles(
  place: string,
  depth: number,
  except: readonly string[],
): Promise<readonly string[]> {
  const found: string[] = [];
  await tidy(async () => {
    for (const entry of await readdir(place, { withFileTypes: true })) {
      const path = join(place, entry.name);
      if (!entry.isDirectory()) found.push(path);
      else if (depth > 0 && !except.includes(path)) found.push(...(await listFiles(path, depth - 1, except)));
    }
  });
  return found;
}
