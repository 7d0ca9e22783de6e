import type { JournalEntry } from './journal.ts';
import type { RestoreReceipt, SnapshotId } from './model.ts';

type Prepared = Extract<JournalEntry, { readonly type: 'prepared' }>;

/** A restore that was begun and has something left to do. */
export type OpenRestore = {
  readonly entry: Prepared;
  /** True: that it was committed is known, and only its checkpoint is missing. */
  readonly committed: boolean;
};

/** A restore that the journal says was committed. */
export type CommittedRestore = {
  readonly planId: string;
  readonly safetySnapshotId: SnapshotId;
  /** Null where a later start had to find out. */
  readonly receipt: RestoreReceipt | null;
  /** Whether log and tables were restored, not the tables alone; null where only the note in the safety copy can tell. */
  readonly full: boolean | null;
  /** Null where it left no checkpoint, none yet, or one under a name that nobody could record. */
  readonly checkpointId: SnapshotId | null;
};

/** What a journal as a whole says. */
export type JournalState = {
  /** Nothing is recorded: then only the contents of database and safety copies can tell. */
  readonly empty: boolean;
  /** What a later start has to finish or to forget, oldest first. */
  readonly open: readonly OpenRestore[];
  /** Oldest first. */
  readonly committed: readonly CommittedRestore[];
  /** Safety copies of restores that were about to commit, and of which the journal does not say how they ended. */
  readonly undecided: ReadonlySet<SnapshotId>;
  /** Safety copies of restores that were not committed. */
  readonly aborted: ReadonlySet<SnapshotId>;
  /** The checkpoint that was published last, even where the journal has lost its beginning; null: none whose name is known. */
  readonly lastCheckpoint: SnapshotId | null;
};

/**
 * Folds the entries, oldest first, into what they say together: the only place that does. One plan may be tried more
 * than once, so an entry is about the newest try before it.
 */
export function replayJournal(entries: readonly JournalEntry[]): JournalState {
  const open = new Map<string, OpenRestore>();
  const undecided = new Map<string, SnapshotId>();
  const aborted = new Set<SnapshotId>();
  const committed: CommittedRestore[] = [];
  let lastCheckpoint: SnapshotId | null = null;
  const publish = (planId: string, checkpointId: SnapshotId | null): void => {
    open.delete(planId);
    lastCheckpoint = checkpointId ?? lastCheckpoint;
    const at = committed.findLastIndex((restore) => restore.planId === planId);
    const restore = committed[at];
    if (restore !== undefined)
      committed[at] = { ...restore, full: true, checkpointId: checkpointId ?? restore.checkpointId };
  };
  for (const entry of entries) {
    if (entry.type === 'prepared') {
      open.set(entry.planId, { entry, committed: false });
      undecided.set(entry.planId, entry.safetySnapshotId);
      continue;
    }
    const { planId } = entry.type === 'committed' ? entry.receipt : entry;
    const begun = open.get(planId)?.entry;
    undecided.delete(planId);
    if (entry.type === 'checkpoint-published') publish(planId, entry.checkpointId);
    else if (entry.type === 'aborted') {
      open.delete(planId);
      if (begun !== undefined) aborted.add(begun.safetySnapshotId);
    } else {
      const receipt = entry.type === 'committed' ? entry.receipt : null;
      const { safetySnapshotId } = entry.type === 'committed' ? entry.receipt : entry;
      const leftDraft = begun !== undefined && begun.checkpointDraft !== null;
      const full = receipt === null ? leftDraft || null : receipt.mode === 'full';
      committed.push({ planId, safetySnapshotId, receipt, full, checkpointId: null });
      // What was left open before is of a state that this one replaced: its checkpoint must not become the newest.
      open.clear();
      if (leftDraft) open.set(planId, { entry: begun, committed: true });
      if (receipt !== null && receipt.checkpointId !== null) publish(planId, receipt.checkpointId);
    }
  }
  return {
    empty: entries.length === 0,
    open: [...open.values()],
    committed,
    undecided: new Set(undecided.values()),
    aborted,
    lastCheckpoint,
  };
}
