import type { ErrorCode } from '../model/errors.ts';
import type { RestoreReceipt } from '../model/receipt.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import type { JournalEntry } from './entry.ts';

/** The line that says that a restore was begun. */
type Prepared = Extract<JournalEntry, { readonly type: 'prepared' }>;

/** A restore that was begun and has something left to do. */
export type OpenRestore = {
  readonly entry: Prepared;
  /** It is known to be committed, and only its checkpoint is missing. */
  readonly committed: boolean;
  /** A later restore of the tables alone was committed, so only the log can still tell how this one ended. */
  readonly overwritten: boolean;
};

/** A restore that the journal says was committed. */
export type CommittedRestore = {
  readonly planId: string;
  readonly safetyCopyId: SnapshotId;
  /** When its end was recorded. */
  readonly at: string;
  /** Null where a later start had to find out that it was committed. */
  readonly receipt: RestoreReceipt | null;
  /** Whether log and tables were restored, rather than the tables alone; null where only the safety copy's note can tell. */
  readonly full: boolean | null;
  /** Null where it left no checkpoint, has not published it yet, or published it under an unknown name. */
  readonly checkpointId: SnapshotId | null;
};

/** A try that wrote nothing, and why. */
type FailedRestore = { readonly safetyCopyId: SnapshotId; readonly code: ErrorCode; readonly at: string };

/** What all entries of a journal say together. */
export type JournalState = {
  /** Nothing is recorded, so only the contents of the database and of the safety copies can tell. */
  readonly empty: boolean;
  /** What a later start has to finish or to drop, oldest first. */
  readonly open: readonly OpenRestore[];
  /** In the order in which they were begun, oldest first. */
  readonly committed: readonly CommittedRestore[];
  /** Every try, in the order in which they were begun. */
  readonly begun: readonly Prepared[];
  /** The tries that wrote nothing. */
  readonly failed: readonly FailedRestore[];
  /** Safety copies of restores that were about to commit, where the journal does not say how they ended. */
  readonly undecided: ReadonlySet<SnapshotId>;
  /** Safety copies of restores that were not committed. */
  readonly aborted: ReadonlySet<SnapshotId>;
  /** The checkpoint that was published last, even where the journal has lost its beginning; null where no name is known. */
  readonly lastCheckpoint: SnapshotId | null;
};

/**
 * Folds the entries, oldest first, into what they say together; nothing else interprets them. A plan may be tried more
 * than once, and an entry is about the newest try before it. A checkpoint is published only after COMMIT, so that entry
 * also says that a full restore was committed.
 */
export function replayJournal(entries: readonly JournalEntry[]): JournalState {
  const open = new Map<string, OpenRestore>();
  /** For each plan the number of the line that says that it was begun. */
  const begunAt = new Map<string, number>();
  const undecided = new Map<string, SnapshotId>();
  const aborted = new Set<SnapshotId>();
  const failed: FailedRestore[] = [];
  const made: { readonly at: number; restore: CommittedRestore }[] = [];
  let lastCheckpoint: SnapshotId | null = null;
  /** A restore replaces, at least in part, the states that older open restores are about. */
  const replaceOlder = (at: number, { full }: CommittedRestore): void => {
    for (const [planId, older] of open) {
      if ((begunAt.get(planId) ?? 0) >= at) continue;
      // After a full restore an older checkpoint must not become the newest. One of the tables alone publishes none.
      if (full === true) open.delete(planId);
      else if (!older.committed) open.set(planId, { ...older, overwritten: true });
    }
  };
  const commit = (restore: CommittedRestore, at: number): void => {
    // A later start may find out about a restore only after newer ones were made.
    made.splice(made.findLastIndex((one) => one.at <= at) + 1, 0, { at, restore });
    undecided.delete(restore.planId);
    aborted.delete(restore.safetyCopyId);
    replaceOlder(at, restore);
  };
  const publish = (planId: string, checkpointId: SnapshotId | null, at: string): void => {
    const begun = open.get(planId);
    if (begun?.committed === false) {
      const { safetyCopyId } = begun.entry;
      const restore = { planId, safetyCopyId, at, receipt: null, full: true, checkpointId: null };
      commit(restore, begunAt.get(planId) ?? 0);
    }
    open.delete(planId);
    lastCheckpoint = checkpointId ?? lastCheckpoint;
    const one = made.findLast(({ restore }) => restore.planId === planId);
    if (one === undefined) return;
    one.restore = { ...one.restore, full: true, checkpointId: checkpointId ?? one.restore.checkpointId };
    replaceOlder(one.at, one.restore);
  };
  for (const [line, entry] of entries.entries()) {
    if (entry.type === 'prepared') {
      open.set(entry.planId, { entry, committed: false, overwritten: false });
      begunAt.set(entry.planId, line);
      undecided.set(entry.planId, entry.safetyCopyId);
      aborted.delete(entry.safetyCopyId);
      continue;
    }
    const { planId } = entry.type === 'committed' ? entry.receipt : entry;
    const begun = open.get(planId)?.entry;
    if (entry.type === 'checkpoint-published') publish(planId, entry.checkpointId, entry.at);
    else if (entry.type === 'aborted') {
      open.delete(planId);
      undecided.delete(planId);
      if (begun === undefined) continue;
      aborted.add(begun.safetyCopyId);
      failed.push({ safetyCopyId: begun.safetyCopyId, code: entry.code, at: entry.at });
    } else {
      const receipt = entry.type === 'committed' ? entry.receipt : null;
      const { safetyCopyId } = entry.type === 'committed' ? entry.receipt : entry;
      const leftDraft = begun !== undefined && begun.checkpointDraft !== null;
      const full = receipt === null ? leftDraft || null : receipt.mode === 'full';
      const restore = { planId, safetyCopyId, at: entry.at, receipt, full, checkpointId: null };
      commit(restore, begunAt.get(planId) ?? line);
      if (leftDraft) open.set(planId, { entry: begun, committed: true, overwritten: false });
      else open.delete(planId);
      if (receipt !== null && receipt.checkpointId !== null) publish(planId, receipt.checkpointId, entry.at);
    }
  }
  return {
    empty: entries.length === 0,
    open: [...open.values()],
    committed: made.map(({ restore }) => restore),
    begun: entries.filter((entry) => entry.type === 'prepared'),
    failed: failed.filter(({ safetyCopyId }) => aborted.has(safetyCopyId)),
    undecided: new Set(undecided.values()),
    aborted,
    lastCheckpoint,
  };
}
