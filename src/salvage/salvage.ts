import { basename, dirname, join, relative, sep } from 'node:path';
import type { DataFolder } from '../host/data-folder.ts';
import { ensureFolder, OWN, ownedLike, SNAPSHOTS } from '../host/folders.ts';
import { hasSystemCode, SnapbackError } from '../model/errors.ts';
import type { Salvageable, SalvageFormat, SalvageReceipt } from '../model/salvage.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import type { SnapshotBytes } from '../snapshot-file/bytes.ts';
import { readSnapshot } from '../snapshot-file/reader.ts';
import { withDraftPath } from '../snapshots/drafts.ts';
import { PERIODIC_KIND, REWIND_KIND, SAFETY_KIND } from '../snapshots/kinds.ts';
import { isKind, isName, parseSnapshotId, snapshotTime } from '../snapshots/names.ts';
import { makeFile, refuseSecondDatabase } from '../snapshots/new-file.ts';
import { type OpenedFile, withSnapshotFile } from '../snapshots/open-file.ts';
import { foldName } from '../sqlite/names.ts';
import { constants, open, realpath } from '../system/files.ts';
import { withDatabaseTables } from './database-tables.ts';
import type { Found, FoundTable } from './found-table.ts';
import { findJsonTables } from './json-tables.ts';
import { writeDatabase } from './write-database.ts';
import { type SalvageHead, writeJson } from './write-json.ts';

/*
 * Salvage writes what is whole of a damaged snapshot as another file. Invariant: no row is invented, a table that is lost
 * is missing and not empty, the damaged file stays as it is, nothing is overwritten, and what was salvaged says so of
 * itself for ever.
 */

export type SalvageTarget = { readonly to: string; readonly format: SalvageFormat };

/**
 * Says what can be saved of a damaged snapshot. Writes nothing. Null: it is not damaged.
 * @throws as `openSnapshotFile`, `snapshot-damaged` where nothing can be saved, `cancelled`
 */
export async function findSalvageable(
  folder: DataFolder,
  id: SnapshotId,
  task: TaskOptions = {},
): Promise<Salvageable | null> {
  return withFound(folder, id, task, async (found) => (found === null ? null : toSalvageable(id, found)));
}

/**
 * Writes what is whole of a damaged snapshot into a new file, which is complete and proven from the moment it has its name.
 * @throws `usage` for a snapshot that is not damaged, or a place that the host reads; `target-exists`, `snapshot-damaged`
 * where nothing can be saved, `snapshot-unreadable`, `disk-full`, `folder-read-only`, `io-failed`, `cancelled`; then there
 * is no file
 */
export async function salvageSnapshot(
  folder: DataFolder,
  id: SnapshotId,
  { to, format }: SalvageTarget,
  task: TaskOptions = {},
): Promise<SalvageReceipt> {
  return withFound(folder, id, task, async (found, file) => {
    if (found === null)
      throw new SnapbackError('usage', 'This snapshot is not damaged, so there is nothing to salvage.', {
        id,
      });
    const place = await prepareFolder(folder, to);
    if (format === 'sqlite') refuseSecondDatabase(folder, place);
    const { nativeBinding } = folder;
    const head = headOf(id, file, found);
    const target = join(place, basename(to));
    const sizeBytes = await makeFile(target, async (path) => {
      if (format === 'json') return writeProven({ path, nativeBinding }, found, head, task);
      await withDraftPath(place, async (jsonPath) => {
        await writeProven({ path: jsonPath, nativeBinding }, found, head, task);
        await reading({ path: jsonPath, nativeBinding }, (json) => writeDatabase(json, path, task));
      });
    });
    return { ...toSalvageable(id, found), file: target, format, sizeBytes };
  });
}

type Draft = Pick<SnapshotBytes, 'path' | 'nativeBinding'>;

/**
 * Writes what was found and reads it again as any snapshot is read. Exact values that turn out not to belong to their rows
 * are left out: the file then says that it cannot tell binary data from text that looks like it.
 */
async function writeProven(draft: Draft, found: Found, head: SalvageHead, task: TaskOptions): Promise<void> {
  const inexact = { ...found, exact: false, tables: found.tables.map(withoutExact) };
  for (const one of [found, inexact]) {
    const note = { ...head.note, exact: one.exact };
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;
    const handle = await open(draft.path, flags, 0o600);
    try {
      await writeJson(handle, one, { ...head, note }, task);
      await handle.sync();
    } finally {
      await handle.close();
    }
    const damage = await reading(draft, (file) =>
      findDamage(
        file,
        one.tables.map(({ name }) => name),
        task,
      ),
    );
    if (damage === null) return;
    if (!found.exact)
      throw new SnapbackError(
        'io-failed',
        'What was written to the disk did not read back the same.',
        { path: draft.path },
        damage,
      );
  }
}

function withoutExact(table: FoundTable): FoundTable {
  return { ...table, write: (out) => table.write({ ...out, exact: async () => undefined }) };
}

async function reading<T>(draft: Draft, use: (file: SnapshotBytes) => Promise<T>): Promise<T> {
  const handle = await open(draft.path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    return await use({ ...draft, handle, sizeBytes: (await handle.stat()).size });
  } finally {
    await handle.close();
  }
}

/** What reading a snapshot to its end finds; null where it is whole. */
async function findDamage(
  file: SnapshotBytes,
  tables: readonly string[],
  task: TaskOptions,
): Promise<SnapbackError | null> {
  try {
    for await (const part of readSnapshot(file, new Set(tables.map(foldName)), task, { hashed: false }))
      if (part.type === 'end') return null;
    return null;
  } catch (error) {
    if (error instanceof SnapbackError && error.code === 'snapshot-damaged') return error;
    throw error;
  }
}

/** Gives `use` what can be saved; null where the snapshot is not damaged. */
async function withFound<T>(
  folder: DataFolder,
  id: SnapshotId,
  task: TaskOptions,
  use: (found: Found | null, file: OpenedFile) => Promise<T>,
): Promise<T> {
  const { profile } = folder;
  return withSnapshotFile(folder, id, async (file) => {
    const damage = await findDamage(file, [profile.log.table, ...profile.tables], task);
    if (damage === null) return await use(null, file);
    const named = (found: Found) => use({ ...found, why: damage.message }, file);
    if (file.form === 'database') return await withDatabaseTables(file, profile, task, requireRows(named));
    return await requireRows(named)(await findJsonTables(file, profile, task));
  });
}

function requireRows<T>(use: (found: Found) => Promise<T>) {
  return (found: Found): Promise<T> => {
    if (found.tables.every(({ state }) => state === 'missing'))
      throw new SnapbackError(
        'snapshot-damaged',
        'Nothing in this file is intact, so nothing can be saved from it.',
        { why: found.why, nothingWhole: true },
      );
    return use(found);
  };
}

function toSalvageable(snapshotId: SnapshotId, { why, tables, zeroBytes }: Found): Salvageable {
  return {
    snapshotId,
    why,
    tables: tables.map(({ name, state, rows, gaps }) => ({ name, state, rows, gaps })),
    zeroBytes,
  };
}

function headOf(id: SnapshotId, { mtimeMs }: OpenedFile, found: Found): SalvageHead {
  const { kind, name } = parseSnapshotId(id);
  const { why, tables } = toSalvageable(id, found);
  return {
    kind,
    takenAt: (snapshotTime(name) ?? new Date(mtimeMs)).toISOString(),
    note: { from: id, why, at: new Date().toISOString(), tables, exact: found.exact },
  };
}

/**
 * The real path of the folder that the file goes to. A folder of snapshots below the data folder is made if it is missing.
 * @throws `usage` where the host or a rule of ours would take the file for one of its own
 */
async function prepareFolder(folder: DataFolder, to: string): Promise<string> {
  if (basename(to) === '' || !isName(basename(to)))
    throw new SnapbackError('usage', 'Name the file that the salvaged snapshot is written to.', { got: to });
  const within = relative(folder.dir, dirname(to)).split(sep);
  const [top = '', kind = '', ...deeper] = within;
  if (top === OWN || (top === SNAPSHOTS && RULED_KINDS.includes(kind)))
    throw new SnapbackError(
      'usage',
      'This folder belongs to the chat app or to Snapback. Choose another one, such as “snapshots/salvaged” in the data folder.',
      { got: to },
    );
  if (top === SNAPSHOTS && isKind(kind) && deeper.length === 0)
    return ensureFolder(await ownedLike(folder, folder.dir), top, kind);
  try {
    const real = await realpath(dirname(to));
    return dirname(to) === real ? real : await prepareFolder(folder, join(real, basename(to)));
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT', 'ENOTDIR'))
      throw new SnapbackError('usage', `There is no folder “${basename(dirname(to))}”.`, { got: to }, error);
    throw error;
  }
}

const RULED_KINDS: readonly string[] = [PERIODIC_KIND, REWIND_KIND, SAFETY_KIND];
