import { createHash } from 'node:crypto';
import type { DataFolder } from '../host/data-folder.ts';
import { atOneMoment, withLiveView } from '../host/private-copy.ts';
import { isSystemError, SnapbackError } from '../model/errors.ts';
import type { TakeResult } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import { readInto } from '../snapshot-file/bytes.ts';
import type { SnapshotAbout } from '../snapshot-file/notes.ts';
import { type DumpRequest, type WrittenSnapshot, writeSnapshot } from '../snapshot-file/writer.ts';
import type { AnyDatabase } from '../sqlite/database.ts';
import { explainWriteError } from '../system/refusals.ts';
import { createYielder } from '../system/yielder.ts';
import { createDraft, type Draft, discardDraft, publishDraft, readDraft } from './drafts.ts';

export type TakenSnapshot = Extract<TakeResult, { readonly taken: true }>;

/** The host's own kinds. */
export type TakenKind = 'rewind' | 'periodic';

/**
 * Takes a snapshot of one moment of the database into `snapshots/<kind>/`, named by the current second as the host's
 * `take_snapshot` does. The file appears complete or not at all, and nothing is overwritten.
 * `refuse` may throw, of the moment that is taken.
 * @throws as `withLiveView`, `refuse` and `writeSnapshot`; `folder-read-only`, `disk-full`, `io-failed`; then there is no file
 */
export async function takeSnapshot(
  folder: DataFolder,
  kind: TakenKind,
  task: TaskOptions = {},
  refuse: (db: AnyDatabase) => Promise<void> = async () => undefined,
): Promise<TakenSnapshot> {
  return withLiveView(folder, task, async ({ db }) => {
    const draft = await createDraft(folder, kind);
    try {
      const request = { profile: folder.profile, phase: 'take', restore: null } as const;
      const written = await atOneMoment(db, task, async () => {
        await refuse(db);
        return writeDraft(db, draft, request, task);
      });
      await makeDurable(draft, written, task);
      const { sizeBytes } = await readDraft(draft);
      const published = await publishDraft(folder, draft);
      const lastEventId = BigInt(written.about.lastEventId);
      return { taken: true, ...published, sizeBytes, lastEventId, retired: [], notes: [] };
    } catch (error) {
      await discardDraft(draft);
      throw error;
    }
  });
}

/** The request of a dump, without what its draft says. */
type DraftRequest = Pick<DumpRequest, 'profile' | 'phase' | 'restore' | 'tablesAt'>;

/**
 * Dumps into a draft, makes it durable and reads the file back: it must have the bytes that were written. On an error the
 * caller discards the draft. @throws as `writeSnapshot`; `io-failed` if the file does not read back the same
 */
export async function writeAndCheck(
  db: AnyDatabase,
  draft: Draft,
  request: DraftRequest,
  task: TaskOptions,
): Promise<SnapshotAbout> {
  const written = await writeDraft(db, draft, request, task);
  await makeDurable(draft, written, task);
  return written.about;
}

async function writeDraft(
  db: AnyDatabase,
  draft: Draft,
  request: DraftRequest,
  task: TaskOptions,
): Promise<WrittenSnapshot> {
  const whole = { ...request, kind: draft.kind, takenAt: new Date() };
  return explainingWrites(draft.path, () => writeSnapshot(db, draft.handle, whole, task));
}

async function makeDurable(draft: Draft, written: WrittenSnapshot, task: TaskOptions): Promise<void> {
  await explainingWrites(draft.path, () => draft.handle.sync());
  await requireOnDisk(draft, written, task);
}

const READ_BYTES = 256 << 10;

/** Reads back what was written. @throws `io-failed` if it is not the same, or cannot be read; `cancelled` */
async function requireOnDisk(draft: Draft, { segments }: WrittenSnapshot, task: TaskOptions): Promise<void> {
  const file = await readDraft(draft);
  const yielder = createYielder(task);
  // One buffer for all of the file: hundreds would make the garbage collector run all the time.
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  let position = 0;
  try {
    for (const { bytes, sha256 } of segments) {
      const digest = createHash('sha256');
      const end = position + bytes;
      while (position < end) {
        await yielder.step();
        const part = buffer.subarray(0, Math.min(READ_BYTES, end - position));
        const bytesRead = await readInto(file, position, part);
        if (bytesRead === 0) throw notTheSame(position);
        digest.update(part.subarray(0, bytesRead));
        position += bytesRead;
      }
      if (digest.digest('hex') !== sha256) throw notTheSame(position);
    }
  } catch (error) {
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
  if (position !== file.sizeBytes) throw notTheSame(position);
}

function notTheSame(position: number): SnapbackError {
  return new SnapbackError('io-failed', 'What was written to the disk did not read back the same.', {
    position,
  });
}

async function explainingWrites<T>(path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw isSystemError(error) ? explainWriteError(error, path) : error;
  }
}
