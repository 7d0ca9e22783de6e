import type { DataFolder } from '../host/data-folder.ts';
import { type HostDatabase, readHostDatabase } from '../host/host-database.ts';
import { withReadView } from '../host/private-copy.ts';
import { appendJournal, type NewJournalEntry, readJournal } from '../journal/journal.ts';
import { type JournalState, type OpenRestore, replayJournal } from '../journal/replay.ts';
import { isRunningHere, whileRunning } from '../journal/under-way.ts';
import { findLogTable, identityOf } from '../log/events.ts';
import { unlessCancelled } from '../model/errors.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import { discardDraft, leaveDraft } from '../snapshots/drafts.ts';
import { isNoted, type NotedSafetyCopy } from '../snapshots/restore-note.ts';
import { readContents } from './draft-contents.ts';
import { isInHands } from './in-hands.ts';
import { dropOutdatedDraft, ensureCheckpoint, publishOwed, reopenOwed } from './owed-checkpoint.ts';
import { judgeOutcome } from './restore-outcome.ts';
import {
  isStillUnsettled,
  listUnsettled,
  readStanding,
  standingFor,
  type UnsettledRestore,
} from './unsettled-restores.ts';

/*
 * What becomes of restores that were interrupted. Nobody is kept from looking at a folder because it can't be written to, or
 * because its database is busy: what cannot be settled now is settled the next time.
 */

type Finishing = { readonly folder: DataFolder; readonly task: TaskOptions };

export type Finished = {
  readonly planId: string;
  /** `not-committed`: SQLite rolled the restore back. `committed`: it was made, and `checkpointId` has now been published. */
  readonly outcome: 'committed' | 'not-committed';
  readonly safetyCopyId: SnapshotId;
  readonly checkpointId: SnapshotId | null;
};

/** Settles them all, and finishes what was committed. `first`: the journal as it was read. @throws `cancelled`, `io-failed` */
export async function settleInterrupted(
  { folder, task }: Finishing,
  first: JournalState,
): Promise<readonly Finished[]> {
  const settled: Finished[] = [];
  await settleAll({ folder, task }, first, settled).catch(unlessCancelled);
  const journal = settled.length > 0 ? replayJournal(await readJournal(folder)) : first;
  const finished = new Map(settled.map((one) => [one.planId, one]));
  for (const open of journal.open) {
    if (isInHands(folder, open)) continue;
    const { planId } = open.entry;
    const done = await whileRunning(folder, planId, () =>
      (open.committed ? finishCommitted(folder, open, task) : dropOutdatedDraft(folder, open)).catch(
        unlessCancelled,
      ),
    );
    if (done !== null) finished.set(planId, done);
  }
  return [...finished.values()];
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
