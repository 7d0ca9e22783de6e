import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import type { DataFolder } from '../host/data-folder.ts';
import { ensureFolder, findFolder, ownAsDatabase, SNAPSHOTS } from '../host/folders.ts';
import { hasSystemCode, SnapbackError } from '../model/errors.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import { syncFolder, tidy } from '../system/durable.ts';
import { constants, type FileHandle, open, unlink } from '../system/files.ts';
import { openPlainFile } from '../system/plain-file.ts';
import { isAlive } from '../system/process-mark.ts';
import { explainWriteError } from '../system/refusals.ts';
import { type OpenedFile, statFacts } from './files.ts';
import { isKind } from './names.ts';
import { type NameOptions, publishUnderFreeName } from './publish.ts';

/*
 * How a snapshot comes into being: written under a name that nobody reads, made durable, then published. Invariant: no
 * file is ever overwritten, and a name that ends in .json has its whole content from its first moment on.
 */

/** A file being written, in the folder in which it will get its name. */
export type DraftFile = {
  /** Open for reading and writing. */
  readonly handle: FileHandle;
  readonly path: string;
};

/** A snapshot being written. */
export type Draft = DraftFile & { readonly kind: string };

const DRAFT = /^\.snapback-(\d{1,10})-[0-9a-f]{16}\.part$/;

/** Drafts that this process is writing. A dead process may have had the same id. */
const live = new Set<string>();

/** The id of the process that made a draft, from its file name; null for other names. */
export function draftMaker(name: string): number | null {
  const pid = DRAFT.exec(name)?.[1];
  return pid === undefined ? null : Number(pid);
}

/** Whether the process that made a draft is done with it: it has ended, or is this one and has let go of it. */
export function isAbandoned(path: string): boolean {
  const pid = draftMaker(basename(path));
  if (pid === null || live.has(path)) return false;
  return pid === process.pid || !isAlive(pid);
}

/**
 * Creates an empty draft, with the owner and mode of the database file; folders are made as needed.
 * @throws `usage` for an impossible kind, `snapshot-unsafe`, `disk-full`, `folder-read-only`, `io-failed`; then there is no file
 */
export async function createDraft(folder: DataFolder, kind: string): Promise<Draft> {
  if (!isKind(kind)) throw new SnapbackError('usage', 'This cannot be a kind of snapshots.', { got: kind });
  const place = await ensureFolder(folder, SNAPSHOTS, kind);
  return { ...(await createDraftFile(folder, place)), kind };
}

/**
 * Creates an empty draft in a folder of ours, with the owner and mode of the database file. Its name tells who writes
 * it, and that nobody should read it. @throws `disk-full`, `folder-read-only`, `io-failed`; then there is no file
 */
export async function createDraftFile(folder: DataFolder, place: string): Promise<DraftFile> {
  const path = join(place, `.snapback-${process.pid}-${randomBytes(8).toString('hex')}.part`);
  live.add(path);
  try {
    const handle = await open(
      path,
      constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
      0o600,
    );
    try {
      await ownAsDatabase(folder, handle);
    } catch (error) {
      await discardDraft({ handle, path });
      throw error;
    }
    return { handle, path };
  } catch (error) {
    live.delete(path);
    throw explainWriteError(error, path);
  }
}

/** A draft seen as a file to read, for checking it before it is published. The handle is the draft's own. */
export async function readDraft(draft: Draft): Promise<OpenedFile> {
  const { handle, path } = draft;
  return { handle, path, ...statFacts(path, await handle.stat({ bigint: true })) };
}

/** Opens a draft that an earlier process left, by the file name that the journal kept; null where there is none any more. */
export async function reopenDraft(folder: DataFolder, kind: string, name: string): Promise<Draft | null> {
  const place = isKind(kind) && draftMaker(name) !== null ? await findFolder(folder, SNAPSHOTS, kind) : null;
  if (place === null) return null;
  const path = join(place, name);
  try {
    const { handle, problem } = await openPlainFile(path, constants.O_RDWR);
    if (handle === null) throw new SnapbackError('snapshot-unsafe', problem, { path });
    live.add(path);
    return { handle, path, kind };
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return null;
    throw explainWriteError(error, path);
  }
}

/**
 * Makes what was written to a draft durable, its name included: with it, a later start can go on where this process
 * dies. @throws `disk-full`, `folder-read-only`, `io-failed`
 */
export async function syncDraft({ handle, path }: DraftFile): Promise<void> {
  await handle.sync();
  await syncFolder(dirname(path));
}

/** Closes and removes a draft, as far as the system lets us: what stays goes with a later sweep, and hides no other error. */
export async function discardDraft(draft: DraftFile): Promise<void> {
  await leaveDraft(draft);
  await tidy(() => unlink(draft.path));
}

/** Lets go of a draft that could not be published; the file stays, for a later start to finish. */
export async function leaveDraft({ handle, path }: DraftFile): Promise<void> {
  live.delete(path);
  if (handle.fd >= 0) await tidy(() => handle.close());
}

/**
 * Publishes a draft that is wholly written: makes it durable, waits until the second that names it has passed (so the
 * host cannot choose that name any more), gives it its name without overwriting (`_001`, `_002`... where taken), makes
 * that durable, and only then removes the draft's own name. `after: 'every-other'` chooses a name that the seed takes for
 * the newest of the kind even where existing ones are dated in the future. On failure there is no such snapshot, and the
 * draft is still there and open. @throws `disk-full`, `folder-read-only`, `io-failed`, `target-exists`
 */
export async function publishDraft(
  folder: DataFolder,
  draft: Draft,
  options: NameOptions = {},
): Promise<{ readonly id: SnapshotId; readonly file: string }> {
  const place = await ensureFolder(folder, SNAPSHOTS, draft.kind);
  try {
    await draft.handle.sync();
    const name = await publishUnderFreeName(draft.path, place, options);
    await discardDraft(draft);
    return { id: `${draft.kind}/${name}`, file: join(place, `${name}.json`) };
  } catch (error) {
    throw explainWriteError(error, place);
  }
}
