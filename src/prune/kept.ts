import { dirname, join } from 'node:path';
import type { DataFolder } from '../host/data-folder.ts';
import { ensureFolder, ownedLike } from '../host/folders.ts';
import { recordAction } from '../journal/actions.ts';
import { hasSystemCode, isSystemError, noSuchSnapshot, SnapbackError } from '../model/errors.ts';
import type { Kept, KeptSnapshot, SnapshotId } from '../model/snapshots.ts';
import { createDraftFile, discardDraft } from '../snapshots/drafts.ts';
import {
  listFilesOfKind,
  listSnapshotFiles,
  listWithBackups,
  type SnapshotFile,
} from '../snapshots/files.ts';
import {
  findKeptFolder,
  type KeptNote,
  noteNameOf,
  noteText,
  readKeptNote,
  toLabel,
} from '../snapshots/kept-notes.ts';
import { fileNameOf, folderOfKind, KEPT_KIND, nextName, parseSnapshotId } from '../snapshots/names.ts';
import { type OpenedFile, openSnapshotFile } from '../snapshots/open-file.ts';
import { linkUnlessTaken, nameUnlessTaken } from '../snapshots/publish.ts';
import { syncFolder, tidy } from '../system/durable.ts';
import { lstat, rename, unlink } from '../system/files.ts';
import { ownMark } from '../system/process-mark.ts';
import { explainWriteError } from '../system/refusals.ts';
import { copyProven } from './move.ts';

/*
 * Keeping a snapshot gives its file a second name in DATA/snapback/kept/, where no rule reaches it, or makes a proven copy
 * where the system has no second names. Invariant: nothing is overwritten, and a snapshot appears there only with its
 * note, complete and on the disk. Nothing that is kept is removed here.
 */

type Label = Pick<Kept, 'name' | 'note'>;
const NO_LABEL: Label = { name: null, note: null };

/**
 * Keeps a snapshot until somebody moves it to the trash. One that is kept already is not kept twice; a name or note that
 * is given then replaces the earlier one. When this returns, it is on the disk.
 * @throws `usage`, `snapshot-missing`, `snapshot-unsafe`, `snapshot-unreadable`, `disk-full`, `folder-read-only`,
 * `io-failed`; then nothing new is kept
 */
export async function keepSnapshot(
  folder: DataFolder,
  id: SnapshotId,
  label: Label = NO_LABEL,
): Promise<KeptSnapshot> {
  const given = { name: toLabel('name', label.name), note: toLabel('note', label.note) };
  const kept = await keep(folder, id, { ...given, held: null });
  if (!kept.already)
    await recordAction(folder, {
      did: 'keep',
      by: 'person',
      keptId: kept.id,
      snapshotId: kept.from,
      name: kept.name,
    });
  return kept;
}

/** Keeps a snapshot only while this process needs it: see `releaseSnapshot`. @throws as `keepSnapshot` */
export function holdSnapshot(folder: DataFolder, id: SnapshotId): Promise<KeptSnapshot> {
  return keep(folder, id, { ...NO_LABEL, held: ownMark() });
}

/** The id itself while the snapshot is in its place, else that of the one that is kept from it; the id where none is. */
export async function findWhereKept(folder: DataFolder, id: SnapshotId): Promise<SnapshotId> {
  const files = await listWithBackups(folder);
  const place = await findKeptFolder(folder);
  if (place === null || files.some((file) => file.id === id)) return id;
  for (const file of files)
    if (file.kind === KEPT_KIND && (await readKeptNote(place, file.name))?.from === id) return file.id;
  return id;
}

type Wish = Label & Pick<KeptNote, 'held'>;

async function keep(folder: DataFolder, id: SnapshotId, wish: Wish): Promise<KeptSnapshot> {
  const { kind } = parseSnapshotId(id);
  const file = await openSnapshotFile(folder, id);
  try {
    // The host may have written it a moment ago. Where a file that is open for reading cannot be flushed, the system does it.
    await tidy(() => file.handle.sync());
    const owned = await ownedLike(folder, file.path);
    const place = await ensureFolder(owned, ...folderOfKind(KEPT_KIND));
    const earlier = await findKept(folder, place, { file, id, isHold: wish.held !== null });
    if (earlier !== null) return await renew(owned, place, earlier, wish);
    if (kind === KEPT_KIND) throw noSuchSnapshot(id);
    const note: KeptNote = { ...wish, from: id, keptAt: new Date().toISOString() };
    return toKept(await publish(owned, place, file, note), note, false);
  } catch (error) {
    throw isSystemError(error) ? explainWriteError(error, file.path) : error;
  } finally {
    await file.handle.close();
  }
}

type Earlier = { readonly name: string; readonly note: KeptNote };

type Sought = { readonly file: OpenedFile; readonly id: SnapshotId; readonly isHold: boolean };

/**
 * The kept snapshot that is this very file. One of which the note is lost gets a new one. A hold shares what a person keeps,
 * but no other hold: whoever has that one ends it when they like.
 */
async function findKept(
  folder: DataFolder,
  place: string,
  { file: { path }, id, isHold }: Sought,
): Promise<Earlier | null> {
  const files = await listSnapshotFiles(folder);
  const sought = files.find((file) => file.id === id);
  for (const file of files) {
    if (file.kind !== KEPT_KIND || file.problem !== null) continue;
    const note = await readKeptNote(place, file.name);
    const isOthers = isHold && note !== null && note.held !== null;
    const isCopy = note?.from === id && !isOthers && sought !== undefined && (await isSameFile(file, sought));
    if (file.file !== path && !isCopy) continue;
    const fresh = { ...NO_LABEL, from: id, keptAt: new Date(file.mtimeMs).toISOString(), held: null };
    return { name: file.name, note: note ?? fresh };
  }
  return null;
}

/** A hold becomes kept, never the reverse; what is given replaces what was written before. */
async function renew(
  folder: DataFolder,
  place: string,
  { name, note }: Earlier,
  wish: Wish,
): Promise<KeptSnapshot> {
  const now: KeptNote = {
    ...note,
    name: wish.name ?? note.name,
    note: wish.note ?? note.note,
    held: wish.held === null ? null : note.held,
    byItself: wish.held === null ? undefined : note.byItself,
  };
  if (JSON.stringify(now) !== JSON.stringify(note)) await writeNote(folder, place, name, now);
  return toKept(name, now, true);
}

/** Whether two files of the list are one, or a copy and an original that has not changed since. */
export async function isSameFile(a: SnapshotFile, b: SnapshotFile): Promise<boolean> {
  if (a.sizeBytes !== b.sizeBytes || a.mtimeMs !== b.mtimeMs) return false;
  try {
    const [one, other] = await Promise.all([a, b].map(({ file }) => lstat(file, { bigint: true })));
    const linked = one?.dev === other?.dev && one?.ino === other?.ino;
    // A second name on the same volume is a link wherever links are possible.
    return linked || (one?.nlink === 1n && other?.nlink === 1n);
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return false;
    throw error;
  }
}

/** Gives the file a name among the kept ones, beside its note. Answers that name. */
async function publish(folder: DataFolder, place: string, file: OpenedFile, note: KeptNote): Promise<string> {
  const { name: first } = parseSnapshotId(note.from);
  for (let name = first; ; name = nextName(name)) {
    if (!(await claim(folder, place, name, note))) continue;
    try {
      if (await addFile(folder, file, join(place, fileNameOf(name, file.form ?? 'json')))) return name;
    } catch (error) {
      await tidy(() => unlink(join(place, noteNameOf(name))));
      throw error;
    }
  }
}

/** Writes the note under a name that has none. One that an earlier attempt with this snapshot left is replaced. */
async function claim(folder: DataFolder, place: string, name: string, note: KeptNote): Promise<boolean> {
  const taken = (await listFilesOfKind(folder, KEPT_KIND)).some((file) => file.name === name);
  if (taken) return false;
  const found = await readKeptNote(place, name);
  if (found?.from === note.from) {
    await writeNote(folder, place, name, note);
    return true;
  }
  const draft = await createDraftFile(folder, place);
  try {
    await draft.handle.writeFile(noteText(note));
    await draft.handle.sync();
    return await nameUnlessTaken(draft.path, join(place, noteNameOf(name)));
  } finally {
    await discardDraft(draft);
  }
}

/** Replaces a note in one step. When this returns, it is on the disk. */
export async function writeNote(
  folder: DataFolder,
  place: string,
  name: string,
  note: KeptNote,
): Promise<void> {
  const draft = await createDraftFile(folder, place);
  try {
    await draft.handle.writeFile(noteText(note));
    await draft.handle.sync();
    await rename(draft.path, join(place, noteNameOf(name)));
    await syncFolder(place);
  } catch (error) {
    throw explainWriteError(error, place);
  } finally {
    await discardDraft(draft);
  }
}

/** Adds the opened file under another name, as a link or a copy. False where the name is taken. */
async function addFile(folder: DataFolder, file: OpenedFile, target: string): Promise<boolean> {
  const how = await linkUnlessTaken(file.path, target).catch(asImpossible);
  if (how === 'taken') return false;
  if (how === 'linked') {
    try {
      if (await isOpened(file, target)) return true;
      throw new SnapbackError('plan-stale', 'The snapshot was replaced just now. Try again.');
    } catch (error) {
      // Its note goes, too.
      await tidy(() => unlink(target));
      throw error;
    }
  }
  const draft = await createDraftFile(folder, dirname(target));
  try {
    await copyProven(file.handle, draft.handle, target);
    return await nameUnlessTaken(draft.path, target);
  } finally {
    await discardDraft(draft);
  }
}

async function isOpened({ handle }: OpenedFile, path: string): Promise<boolean> {
  const [opened, named] = [await handle.stat({ bigint: true }), await lstat(path, { bigint: true })];
  return opened.dev === named.dev && opened.ino === named.ino;
}

/** The snapshots may be on another volume. */
function asImpossible(error: unknown): 'impossible' {
  if (hasSystemCode(error, 'EXDEV')) return 'impossible';
  throw error;
}

function toKept(name: string, { held: _, ...kept }: KeptNote, already: boolean): KeptSnapshot {
  return { id: `${KEPT_KIND}/${name}`, ...kept, already };
}
