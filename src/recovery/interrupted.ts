import type { DataFolder } from '../host/data-folder.ts';
import { type ReadView, withReadView } from '../host/private-copy.ts';
import { appendJournal, type NewJournalEntry, readJournal } from '../journal/journal.ts';
import { type OpenRestore, replayJournal } from '../journal/replay.ts';
import { isRunningHere, whileRunning } from '../journal/under-way.ts';
import { SnapbackError } from '../model/errors.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import { publishCheckpoint } from '../restore/checkpoint.ts';
import { readSnapshotEnds } from '../snapshot-file/ends.ts';
import type { SnapshotAbout } from '../snapshot-file/notes.ts';
import { type Draft, discardDraft, leaveDraft, readDraft, reopenDraft } from '../snapshots/drafts.ts';
import { listSnapshotFiles } from '../snapshots/files.ts';
import { PERIODIC_KIND } from '../snapshots/kinds.ts';
import { snapshotTime } from '../snapshots/names.ts';
import { isNoted } from '../snapshots/restore-note.ts';
import { sweepPrivateFolders } from '../system/private-folder.ts';
import { isRunning } from '../system/process-mark.ts';
import { judgeOutcome, type RestoreOutcome } from './restore-outcome.ts';
import { sweepDrafts } from './sweep-drafts.ts';
import { isStillUnsettled, listUnsettled, type UnsettledRestore } from './unsettled-restores.ts';

export type Finished = {
  readonly planId: string;
  /** `not-committed`: SQLite rolled the restore back. `committed`: it was done; `checkpointId` was published now. */
  readonly outcome: 'committed' | 'not-committed';
  readonly safetyCopyId: SnapshotId;
  readonly checkpointId: SnapshotId | null;
};

/**
 * Finishes what a killed process left: a restore that was committed gets its fresh checkpoint, one that was not is
 * recorded so, and our own temporary files go. Of one that can't be judged now, nothing is recorded and nothing goes, and
 * it is judged again the next time. Never touches the database. Call it when a data folder is opened.
 * @throws as `withReadView`; what it could not finish it finishes the next time
 */
export async function finishInterrupted(
  folder: DataFolder,
  task: TaskOptions = {},
): Promise<readonly Finished[]> {
  await sweepPrivateFolders();
  const settled: Finished[] = [];
  await settleAll(folder, task, settled).catch(untilNextTime);
  const finished = new Map(settled.map((one) => [one.planId, one]));
  for (const open of replayJournal(await readJournal(folder)).open) {
    if (isInHands(folder, open)) continue;
    const { planId } = open.entry;
    const done = await whileRunning(folder, planId, () =>
      (open.committed ? publishOwed(folder, open) : dropOutdatedDraft(folder, open)).catch(untilNextTime),
    );
    if (done !== null) finished.set(planId, done);
  }
  await sweepDrafts(folder);
  return [...finished.values()];
}

/** A folder that can't be written to, or a busy database, must not keep anyone from looking at it. */
function untilNextTime(error: unknown): null {
  if (error instanceof SnapbackError && error.code !== 'cancelled') return null;
  throw error;
}

/**
 * Finds out how restores ended, the newest first, and records it at once: when the host has written more, the content
 * does not tell it any longer. Of what came before one that was made, or before one that somebody is still at or that
 * nobody can judge, the content tells nothing any more.
 */
async function settleAll(folder: DataFolder, task: TaskOptions, settled: Finished[]): Promise<void> {
  const all = await listUnsettled(folder, replayJournal(await readJournal(folder)));
  const heldAt = all.findIndex((one) => isHeld(folder, one));
  const unsettled = heldAt === -1 ? all : all.slice(0, heldAt);
  const [newest] = unsettled;
  if (newest === undefined || !canBeJudged(newest)) return;
  await withReadView(folder, task, async (view) => {
    for (const one of unsettled) {
      const planId = planOf(one);
      if (planId === null || isRunningHere(folder, planId)) return;
      const outcome = await whileRunning(folder, planId, () => settle(folder, one, planId, view, task));
      if (outcome === 'unknown') return;
      settled.push({ planId, outcome, safetyCopyId: one.safetyCopyId, checkpointId: null });
      if (outcome === 'committed') return;
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

/** Not worth a copy of the database: neither safety copy nor draft to compare it with. */
function canBeJudged({ copy, open }: UnsettledRestore): boolean {
  return isNoted(copy) || (open !== null && open.entry.checkpointDraft !== null);
}

async function settle(
  folder: DataFolder,
  one: UnsettledRestore,
  planId: string,
  view: ReadView,
  task: TaskOptions,
): Promise<RestoreOutcome> {
  const { copy, open, safetyCopyId } = one;
  const draft = await reopenOwed(folder, open);
  try {
    const evidence = {
      copy: isNoted(copy) ? copy : null,
      after: draft === null ? null : await readAbout(draft),
      overwritten: open?.overwritten ?? false,
    };
    const outcome = await judgeOutcome(folder, evidence, view, task);
    // Whoever made the copy may be at its restore right now, and have gone on with recording it.
    const untold = isStillUnsettled(one, replayJournal(await readJournal(folder)));
    if (outcome === 'unknown' || !untold) return 'unknown';
    const at = new Date().toISOString();
    for (const entry of beginning(one, at)) await appendJournal(folder, entry);
    if (outcome === 'committed') {
      await appendJournal(folder, { type: 'recovered', planId, safetyCopyId, at });
      // Who made it without a word in the journal has published its checkpoint, if at all, under a name that is not known.
      if (open === null && isNoted(copy) && copy.note.mode === 'full')
        await appendJournal(folder, { type: 'checkpoint-published', planId, checkpointId: null, at });
      return outcome;
    }
    await appendJournal(folder, { type: 'aborted', planId, code: 'core-stopped', at });
    if (draft !== null) await discardDraft(draft);
    return outcome;
  } finally {
    if (draft !== null) await leaveDraft(draft);
  }
}

/** The line that the journal lacks where it does not speak of the restore at all. */
function beginning({ copy, open }: UnsettledRestore, at: string): readonly NewJournalEntry[] {
  if (open !== null || !isNoted(copy)) return [];
  const { planId, action, snapshotId } = copy.note;
  const safetyCopyId = copy.id;
  return [{ type: 'prepared', planId, action, snapshotId, safetyCopyId, checkpointDraft: null, at }];
}

async function readAbout(draft: Draft): Promise<SnapshotAbout | null> {
  return (await readSnapshotEnds(await readDraft(draft))).about;
}

async function reopenOwed(folder: DataFolder, open: OpenRestore | null): Promise<Draft | null> {
  const name = open?.entry.checkpointDraft ?? null;
  return name === null ? null : reopenDraft(folder, PERIODIC_KIND, name);
}

/** Publishes the checkpoint of a restore that is known to be committed. */
async function publishOwed(folder: DataFolder, open: OpenRestore): Promise<Finished> {
  const { planId, safetyCopyId } = open.entry;
  const draft = await reopenOwed(folder, open);
  const checkpointId = draft === null ? null : await publishCheckpoint(folder, draft);
  const at = new Date().toISOString();
  await appendJournal(folder, { type: 'checkpoint-published', planId, checkpointId, at });
  return { planId, outcome: 'committed', safetyCopyId, checkpointId };
}

/** How long COMMIT may take after it was announced, and clocks may disagree. */
const SETTLED_MS = 60_000;

/**
 * Drops the checkpoint of a restore that nobody can judge when the host's next start would load one that was written
 * after it, however the restore ended: so they do not pile up.
 */
async function dropOutdatedDraft(folder: DataFolder, open: OpenRestore): Promise<null> {
  if (open.entry.checkpointDraft === null) return null;
  const since = Date.parse(open.entry.at) + SETTLED_MS;
  const newest = (await listSnapshotFiles(folder)).find(({ kind }) => kind === PERIODIC_KIND);
  if (newest === undefined || newest.problem !== null || !(newest.mtimeMs > since)) return null;
  const named = snapshotTime(newest.name)?.getTime() ?? newest.mtimeMs;
  const draft = named > since ? await reopenOwed(folder, open) : null;
  if (draft !== null) await discardDraft(draft);
  return null;
}

/** Whether somebody is still at it. Of another process, that is over when it has recorded the end of the restore. */
function isInHands(folder: DataFolder, { entry, committed }: OpenRestore): boolean {
  const { planId, by, checkpointDraft } = entry;
  if (isRunningHere(folder, planId)) return true;
  // Before the journal said so, only the draft's name carried the process that writes it.
  const pid = Number(/^\.snapback-(\d{1,10})-/.exec(checkpointDraft ?? '')?.[1] ?? 0);
  const maker = by ?? (pid === 0 ? null : { pid, started: null });
  return !committed && maker !== null && maker.pid !== process.pid && isRunning(maker);
}
