import type { ActionHistory, EmptyEntry, HistoryEntry, RestoreEntry } from '../src/model/history.ts';
import type { HeldState, RestoreReceipt } from '../src/model/receipt.ts';
import { fileNameOf } from './backups.ts';
import { kindOf } from './kinds.ts';
import { formatUtc } from './moments.ts';
import { formatBytes, formatNumber, sumOf } from './numbers.ts';
import type { UndoneStep } from './plan.ts';
import { choose, count } from './plurals.ts';
import { checkLines } from './receipt.ts';
import { entryName, momentOf, type Naming } from './restore-name.ts';
import { plain, type Story, storyText } from './story.ts';

/* What was done in a data folder, and how it can be taken back. */

/** The name of an entry: `Brought back Lighthouse, 20 messages`, `Undo of “…”`, `Moved 3 snapshots to the trash`. */
export function entryStory(entry: HistoryEntry, all: readonly HistoryEntry[], naming: Naming): Story {
  const { now } = naming;
  switch (entry.kind) {
    case 'restore':
      return entryName(entry, naming);
    case 'undo':
    case 'redo': {
      const verb = entry.kind === 'undo' ? 'Undo' : 'Redo';
      const of = all.find((one) => one.kind === 'restore' && one.id === entry.of);
      if (of === undefined || of.kind !== 'restore') return [plain(`${verb} of an earlier restore`)];
      return [plain(`${verb} of “`), ...entryName(of, naming), plain('”')];
    }
    case 'prune':
      return [plain(`Moved ${count(entry.snapshots.length, 'snapshot')} to the trash`)];
    case 'keep':
      return keptStory(entry.name ?? fileNameOf(entry.target), momentOf(entry, now));
    case 'take':
      return [plain(kindOf(entry.target) === 'periodic' ? 'Took a checkpoint' : 'Took a snapshot')];
    case 'put-back':
      return [plain(`Put ${count(entry.snapshots.length, 'snapshot')} back from the trash`)];
    case 'salvage':
      return [
        plain(`Saved what is whole of the snapshot of ${momentOf(entry, now)} as “`),
        { text: entry.fileName, tone: 'name' },
        plain('”'),
      ];
    case 'empty-trash':
      return [plain(EMPTIED[entry.to](count(entry.files, 'snapshot')))];
  }
}

/** `name`: what it is called, by a person or as a file; null: only its moment is known. */
function keptStory(name: string | null, moment: string): Story {
  return name === null
    ? [plain(`Kept the snapshot of ${moment}`)]
    : [plain('Kept “'), { text: name, tone: 'name' }, plain('”')];
}

const EMPTIED: { readonly [T in EmptyEntry['to']]: (snapshots: string) => string } = {
  deleted: (snapshots) => `Deleted ${snapshots} for good`,
  'system-trash': (snapshots) => `Moved ${snapshots} to the system’s trash`,
};

/** How an entry ended, where that is not simply done. Empty otherwise. */
export function endedWords(entry: HistoryEntry): string {
  if (!isRestore(entry)) return '';
  switch (entry.ended) {
    case 'done':
      return '';
    case 'found-done':
      return 'Interrupted, and complete.';
    case 'not-made':
      if (entry.code === 'core-stopped') return 'Interrupted: nothing had changed.';
      return entry.code === 'cancelled' ? 'Cancelled: nothing was changed.' : 'Failed: nothing was changed.';
    case 'under-way':
      return 'Not finished yet.';
    case 'undecided':
      return 'It isn’t known how this ended.';
  }
}

/** The figures of an entry. Empty where there are none. */
export function figuresWords(entry: HistoryEntry): string {
  if (isRestore(entry)) return entry.receipt === null ? '' : receiptFigures(entry.receipt);
  switch (entry.kind) {
    case 'prune':
      return entry.bytes === 0 ? '' : `${formatBytes(entry.bytes)} in the trash.`;
    case 'take':
      return entry.isThere ? '' : 'It is not there any more.';
    case 'empty-trash':
      return `${formatBytes(entry.bytes)}.`;
    case 'keep':
    case 'put-back':
    case 'salvage':
      return '';
  }
}

function receiptFigures({ tables }: RestoreReceipt): string {
  const sum = (what: 'added' | 'changed' | 'removed') => sumOf(tables, (one) => one[what]);
  const [added, changed, removed] = [sum('added'), sum('changed'), sum('removed')];
  const parts = [
    { rows: added, does: 'came back' },
    { rows: changed, does: 'changed' },
    { rows: removed, does: 'removed' },
  ]
    .filter(({ rows }) => rows > 0)
    .map(
      ({ rows, does }, at) => `${at === 0 ? count(rows, 'entry', 'entries') : formatNumber(rows)} ${does}`,
    );
  const what = parts.length === 0 ? 'Nothing differed' : parts.join(', ');
  return `${what}; ${count(tables.length, 'table')} verified.`;
}

/** How an entry can be taken back, and whether that takes back more than it, as far as the log tells; or why it cannot be. */
export function takeBackWords({ wayBack }: HistoryEntry): string {
  if (!wayBack.can) return wayBack.because;
  if (wayBack.by === 'put-back') return 'What was moved can be put back.';
  const { by, since } = wayBack;
  const verb = by === 'undo' ? 'Undo' : 'Redo';
  if (since === null)
    return `${verb} is possible. What was written since can’t be counted; the plan shows what would be removed.`;
  if (since > 0)
    return `${verb} is no longer exact: ${count(since, 'event')} ${choose(since, 'was', 'were')} written since, and would be removed too.`;
  return by === 'undo'
    ? 'Undo takes back only this: no event was written since.'
    : 'Redo makes it again: no event was written since.';
}

/** Where there is no entry. */
export const NOTHING_DONE = 'Nothing has been restored, taken, kept or moved to the trash here yet.';

/** What the database holds, where it is none of the entries. */
export const HOLDS_NONE = 'All of these were undone: the database is as it was before them.';

export function isRestore(entry: HistoryEntry): entry is RestoreEntry {
  return 'standing' in entry;
}

/** Whether everything that is known was taken back. */
export function isAllUndone({ held, undo, redo }: ActionHistory): boolean {
  return held === null && undo === null && redo !== null;
}

/**
 * Whether an entry's result is what the chats are like, or that nobody asked for it. Empty where that is said by the entries
 * around it.
 */
export function standingWords(entry: HistoryEntry): string {
  if (!isRestore(entry)) return 'by' in entry && entry.by === 'itself' ? 'Automatic' : '';
  if (entry.standing === 'held') return 'Your chats are like this now';
  if (entry.replacedBy !== null) return 'Replaced by a later restore';
  const isMade = entry.ended === 'done' || entry.ended === 'found-done';
  return entry.standing === 'past' && entry.kind !== 'undo' && isMade ? 'No longer in effect' : '';
}

/** What the question before an undo or a redo is asked with; null for an entry that neither takes back next. */
export function stepOf(
  entry: HistoryEntry,
  all: readonly HistoryEntry[],
  naming: Naming,
): (UndoneStep & { readonly from: HeldState }) | null {
  if (!isRestore(entry) || !entry.wayBack.can) return null;
  const of = all.filter(isRestore).find(({ id }) => id === (entry.of ?? entry.id)) ?? entry;
  const state = entry.wayBack.by === 'redo' ? 'undone' : 'restored';
  const from = { state, snapshotId: of.target ?? of.id, snapshotTakenAt: of.targetTakenAt ?? of.at } as const;
  return { of: entry.id, name: entryName(of, naming), from };
}

/** A receipt in words, line by line, for the file that holds it. */
export function receiptText(
  entry: HistoryEntry,
  all: readonly HistoryEntry[],
  naming: Naming,
): readonly string[] {
  const head = [
    storyText(entryStory(entry, all, naming)),
    `${formatUtc(entry.at)}, ${entry.id}`,
    ...[endedWords(entry), figuresWords(entry)].filter(Boolean),
  ];
  if (!isRestore(entry) || entry.receipt === null) return head;
  const { receipt } = entry;
  return [
    ...head,
    '',
    `From: ${receipt.snapshotId}`,
    `Safety copy: ${receipt.safetyCopyId}`,
    ...(receipt.checkpointId === null ? [] : [`Checkpoint: ${receipt.checkpointId}`]),
    '',
    ...receipt.tables.map(
      ({ name, rows, added, changed, removed }) =>
        `${name}: ${count(rows, 'row')}; ${formatNumber(added)} came back, ${formatNumber(changed)} changed, ${formatNumber(removed)} removed`,
    ),
    '',
    ...checkLines(receipt.checks),
  ];
}
