import type { DataFolder } from '../host/data-folder.ts';
import { withReadView } from '../host/private-copy.ts';
import { isSystemError, SnapbackError } from '../model/errors.ts';
import type { TakeResult } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import type { SnapshotAbout } from '../snapshot-file/notes.ts';
import { readSnapshot } from '../snapshot-file/reader.ts';
import { type DumpRequest, writeSnapshot } from '../snapshot-file/writer.ts';
import type { AnyDatabase } from '../sqlite/database.ts';
import { foldName } from '../sqlite/names.ts';
import { explainWriteError } from '../system/refusals.ts';
import { createDraft, type Draft, discardDraft, publishDraft, readDraft } from './drafts.ts';

export type TakenSnapshot = Extract<TakeResult, { readonly taken: true }>;

/**
 * Takes a snapshot of one moment of the database into `snapshots/<kind>/`, named by the current second as the host's
 * `take_snapshot` does. The file appears complete or not at all, and nothing is overwritten.
 * @throws as `withReadView` and `writeSnapshot`; `folder-read-only`, `disk-full`, `io-failed`; then there is no file
 */
export async function takeSnapshot(
  folder: DataFolder,
  kind: 'rewind' | 'periodic',
  task: TaskOptions = {},
): Promise<TakenSnapshot> {
  return withReadView(folder, task, async ({ db }) => {
    const draft = await createDraft(folder, kind);
    try {
      const about = await writeAndCheck(
        db,
        draft,
        { profile: folder.profile, phase: 'take', restore: null },
        task,
      );
      const { sizeBytes } = await readDraft(draft);
      const published = await publishDraft(folder, draft);
      const lastEventId = BigInt(about.lastEventId);
      return { taken: true, ...published, sizeBytes, lastEventId, retired: [], notes: [] };
    } catch (error) {
      await discardDraft(draft);
      throw error;
    }
  });
}

/**
 * Dumps into a draft and reads the file back: every table must have the content that was written. On an error the caller
 * discards the draft. @throws as `writeSnapshot`; `io-failed` if the file does not read back the same
 */
export async function writeAndCheck(
  db: AnyDatabase,
  draft: Draft,
  { profile, phase, restore }: Pick<DumpRequest, 'profile' | 'phase' | 'restore'>,
  task: TaskOptions,
): Promise<SnapshotAbout> {
  const request = { profile, kind: draft.kind, takenAt: new Date(), phase, restore };
  const about = await explainingWrites(draft.path, async () => {
    const written = await writeSnapshot(db, draft.handle, request, task);
    await draft.handle.sync();
    return written;
  });
  const file = await readDraft(draft);
  const known = new Set([profile.log.table, ...profile.tables].map(foldName));
  let tables = 0;
  // Undo needs the notes of a safety copy.
  let hasNotes = false;
  try {
    for await (const part of readSnapshot(file, known, { signal: task.signal })) {
      if (part.type === 'start') hasNotes = part.about !== null;
      tables += part.type === 'table' ? 1 : 0;
    }
  } catch (error) {
    if (error instanceof SnapbackError && error.code === 'snapshot-damaged')
      throw new SnapbackError(
        'io-failed',
        'What was written to the disk did not read back the same.',
        error.detail,
        error,
      );
    // Nobody can choose another one: what could not be read is the draft.
    if (error instanceof SnapbackError && error.code === 'snapshot-unreadable')
      throw new SnapbackError(
        'io-failed',
        'What was written to the disk could not be read back.',
        error.detail,
        error,
      );
    throw error;
  }
  if (!hasNotes || tables !== about.tables.length + about.absent.length)
    throw new SnapbackError('io-failed', 'What was written to the disk did not read back the same.', {
      tables,
    });
  return about;
}

async function explainingWrites<T>(path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw isSystemError(error) ? explainWriteError(error, path) : error;
  }
}
