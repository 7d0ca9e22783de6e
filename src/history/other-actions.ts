import type { DataFolder } from '../host/data-folder.ts';
import { readActions } from '../journal/actions.ts';
import type { HistoryEntry, KeepEntry, RecordedAction, RestoreEntry, TrashEntry } from '../model/history.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import { viewTrash } from '../prune/trash-view.ts';
import { notNow } from '../recovery/way-back.ts';
import { listSnapshotFiles, type SnapshotFile } from '../snapshots/files.ts';
import { findKeptFolder, readKeptNote } from '../snapshots/kept-notes.ts';
import { KEPT_KIND, parseSnapshotId, snapshotTime } from '../snapshots/names.ts';

type OtherEntry = Exclude<HistoryEntry, RestoreEntry>;
type Did<D extends RecordedAction['did']> = Extract<RecordedAction, { readonly did: D }>;

/** What of the folder tells whether an action can be taken back. */
type Now = {
  readonly trash: ReadonlyMap<string, TrashEntry>;
  readonly kept: ReadonlyMap<SnapshotId, KeepEntry>;
  readonly there: ReadonlySet<SnapshotId>;
};

/**
 * What was done besides restoring, in no order: what was noted, and what is in the trash or kept without a note of it, as
 * earlier versions left it. @throws as `viewTrash`, `listSnapshotFiles` and `readActions`
 */
export async function listOtherActions(folder: DataFolder): Promise<readonly OtherEntry[]> {
  const files = await listSnapshotFiles(folder);
  const now: Now = {
    trash: await listTrashed(folder),
    kept: await listKept(folder, files),
    there: new Set(files.map(({ id }) => id)),
  };
  const ids = new Set<string>();
  const noted = (await readActions(folder)).map((action) => withOwnId(describe(action, now), ids));
  const unnoted = [...now.trash.values(), ...now.kept.values()].filter(({ id }) => !ids.has(id));
  return [...noted, ...unnoted];
}

/** Two actions in one moment, or with one thing, are two entries. */
function withOwnId(entry: OtherEntry, ids: Set<string>): OtherEntry {
  let id = entry.id;
  for (let number = 1; ids.has(id); number += 1) id = `${entry.id}_${String(number).padStart(3, '0')}`;
  ids.add(id);
  return { ...entry, id };
}

function describe(action: RecordedAction, now: Now): OtherEntry {
  const { at, by } = action;
  const id = `${action.did}/${at.replaceAll(/[-:]/g, '')}`;
  switch (action.did) {
    case 'prune':
      return describePrune(action, now);
    case 'keep':
      return describeKeep(action, id, now);
    case 'take': {
      const { snapshotId: target } = action;
      const isThere = now.there.has(target);
      return { kind: 'take', id: `taken/${target}`, at, by, target, isThere, wayBack: notNow('taken') };
    }
    case 'put-back':
      return { kind: 'put-back', id, at, snapshots: action.snapshots, wayBack: notNow('put-back') };
    case 'empty-trash': {
      const { files, bytes, to } = action;
      const wayBack = notNow(to === 'deleted' ? 'deleted' : 'in-system-trash');
      return { kind: 'empty-trash', id, at, files, bytes, to, wayBack };
    }
    case 'salvage': {
      const { snapshotId: target, fileName } = action;
      const targetTakenAt = takenAtOf(target);
      return { kind: 'salvage', id, at, target, targetTakenAt, fileName, wayBack: notNow('salvaged') };
    }
  }
}

function describePrune({ at, by, trashName, snapshots }: Did<'prune'>, { trash }: Now): TrashEntry {
  const left = trash.get(trashName);
  const wayBack = left?.wayBack ?? notNow('not-in-trash');
  return { kind: 'prune', id: `trash/${trashName}`, at, by, snapshots, bytes: left?.bytes ?? 0, wayBack };
}

/** What is kept now is told by its own note: it may have got another name since. */
function describeKeep(action: Did<'keep'>, id: string, { kept }: Now): KeepEntry {
  const { at, by, keptId, snapshotId: target, name } = action;
  const one = kept.get(keptId);
  if (one !== undefined && one.target === target && one.at <= at) return { ...one, by };
  const told = { target, targetTakenAt: takenAtOf(target), name };
  return { kind: 'keep', id, at, by, ...told, wayBack: notNow('not-kept') };
}

async function listTrashed(folder: DataFolder): Promise<ReadonlyMap<string, TrashEntry>> {
  const { prunes } = await viewTrash(folder);
  return new Map(
    prunes.map(({ trashName, prunedAt, snapshots, bytes }) => [
      trashName,
      {
        kind: 'prune',
        id: `trash/${trashName}`,
        at: prunedAt,
        by: 'person',
        snapshots: snapshots.map(({ id }) => id),
        bytes,
        wayBack: { can: true, by: 'put-back', trashName },
      },
    ]),
  );
}

/** What somebody chose to keep, without what is only held for a while. */
async function listKept(
  folder: DataFolder,
  files: readonly SnapshotFile[],
): Promise<ReadonlyMap<SnapshotId, KeepEntry>> {
  const kept = new Map<SnapshotId, KeepEntry>();
  const place = await findKeptFolder(folder);
  if (place === null) return kept;
  for (const { id, kind, name, problem } of files) {
    const note = kind === KEPT_KIND && problem === null ? await readKeptNote(place, name) : null;
    if (note === null || note.held !== null) continue;
    const { from: target, keptAt: at } = note;
    const told = { target, targetTakenAt: takenAtOf(target), name: note.name };
    kept.set(id, { kind: 'keep', id, at, by: 'person', ...told, wayBack: notNow('kept') });
  }
  return kept;
}

function takenAtOf(id: SnapshotId): string | null {
  return snapshotTime(parseSnapshotId(id).name)?.toISOString() ?? null;
}
