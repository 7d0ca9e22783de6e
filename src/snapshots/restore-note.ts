import { resolve } from 'node:path';
import type { DataFolder } from '../host/data-folder.ts';
import { type ErrorCode, isSystemError, SnapbackError } from '../model/errors.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import { readSnapshotEnds } from '../snapshot-file/ends.ts';
import type { RestoreNote, SnapshotAbout } from '../snapshot-file/notes.ts';
import { stat } from '../system/files.ts';
import { withSnapshotFile } from './open-file.ts';

/** What a safety copy says about its restore. */
export type NotedSafetyCopy = {
  readonly id: SnapshotId;
  readonly about: SnapshotAbout;
  readonly note: RestoreNote;
};

/** Why there is no note: the safety copy is gone, it cannot be read at the moment, or it has none. */
export type NoNote = 'gone' | 'unreadable' | 'without-note';

const REASONS: { readonly [code in ErrorCode]?: NoNote } = {
  'snapshot-missing': 'gone',
  'snapshot-unreadable': 'unreadable',
};

/** Reads the note of a safety copy from the end of its file, or says why there is none. */
export async function readNote(folder: DataFolder, id: SnapshotId): Promise<NotedSafetyCopy | NoNote> {
  try {
    return await withSnapshotFile(folder, id, async (file) => {
      const { about } = await readSnapshotEnds(file);
      return about?.restore ? { id, about, note: about.restore } : 'without-note';
    });
  } catch (error) {
    if (isSystemError(error)) return 'unreadable';
    if (error instanceof SnapbackError) return REASONS[error.code] ?? 'without-note';
    throw error;
  }
}

/** For whoever must not go on without a note, because only it tells: not being able to read it is no answer. */
export function unreadableCopy(id: SnapshotId): SnapbackError {
  return new SnapbackError(
    'snapshot-unreadable',
    'A safety copy cannot be read now. Make that file readable and try again.',
    { id },
  );
}

/** Whether a safety copy could be read and has its note. */
export function isNoted(copy: NotedSafetyCopy | NoNote): copy is NotedSafetyCopy {
  return typeof copy !== 'string';
}

/**
 * Whether a safety copy belongs to a restore of another database in the same folder. False if that database no longer
 * exists: it may have been renamed to the one that is open.
 */
export async function isOfAnotherDatabase(
  folder: DataFolder,
  { note: { database } }: NotedSafetyCopy,
): Promise<boolean> {
  if (database === null) return false;
  const [noted, opened] = await Promise.all(
    [resolve(folder.dir, database), folder.databaseFile].map((file) =>
      stat(file, { bigint: true }).catch(refusedAsNull),
    ),
  );
  if (noted == null || opened == null) return false;
  return noted.dev !== opened.dev || noted.ino !== opened.ino;
}

function refusedAsNull(error: unknown): null {
  if (isSystemError(error)) return null;
  throw error;
}
