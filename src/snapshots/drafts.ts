import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import type { DataFolder } from '../host/data-folder.ts';
import { ensureFolder, findFolder, ownAsDatabase, SNAPSHOTS } from '../host/folders.ts';
import { hasSystemCode, SnapbackError } from '../model/errors.ts';
import type { SnapshotForm, SnapshotId } from '../model/snapshots.ts';
import { syncFolder, tidy } from '../system/durable.ts';
import { constants, type FileHandle, lstat, open, readdir, unlink } from '../system/files.ts';
import { openPlainFile } from '../system/plain-file.ts';
import { isAlive } from '../system/process-mark.ts';
import { explainWriteError } from '../system/refusals.ts';
import { statFacts } from './files.ts';
import { fileNameOf, isKind, splitFileName } from './names.ts';
import type { OpenedFile } from './open-file.ts';
import { type NameOptions, publishUnderFreeName } from './publish.ts';

/*
 * How a snapshot is made: written under a name that nobody reads, made durable, then published. Invariant: no file is
 * ever overwritten, and a file whose name ends in .json or .db is complete from the moment it has that name.
 */

/** A file that is being written, in the folder where it will be published. */
export type DraftFile = {
  /** Open for reading and writing. */
  readonly handle: FileHandle;
  readonly path: string;
};

/** A snapshot that is being written. */
export type Draft = DraftFile & {
  readonly kind: string;
  readonly form: SnapshotForm;
  /** When the work on it began, in milliseconds since 1970; of one that was reopened, when that was. */
  readonly began: number;
};

const DRAFT = /^\.snapback-(\d{1,10})-[0-9a-f]{16}\.part$/;
/** What SQLite keeps beside a database while it writes one. */
const COMPANION = /-(?:journal|wal|shm)$/;

/** Paths of the drafts that this process is writing. The id alone does not tell: a dead process may have had the same one. */
const live = new Set<string>();

/** The id of the process that made a draft, from its file name; null for other names. */
export function draftMaker(name: string): number | null {
  const pid = DRAFT.exec(name)?.[1];
  return pid === undefined ? null : Number(pid);
}

/**
 * Whether a file is a draft, or what SQLite keeps beside one, and nobody is writing it any more: its process has ended,
 * or is this one and has finished with it.
 */
export function isAbandoned(file: string): boolean {
  const path = file.replace(COMPANION, '');
  const pid = draftMaker(basename(path));
  if (pid === null || live.has(path)) return false;
  return pid === process.pid || !isAlive(pid);
}

/**
 * Creates an empty draft, with the owner and mode of the database file; folders are made as needed.
 * @throws `usage` for an impossible kind, `snapshot-unsafe`, `disk-full`, `folder-read-only`, `io-failed`; no file remains
 */
export async function createDraft(
  folder: DataFolder,
  kind: string,
  form: SnapshotForm = 'json',
): Promise<Draft> {
  if (!isKind(kind)) throw new SnapbackError('usage', 'This is not a valid kind of snapshot.', { got: kind });
  // Where no host writes, none can choose the name, and nobody has to wait until the second has passed.
  const began = Date.now() - (folder.isCopy === true ? 1000 : 0);
  const place = await ensureFolder(folder, SNAPSHOTS, kind);
  return { ...(await createDraftFile(folder, place)), kind, form, began };
}

/**
 * Creates an empty draft in one of our folders, with the owner and mode of the database file. Its name holds the id of
 * this process and is one that no reader accepts. @throws `disk-full`, `folder-read-only`, `io-failed`; no file remains
 */
export async function createDraftFile(folder: DataFolder, place: string): Promise<DraftFile> {
  const path = newDraftPath(place);
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

function newDraftPath(place: string): string {
  return join(place, `.snapback-${process.pid}-${randomBytes(8).toString('hex')}.part`);
}

/**
 * Lets `use` write a file in any folder under a name that no reader accepts. Afterwards that name is gone, and so are the
 * drafts that killed processes left there.
 */
export async function withDraftPath<T>(place: string, use: (path: string) => Promise<T>): Promise<T> {
  await tidy(async () => {
    for (const path of await listAbandoned(place)) await tidy(() => unlink(path));
  });
  const path = newDraftPath(place);
  live.add(path);
  try {
    return await use(path);
  } finally {
    live.delete(path);
    for (const left of [path, `${path}-journal`]) await tidy(() => unlink(left));
  }
}

/** The drafts in a folder that nobody is writing any more. @throws as `files.ts` */
async function listAbandoned(place: string): Promise<readonly string[]> {
  const names = await readdir(place);
  return names.map((name) => join(place, name)).filter(isAbandoned);
}

/** A draft as a JSON file to read, so that it can be checked before it is published. It shares the draft's handle. */
export async function readDraft({ handle, path }: Draft): Promise<OpenedFile> {
  return {
    handle,
    path,
    ...statFacts(path, await handle.stat({ bigint: true })),
  };
}

/**
 * Opens a checkpoint's draft that an earlier process left behind, by the file name in the journal; null if it no longer exists.
 * @throws `snapshot-unsafe`, `disk-full`, `folder-read-only`, `io-failed`
 */
export async function reopenDraft(folder: DataFolder, kind: string, name: string): Promise<Draft | null> {
  const place = isKind(kind) && draftMaker(name) !== null ? await findFolder(folder, SNAPSHOTS, kind) : null;
  if (place === null) return null;
  const path = join(place, name);
  try {
    const { handle, problem } = await openPlainFile(path, constants.O_RDWR);
    if (handle === null) throw new SnapbackError('snapshot-unsafe', problem, { path });
    live.add(path);
    return { handle, path, kind, form: 'json', began: Date.now() };
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return null;
    throw explainWriteError(error, path);
  }
}

/**
 * Makes the content and the name of a draft durable, so that a later start can continue from it if this process dies.
 * @throws the system's refusal
 */
export async function syncDraft({ handle, path }: DraftFile): Promise<void> {
  await handle.sync();
  await syncFolder(dirname(path));
}

/** Closes and removes a draft. A failure is ignored, so that it hides no other error; a later sweep removes what is left. */
export async function discardDraft(draft: DraftFile): Promise<void> {
  await leaveDraft(draft);
  await tidy(() => unlink(draft.path));
}

/** Closes a draft that could not be published. The file stays, so that a later start can finish it. */
export async function leaveDraft({ handle, path }: DraftFile): Promise<void> {
  live.delete(path);
  if (handle.fd >= 0) await tidy(() => handle.close());
}

/**
 * Publishes a completely written draft, named by the second in which the work on it began. It makes the draft durable,
 * waits if that second has not passed yet (the host could still choose that name), gives the draft its name without
 * overwriting (`_001`, `_002`... if taken), makes the name durable, and only then removes the draft's own name. With `after: 'every-other'` the host takes it for the
 * newest of its kind, even if others are dated in the future. One that was published already, by a process that died
 * before it could remove the draft's own name, keeps its public name. On failure nothing is published, and the draft is
 * still there and open. @throws `disk-full`, `folder-read-only`, `io-failed`, `target-exists`
 */
export async function publishDraft(
  folder: DataFolder,
  draft: Draft,
  options: Pick<NameOptions, 'after'> = {},
): Promise<{ readonly id: SnapshotId; readonly file: string }> {
  const place = await ensureFolder(folder, SNAPSHOTS, draft.kind);
  try {
    await draft.handle.sync();
    const { kind, form, began } = draft;
    const name =
      (await findPublicName(draft, place)) ??
      (await publishUnderFreeName(draft.path, place, { ...options, form, began }));
    await discardDraft(draft);
    return { id: `${kind}/${name}`, file: join(place, fileNameOf(name, form)) };
  } catch (error) {
    throw explainWriteError(error, place);
  }
}

/** The name under which a draft was published already, made durable; null: it has no other name there. */
async function findPublicName({ handle, path }: Draft, place: string): Promise<string | null> {
  const { dev, ino, nlink } = await handle.stat({ bigint: true });
  if (nlink < 2n) return null;
  for (const fileName of await readdir(place)) {
    const name = fileName === basename(path) ? undefined : splitFileName(fileName)?.name;
    const facts = name === undefined ? null : await lstatOrNull(join(place, fileName));
    if (name === undefined || facts?.dev !== dev || facts.ino !== ino) continue;
    await syncFolder(place);
    return name;
  }
  return null;
}

async function lstatOrNull(path: string) {
  try {
    return await lstat(path, { bigint: true });
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return null;
    throw error;
  }
}
