import type { ActionHistory, HistoryEntry, RestoreEntry } from '../src/model/history.ts';
import type { HeldState, RestoreReceipt, Returned } from '../src/model/restore.ts';
import { chatName, chatWords } from './events.ts';
import { formatMoment, formatUtc } from './moments.ts';
import { formatBytes, formatNumber } from './numbers.ts';
import type { UndoneStep } from './plan.ts';
import { choose, count } from './plurals.ts';
import { checkWords } from './receipt.ts';
import { enumerate, type Piece, plain, type Story, storyText } from './story.ts';

/* What was done in a data folder, and how it can be taken back. */

type Named = Pick<RestoreEntry, 'receipt' | 'mode' | 'target' | 'targetTakenAt'>;

/** The name of an entry: `Brought back Lighthouse, 20 messages`, `Undo of “…”`, `Moved 3 snapshots to the trash`. */
export function entryStory(entry: HistoryEntry, all: readonly HistoryEntry[], now: Date): Story {
  switch (entry.kind) {
    case 'restore':
      return restoreStory(entry, now);
    case 'undo':
    case 'redo': {
      const verb = entry.kind === 'undo' ? 'Undo' : 'Redo';
      const of = all.find((one) => one.kind === 'restore' && one.id === entry.of);
      if (of === undefined || of.kind !== 'restore') return [plain(`${verb} of an earlier restore`)];
      return [plain(`${verb} of “`), ...restoreStory(of, now), plain('”')];
    }
    case 'prune':
      return [plain(`Moved ${count(entry.snapshots.length, 'snapshot')} to the trash`)];
    case 'keep':
      return entry.name === null
        ? [plain(`Kept the snapshot of ${momentOf(entry, now)}`)]
        : [plain('Kept “'), { text: entry.name, tone: 'name' }, plain('”')];
  }
}

function restoreStory(entry: Named, now: Date): Story {
  const { receipt, mode } = entry;
  const returned = receipt?.returned ?? null;
  const kept = receipt !== null && receipt.replay !== null ? [plain(', keeping what was newer')] : [];
  if (returned !== null && returned.events > 0) return [...returnedStory(returned), ...kept];
  const moment = momentOf(entry, now);
  if (receipt?.isPart === true) return [plain(`Restore of a part, as of ${moment}`)];
  if (mode === 'projections') return [plain(`Derived data rebuilt as of ${moment}`)];
  return [plain(`Restore to ${moment}`), ...kept];
}

const MOST_CHATS = 2;

function returnedStory({ messages, events, chats, named }: Returned): Story {
  const amount = messages > 0 ? count(messages, 'message') : count(events, 'event');
  const known = named.filter(({ chat }) => chat !== null);
  if (known.length === 0) return [plain('Brought back '), plain(amount)];
  const shown = known.slice(0, chats === MOST_CHATS + 1 ? chats : MOST_CHATS);
  const rest = chats - shown.length;
  const where = enumerate([
    ...shown.map((one): Story => [namePiece(one)]),
    ...(rest === 0 ? [] : [[plain(count(rest, 'other chat'))]]),
  ]);
  return [plain('Brought back '), ...where, plain(`, ${amount}`)];
}

function namePiece(one: Returned['named'][number]): Piece {
  const [text, whole] = [chatWords(one), chatName(one)];
  return text === whole ? { text, tone: 'name' } : { text, tone: 'name', whole };
}

function momentOf(
  { targetTakenAt, target }: Pick<RestoreEntry, 'targetTakenAt' | 'target'>,
  now: Date,
): string {
  return targetTakenAt === null ? (target ?? 'an unknown moment') : formatMoment(targetTakenAt, now);
}

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
  if (entry.kind === 'prune') return `${formatBytes(entry.bytes)} in the trash.`;
  return entry.kind === 'keep' || entry.receipt === null ? '' : receiptFigures(entry.receipt);
}

function receiptFigures({ tables }: RestoreReceipt): string {
  const sum = (what: 'added' | 'changed' | 'removed') => tables.reduce((total, one) => total + one[what], 0);
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

/** What the database holds, where it is none of the entries. */
export const HOLDS_NONE = 'All of these were undone: the database is as it was before them.';

export function isRestore(entry: HistoryEntry): entry is RestoreEntry {
  return entry.kind !== 'prune' && entry.kind !== 'keep';
}

/** Whether everything that is known was taken back. */
export function isAllUndone({ held, undo, redo }: ActionHistory): boolean {
  return held === null && undo === null && redo !== null;
}

/** Whether an entry's result is what the chats are like. Empty where that is said by the entries around it. */
export function standingWords(entry: HistoryEntry): string {
  if (!isRestore(entry)) return '';
  if (entry.standing === 'held') return 'Your chats are like this now';
  const isMade = entry.ended === 'done' || entry.ended === 'found-done';
  return entry.standing === 'past' && entry.kind !== 'undo' && isMade ? 'No longer in effect' : '';
}

/** What the question before an undo or a redo is asked with; null for an entry that neither takes back next. */
export function stepOf(
  entry: HistoryEntry,
  all: readonly HistoryEntry[],
  now: Date,
): (UndoneStep & { readonly from: HeldState }) | null {
  if (!isRestore(entry) || !entry.wayBack.can) return null;
  const of = all.filter(isRestore).find(({ id }) => id === (entry.of ?? entry.id)) ?? entry;
  const state = entry.wayBack.by === 'redo' ? 'undone' : 'restored';
  const from = { state, snapshotId: of.target ?? of.id, snapshotTakenAt: of.targetTakenAt ?? of.at } as const;
  return { of: entry.id, name: restoreStory(of, now), from };
}

/** A receipt in words, line by line, for the file that holds it. */
export function receiptText(entry: HistoryEntry, all: readonly HistoryEntry[], now: Date): readonly string[] {
  const head = [
    storyText(entryStory(entry, all, now)),
    `${formatUtc(entry.at)}, ${entry.id}`,
    ...[endedWords(entry), figuresWords(entry)].filter(Boolean),
  ];
  if (!isRestore(entry) || entry.receipt === null) return head;
  const { receipt } = entry;
  const checks = [...Map.groupBy(receipt.checks, ({ check }) => check)].map(([check, results]) =>
    checkWords(check, results),
  );
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
    ...checks.map(
      ({ text, remarks, passed }) =>
        `${passed ? 'ok' : '! '}  ${text}${remarks === '' ? '' : ` (${remarks})`}`,
    ),
  ];
}
