import type { ListedSnapshot } from '../../electron/contract.ts';
import { kindWords } from '../../words/kinds.ts';
import { localDay } from '../../words/moments.ts';

const KIND_ORDER = ['@file', '@kept', 'rewind', 'periodic', 'restore'];

export type Group = {
  readonly kind: string;
  readonly name: string;
  readonly snapshots: readonly ListedSnapshot[];
};

/** Groups the list by kind: first the known kinds, then others by name. Keeps the order within a kind, newest first. */
export function groupByKind(snapshots: readonly ListedSnapshot[]): readonly Group[] {
  const rank = (kind: string) => {
    const at = KIND_ORDER.indexOf(kind);
    return at === -1 ? KIND_ORDER.length : at;
  };
  return [...Map.groupBy(snapshots, (snapshot) => snapshot.kind)]
    .map(([kind, list]) => ({ kind, name: kindWords(kind).many, snapshots: list }))
    .toSorted((a, b) => rank(a.kind) - rank(b.kind) || a.kind.localeCompare(b.kind));
}

export type DayGroup = {
  /** Local date, as in `2026-11-25`; `OPENED` for opened files. */
  readonly day: string;
  /** A moment of that day; `OPENED` for opened files. */
  readonly takenAt: string;
  readonly snapshots: readonly ListedSnapshot[];
};

/** Whether a snapshot is one of the folder, and not a file that was opened from anywhere. */
export function isOfFolder({ opened }: Pick<ListedSnapshot, 'opened'>): boolean {
  return opened === undefined;
}

/** What stands in the place of a day for files that were opened from anywhere. */
export const OPENED = 'opened';

/** The list by time. Moments in ISO 8601 are in the order of their characters; a collator would take most of the time. */
function newestFirst(snapshots: readonly ListedSnapshot[]): readonly ListedSnapshot[] {
  return snapshots.toSorted((a, b) => (a.takenAt < b.takenAt ? 1 : a.takenAt > b.takenAt ? -1 : 0));
}

/**
 * Groups the list by local day, the newest day and in it the newest snapshot first. Files that were opened come before all
 * days, in the order in which they were opened.
 */
export function groupByDay(snapshots: readonly ListedSnapshot[]): readonly DayGroup[] {
  const opened = snapshots.filter((one) => !isOfFolder(one));
  const byDay = Map.groupBy(newestFirst(snapshots.filter(isOfFolder)), ({ takenAt }) => localDay(takenAt));
  const days = [...byDay].map(([day, list]) => ({
    day,
    takenAt: list[0]?.takenAt ?? day,
    snapshots: list,
  }));
  return opened.length === 0 ? days : [{ day: OPENED, takenAt: OPENED, snapshots: opened }, ...days];
}

/** The kinds that a list has, in the order of `groupByKind`. */
export function kindsOf(snapshots: readonly ListedSnapshot[]): readonly string[] {
  return groupByKind(snapshots).map(({ kind }) => kind);
}

/**
 * The snapshot to show when nothing seems to be lost. Prefers the newest readable one from before a rewind, if possible
 * one that ends at another event than the database; then the newest of another kind; a safety copy last.
 */
export function fallbackSnapshot(
  snapshots: readonly ListedSnapshot[],
  lastEventId: bigint,
): ListedSnapshot | undefined {
  const readable = snapshots.filter((one) => one.health === 'good' || one.health === 'unchecked');
  const newest = (list: readonly ListedSnapshot[]) => newestFirst(list)[0];
  const rewinds = readable.filter((one) => one.kind === 'rewind');
  return (
    newest(rewinds.filter((one) => one.lastEventId !== lastEventId)) ??
    newest(rewinds) ??
    newest(readable.filter((one) => one.kind !== 'restore')) ??
    newest(readable) ??
    snapshots[0]
  );
}
