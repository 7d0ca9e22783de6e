import { publishCheckpoint } from './checkpoint.ts';
import type { DataFolder } from './data-folder.ts';
import { SnapbackError } from './errors.ts';
import { appendJournal, readJournal } from './journal.ts';
import { type OpenRestore, replayJournal } from './journal-replay.ts';
import type { SnapshotId, TaskOptions } from './model.ts';
import { sweepPrivateFolders } from './private-folder.ts';
import { type ReadView, withReadView } from './read-view.ts';
import { PERIODIC_KIND, SAFETY_KIND } from './retention.ts';
import { createLogChain } from './row-hash.ts';
import { isRunning, isRunningHere, whileRunning } from './running.ts';
import { readSchema } from './schema.ts';
import {
  type Draft,
  discardDraft,
  leaveDraft,
  readDraft,
  reopenDraft,
  sweepDrafts,
} from './snapshot-drafts.ts';
import { readSnapshotEnds } from './snapshot-ends.ts';
import { listSnapshotFiles } from './snapshot-files.ts';
import type { SnapshotAbout } from './snapshot-format.ts';
import { chainColumns } from './snapshot-writer.ts';
import { foldName, quoteName } from './sql.ts';
import { readRows } from './table-rows.ts';
import { judgeOutcome, type NotedCopy, readNote } from './undo.ts';

export type Finished = {
  readonly planId: string;
  /** `not-committed`: SQLite rolled the restore back. `committed`: it was done; `checkpointId` was published now. */
  readonly outcome: 'committed' | 'not-committed';
  readonly safetySnapshotId: SnapshotId;
  readonly checkpointId: SnapshotId | null;
};

/**
 * Finishes what a killed process left: a restore that was committed gets its fresh checkpoint, one that was not is
 * recorded so, and our own temporary files go. Never touches the database. Call it when a data folder is opened.
 * @throws as `withReadView`; what it could not finish it finishes the next time
 */
export async function finishInterrupted(
  folder: DataFolder,
  task: TaskOptions = {},
): Promise<readonly Finished[]> {
  await sweepPrivateFolders();
  const journal = replayJournal(await readJournal(folder));
  if (journal.empty) await recordUnfinished(folder, task).catch(untilNextTime);
  const finished: Finished[] = [];
  for (const open of journal.open) {
    const done = await finishOne(folder, open, task).catch(untilNextTime);
    if (done !== null) finished.push(done);
  }
  await sweepDrafts(folder);
  return finished;
}

/** A folder that can't be written to, or a busy database, must not keep anyone from looking at it. */
function untilNextTime(error: unknown): null {
  if (error instanceof SnapbackError && error.code !== 'cancelled') return null;
  throw error;
}

/** Without a journal, only the content tells which restores were made. Recorded once, it is known after the host has written more. */
async function recordUnfinished(folder: DataFolder, task: TaskOptions): Promise<void> {
  const files = (await listSnapshotFiles(folder)).filter(
    (file) => file.kind === SAFETY_KIND && file.problem === null,
  );
  const copies = await Promise.all(files.map((file) => readNote(folder, file.id)));
  const noted = copies
    .filter((copy) => copy !== null)
    .filter(({ note }) => !isRunningHere(folder, note.planId));
  if (noted.length === 0) return;
  const found = await withReadView(folder, task, async (view) => {
    const unmade: NotedCopy[] = [];
    // Newest first: of what came before the newest that was made, the content tells nothing any more.
    for (const copy of noted) {
      const outcome = await judgeOutcome(copy, view, task);
      if (outcome === 'committed') return { made: copy, unmade };
      if (outcome === 'not-committed') unmade.push(copy);
      else break;
    }
    return { made: null, unmade };
  });
  const { made, unmade } = found;
  // Who made the copy may be at its restore right now, and have begun to record it.
  if (!replayJournal(await readJournal(folder)).empty) return;
  for (const copy of made === null ? unmade : [made, ...unmade.toReversed()]) {
    const { id: safetySnapshotId, note } = copy;
    const { planId, action, snapshotId } = note;
    const at = new Date().toISOString();
    await appendJournal(folder, {
      type: 'prepared',
      planId,
      action,
      snapshotId,
      safetySnapshotId,
      checkpointDraft: null,
      at,
    });
    await appendJournal(
      folder,
      copy === made
        ? { type: 'recovered', planId, safetySnapshotId, at }
        : { type: 'aborted', planId, code: 'core-stopped', at },
    );
  }
}

async function finishOne(folder: DataFolder, open: OpenRestore, task: TaskOptions): Promise<Finished | null> {
  if (isInHands(folder, open)) return null;
  const { planId, checkpointDraft } = open.entry;
  return whileRunning(folder, planId, async () => {
    const draft = checkpointDraft === null ? null : await reopenDraft(folder, PERIODIC_KIND, checkpointDraft);
    try {
      return await finishWith(folder, open, draft, task);
    } finally {
      if (draft !== null) await leaveDraft(draft);
    }
  });
}

async function finishWith(
  folder: DataFolder,
  { entry, committed }: OpenRestore,
  draft: Draft | null,
  task: TaskOptions,
): Promise<Finished> {
  const { planId, safetySnapshotId, checkpointDraft } = entry;
  const copy = await readNote(folder, safetySnapshotId);
  const outcome = committed
    ? 'committed'
    : copy === null
      ? 'not-committed'
      : await judge(folder, copy, draft, task);
  const at = new Date().toISOString();
  if (outcome === 'committed') {
    // Recorded at once: when the host has written more, the content does not tell it any longer.
    if (!committed) await appendJournal(folder, { type: 'recovered', planId, safetySnapshotId, at });
    const checkpointId = draft === null ? null : await publishCheckpoint(folder, draft);
    if (checkpointDraft !== null)
      await appendJournal(folder, { type: 'checkpoint-published', planId, checkpointId, at });
    return { planId, outcome, safetySnapshotId, checkpointId };
  }
  if (draft !== null) await discardDraft(draft);
  await appendJournal(folder, { type: 'aborted', planId, code: 'core-stopped', at });
  return { planId, outcome, safetySnapshotId, checkpointId: null };
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

async function judge(
  folder: DataFolder,
  copy: NotedCopy,
  draft: Draft | null,
  task: TaskOptions,
): Promise<Finished['outcome']> {
  return withReadView(folder, task, async (view) => {
    const outcome = await judgeOutcome(copy, view, task);
    if (outcome !== 'unknown') return outcome;
    const after = draft === null ? null : (await readSnapshotEnds(await readDraft(draft))).about;
    return after !== null && continues(folder, after, copy.about, view) ? 'committed' : 'not-committed';
  });
}

/** Somebody has written since: then the live log continues the log of after the restore, and not just that of before it. */
function continues(folder: DataFolder, after: SnapshotAbout, before: SnapshotAbout, view: ReadView): boolean {
  const prefixOf = (about: SnapshotAbout) => chainAfter(folder, view, about.log.events) === about.log.chain;
  const [fitsAfter, fitsBefore] = [prefixOf(after), prefixOf(before)];
  return fitsAfter && (!fitsBefore || after.log.events > before.log.events);
}

function chainAfter(folder: DataFolder, view: ReadView, events: number): string | null {
  const { profile } = folder;
  const schema = readSchema(view.db);
  const table = schema.tables.get(foldName(profile.log.table));
  if (table === undefined) return null;
  const chain = createLogChain();
  let found = 0;
  const order = `ORDER BY ${quoteName(profile.log.columns.id)} LIMIT ${events}`;
  const source = {
    schemaName: 'main',
    table: table.name,
    columns: chainColumns(profile),
    order,
    encoding: schema.encoding,
  };
  for (const row of readRows(view.db, source)) {
    if (found === events) break;
    chain.add(row);
    found += 1;
  }
  return found === events ? chain.peek().chain : null;
}
