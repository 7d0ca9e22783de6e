import { basename, join } from 'node:path';
import type { DataFolder } from '../host/data-folder.ts';
import type { ProfileDraft } from '../model/profile.ts';
import { findPlace, makeFile } from '../snapshots/new-file.ts';
import { open } from '../system/files.ts';

/**
 * Writes a draft into a new file. @throws `usage` for a place that belongs to the chat app or to Snapback, `target-exists`,
 * `disk-full`, `folder-read-only`, `io-failed`; then there is no file
 */
export async function saveDraft(folder: DataFolder, draft: ProfileDraft, to: string): Promise<string> {
  const file = join(await findPlace(folder, to), basename(to));
  await makeFile(file, async (path) => {
    const handle = await open(path, 'wx', 0o600);
    try {
      await handle.writeFile(draftText(draft));
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
  return file;
}

/** A draft as the text of a profile file. */
export function draftText({ profile }: ProfileDraft): string {
  return `${JSON.stringify(profile, null, 2)}\n`;
}
