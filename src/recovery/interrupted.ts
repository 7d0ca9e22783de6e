import type { DataFolder } from '../host/data-folder.ts';
import { type HostDatabase, readHostDatabase } from '../host/host-database.ts';
import { withReadView } from '../host/private-copy.ts';
import { appendJournal, type NewJournalEntry, readJournal } from '../journal/journal.ts';
import { type JournalState, type OpenRestore, replayJournal } from '../journal/replay.ts';
import { isRunningHere, whileRunning } from '../journal/under-way.ts';
import { findLogTable, identityOf } from '../log/events.ts';
import { SnapbackError } from '../model/errors.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import { discardDraft, draftMaker, leaveDraft } from '../snapshots/drafts.ts';
import { isNoted, type NotedSafetyCopy } from '../snapshots/restore-note.ts';
import { sweepPrivateFolders } from '../system/private-folder.ts';
import { isRunning } from '../system/process-mark.ts';
import { readContents } from './draft-contents.ts';
import { dropOutdatedDraft, ensureCheckpoint, publishOwed, reopenOwed } from './owed-checkpoint.ts';
import { judgeOutcome } from './restore-outcome.ts';
import { sweepDrafts } from './sweep-drafts.ts';
import {
  isStillUnsettled,
  listUnsettled,
  readStanding,
  standingFor,
  type UnsettledRestore,
} from './unsettled-restores.ts';

type Finishing = { readonly folder: DataFolder; readonly task: TaskOptions };

export type Finished = {
  readonly planId: string;
  /** `not-committed`: SQLite rolled the restore back. `committed`: it was made, and `checkpointId` has now been published. */
  readonly outcome: 'committed' | 'not-committed';
  readonly safetyCopyId: SnapshotId;
  readonly checkpointId: SnapshotId | null;
};

/**
 * Finishes what a killed process left. A restore that was committed gets its fresh checkpoint, one that was not is
 * recorded as such, and our own temporary files are removed. A restore that can't be judged now is left alone and judged
 * again the next time. Never touches the database. Call it when a data folder is opened.
 * @throws `cancelled`, `io-failed`; whatever is unfinished is finished the next time
 */
export async function finishInterrupted(
  folder: DataFolder,
  task: TaskOptions = {},
): Promise<readonly Finished[]> {
  await sweepPrivateFolders();
  let journal = replayJournal(await readJournal(folder));
  const settled: Finished[] = [];
  await settleAll({ folder, task }, journal, settled).catch(untilNextTime);
  if (settled.length > 0) journal = replayJournal(await readJournal(folder));
  const finished = new Map(settled.map((one) => [one.planId, one]));
  for (const open of journal.open) {
    if (isInHands(folder, open)) continue;
    const { planId } = open.entry;
    const done = await whileRunning(folder, planId, () =>
      (open.committed ? finishCommitted(folder, open, task) : dropOutdatedDraft(folder, open)).catch(
        untilNextTime,
      ),
    );
    if (done !== null) finished.set(planId, done);
  }
  await sweepDrafts(folder);
  return [...finished.values()];
}

/** Nobody is kept from looking at a folder because it can't be written to, or because its database is busy. */
function untilNextTime(error: unknown): null {
  if (error instanceof SnapbackError && error.code !== 'cancelled') return null;
  throw error;
}

/**
 * Finds out how restores ended, the newest first, and records it at once: once the host has written more, the content may
 * no longer tell. Stops at the first restore that was committed, is still running or can't be judged, because the content
 * says nothing about older ones.
 */
async function settleAll(
  { folder, task }: Finishing,
  journal: JournalState,
  settled: Finished[],
): Promise<void> {
  const all = await listUnsettled(folder, journal);
  const heldAt = all.findIndex((one) => isHeld(folder, one));
  const unsettled = heldAt === -1 ? all : all.slice(0, heldAt);
  const [newest] = unsettled;
  if (newest === undefined) return;
  const standing = newest.copy === 'gone' ? await readStanding(folder, journal) : null;
  if (!canBeJudged(newest, standing)) return;
  await withReadView(folder, task, async ({ db }) => {
    const database = readHostDatabase(db, folder.profile);
    for (const one of unsettled) {
      const planId = planOf(one);
      if (planId === null || isRunningHere(folder, planId)) return;
      const done = await whileRunning(folder, planId, () =>
        settle({ folder, task, database }, one, planId, standing),
      );
      if (done === null) return;
      settled.push(done);
      if (done.outcome === 'committed') return;
    }
  });
}

function planOf({ copy, open }: UnsettledRestore): string | null {
  return open?.entry.planId ?? (isNoted(copy) ? copy.note.planId : null);
}

function isHeld(folder: DataFolder, one: UnsettledRestore): boolean {
  const planId = planOf(one);
  return one.open === null ? planId !== null && isRunningHere(folder, planId) : isInHands(folder, one.open);
}

/** Whether there is anything to compare the database with. Otherwise a copy of it would be wasted. */
function canBeJudged(one: UnsettledRestore, standing: NotedSafetyCopy | null): boolean {
  const { copy, open } = one;
  const drafted = open !== null && open.entry.checkpointDraft !== null;
  return isNoted(copy) || drafted || standingFor(one, standing) !== null;
}

/** Judges one restore and records how it ended. Where the content does not tell, records nothing and returns null. */
async function settle(
  { folder, task, database }: Finishing & { readonly database: HostDatabase },
  one: UnsettledRestore,
  planId: string,
  standing: NotedSafetyCopy | null,
): Promise<Finished | null> {
  const { copy, open, safetyCopyId } = one;
  const { profile } = database;
  const log = findLogTable(database.schema, profile);
  const draft = await reopenOwed(folder, open);
  try {
    const evidence = {
      copy: isNoted(copy) ? copy : null,
      after: draft === null ? null : await readContents(draft, profile, identityOf(log, profile), task),
      standing: standingFor(one, standing),
      overwritten: open?.overwritten ?? false,
    };
    const outcome = await judgeOutcome(folder, database, evidence, task);
    // Whoever made the copy may still be making the restore, and may have recorded more meanwhile.
    const untold = isStillUnsettled(one, replayJournal(await readJournal(folder)));
    if (outcome === 'unknown' || !untold) return null;
    // A journal that does not know the restore names no draft either: the checkpoint has to be there before it counts as made.
    const unnamed = open === null && outcome === 'committed' && isNoted(copy) && copy.note.mode === 'full';
    const checkpointId = unnamed ? await ensureCheckpoint(folder, copy, database, task) : null;
    const at = new Date().toISOString();
    for (const entry of beginning(one, at)) await appendJournal(folder, entry);
    if (outcome === 'committed') await appendJournal(folder, { type: 'recovered', planId, safetyCopyId, at });
    else await appendJournal(folder, { type: 'aborted', planId, code: 'core-stopped', at });
    if (unnamed) await appendJournal(folder, { type: 'checkpoint-published', planId, checkpointId, at });
    if (outcome === 'not-committed' && draft !== null) await discardDraft(draft);
    return { planId, outcome, safetyCopyId, checkpointId };
  } finally {
    if (draft !== null) await leaveDraft(draft);
  }
}

/** The line that the journal lacks where it does not know the restore at all. */
function beginning({ copy, open }: UnsettledRestore, at: string): readonly NewJournalEntry[] {
  if (open !== null || !isNoted(copy)) return [];
  const { planId, action, snapshotId } = copy.note;
  const safetyCopyId = copy.id;
  return [{ type: 'prepared', planId, action, snapshotId, safetyCopyId, checkpointDraft: null, at }];
}

/** Publishes the checkpoint of a restore that is known to be committed. */
async function finishCommitted(folder: DataFolder, open: OpenRestore, task: TaskOptions): Promise<Finished> {
  const { planId, safetyCopyId } = open.entry;
  const checkpointId = await publishOwed(folder, open, task);
  const at = new Date().toISOString();
  await appendJournal(folder, { type: 'checkpoint-published', planId, checkpointId, at });
  return { planId, outcome: 'committed', safetyCopyId, checkpointId };
}

/** Whether somebody is still making the restore. Another process has finished once it has recorded the end of it. */
export function isInHands(folder: DataFolder, { entry, committed }: OpenRestore): boolean {
  const { planId, by, checkpointDraft } = entry;
  if (isRunningHere(folder, planId)) return true;
  // In lines of earlier versions only the draft's name tells which process wrote them.
  const pid = by === null && checkpointDraft !== null ? draftMaker(checkpointDraft) : null;
  const maker = by ?? (pid === null ? null : { pid, started: null });
  return !committed && maker !== null && maker.pid !== process.pid && isRunning(maker);
}
