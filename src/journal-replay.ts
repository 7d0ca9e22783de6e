import type { JournalEntry } from './journal.ts';
import type { RestoreReceipt, SnapshotId } from './model.ts';

export type Prepared = Extract<JournalEntry, { readonly type: 'prepared' }>;

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
  /** The checkpoint that was published last; an id of null: under a name that nobody could record. */
  readonly lastCheckpoint: { readonly planId: string; readonly checkpointId: SnapshotId | null } | null;
};

/**
 * Folds the entries, oldest first, into what they say together: the only place that does. One plan may be tried more
 * than once, so an entry is about the newest try before it.
 */
export function replayJournal(entries: readonly JournalEntry[]): JournalState {
  const open = new Map<string, OpenRestore>();
  const undecided = new Map<string, SnapshotId>();
  const committed: CommittedRestore[] = [];
  let lastCheckpoint: JournalState['lastCheckpoint'] = null;
  for (const entry of entries) {
    if (entry.type === 'prepared') {
      open.set(entry.planId, { entry, committed: false });
      undecided.set(entry.planId, entry.safetySnapshotId);
      continue;
    }
    const { planId } = entry.type === 'committed' ? entry.receipt : entry;
    undecided.delete(planId);
    if (entry.type === 'aborted') open.delete(planId);
    else if (entry.type === 'checkpoint-published') {
      open.delete(planId);
      lastCheckpoint = { planId, checkpointId: entry.checkpointId };
    } else {
      const receipt = entry.type === 'committed' ? entry.receipt : null;
      const { safetySnapshotId } = entry.type === 'committed' ? entry.receipt : entry;
      committed.push({ planId, safetySnapshotId, receipt });
      const begun = open.get(planId);
      // What was left open before is of a state that this one replaced: its checkpoint must not become the newest.
      open.clear();
      if (begun !== undefined && begun.entry.checkpointDraft !== null)
        open.set(planId, { entry: begun.entry, committed: true });
    }
  }
  return {
    empty: entries.length === 0,
    open: [...open.values()],
    committed,
    undecided: new Set(undecided.values()),
    lastCheckpoint,
  };
}
