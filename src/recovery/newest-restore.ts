import type { DataFolder } from '../host/data-folder.ts';
import { readHostDatabase } from '../host/host-database.ts';
import { withReadView } from '../host/private-copy.ts';
import { readJournal } from '../journal/journal.ts';
import { type JournalState, replayJournal } from '../journal/replay.ts';
import type { RestoreReceipt } from '../model/receipt.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import type { Look } from '../snapshots/files.ts';
import { isNoted, type NoNote, type NotedSafetyCopy } from '../snapshots/restore-note.ts';
import { fetchPart } from '../system/fetch-part.ts';
import { findRecorded, listUnsettled, standingFor, type UnsettledRestore } from './unsettled-restores.ts';

/** What journal and safety copies say about all restores of a folder. */
export type Story = { readonly journal: JournalState; readonly unsettled: readonly UnsettledRestore[] };

/** Reads it. `look`: as for `listUnsettled`. @throws as `readJournal` and `listUnsettled` */
export async function readStory(folder: DataFolder, look: Look | null = null): Promise<Story> {
  const journal = replayJournal(await readJournal(folder));
  const unsettled = await listUnsettled(folder, journal, look);
  return { journal, unsettled: unsettled.filter(({ open }) => open?.overwritten !== true) };
}

/** The newest restore of this database that was committed, or why there is none to undo. */
export type Newest =
  | { readonly found: 'copy'; readonly copy: NotedSafetyCopy; readonly receipt: RestoreReceipt | null }
  | { readonly found: 'nothing'; readonly planId: null }
  /** `no-copy`: the restore is known, but its safety copy tells nothing. `undecided`: nobody can tell whether it was made. */
  | {
      readonly found: 'no-copy' | 'undecided';
      readonly planId: string | null;
      readonly safetyCopyId: SnapshotId;
      /** Why the safety copy tells nothing; null: it tells enough, but the content of the database does not. */
      readonly why: NoNote | null;
    };

/** Finds the newest committed restore, first by the journal. Writes nothing. @throws as `withReadView`, where content has to be looked at */
export async function findNewest(
  folder: DataFolder,
  { journal, unsettled }: Story,
  task: TaskOptions,
): Promise<Newest> {
  const recorded = await findRecorded(folder, journal);
  const unrecorded = await findUnrecorded(folder, unsettled, recorded?.copy ?? null, task);
  if (unrecorded !== null) return unrecorded;
  if (recorded === null) return { found: 'nothing', planId: null };
  const { copy, restore } = recorded;
  return isNoted(copy)
    ? { found: 'copy', copy, receipt: restore.receipt }
    : { found: 'no-copy', planId: restore.planId, safetyCopyId: restore.safetyCopyId, why: copy };
}

/**
 * The newest restore that was committed although the journal does not say so: the process died before it could record it,
 * or the journal has lost the line. Null where there is none. `undecided` where nobody can tell whether a newer one was
 * committed: better no undo than a wrong one. Every safety copy can still be restored like any snapshot.
 */
async function findUnrecorded(
  folder: DataFolder,
  unsettled: readonly UnsettledRestore[],
  recorded: NotedSafetyCopy | NoNote | null,
  task: TaskOptions,
): Promise<Newest | null> {
  const [newest] = unsettled;
  if (newest === undefined) return null;
  const standing = recorded !== null && isNoted(recorded) ? recorded : null;
  const canBeJudged = (one: UnsettledRestore) => isNoted(one.copy) || standingFor(one, standing) !== null;
  const undecided = ({ safetyCopyId, copy }: UnsettledRestore): Newest => ({
    found: 'undecided',
    planId: null,
    safetyCopyId,
    why: isNoted(copy) ? null : copy,
  });
  if (!canBeJudged(newest)) return undecided(newest);
  const { judgeOutcome } = await fetchPart(() => import('./restore-outcome.ts'));
  return withReadView(folder, task, async ({ db }) => {
    const database = readHostDatabase(db, folder.profile);
    for (const one of unsettled) {
      if (!canBeJudged(one)) return undecided(one);
      const copy = isNoted(one.copy) ? one.copy : null;
      const evidence = { copy, after: null, standing: standingFor(one, standing), overwritten: false };
      const outcome = await judgeOutcome(folder, database, evidence, task);
      if (outcome === 'unknown') return undecided(one);
      if (outcome === 'committed' && copy !== null) return { found: 'copy', copy, receipt: null };
    }
    return null;
  });
}
