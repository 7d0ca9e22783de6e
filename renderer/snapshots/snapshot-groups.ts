import type { ListedSnapshot } from '../../electron/contract.ts';
import { kindWords } from '../../words/kinds.ts';

const KIND_ORDER = ['rewind', 'periodic', 'restore'];

export type Group = {
  readonly kind: string;
  readonly name: string;
  readonly snapshots: readonly ListedSnapshot[];
};

/** The list by kind: the known kinds first, others by name; within a kind the order it came in, newest first. */
export function groupByKind(snapshots: readonly ListedSnapshot[]): readonly Group[] {
  const rank = (kind: string) => {
    const at = KIND_ORDER.indexOf(kind);
    return at === -1 ? KIND_ORDER.length : at;
  };
  return [...Map.groupBy(snapshots, (snapshot) => snapshot.kind)]
    .map(([kind, list]) => ({ kind, name: kindWords(kind).many, snapshots: list }))
    .toSorted((a, b) => rank(a.kind) - rank(b.kind) || a.kind.localeCompare(b.kind));
}

/** The one that a person most likely looks for: the newest from before a rewind that can be read, else the newest at all. */
export function likelySnapshot(snapshots: readonly ListedSnapshot[]): ListedSnapshot | undefined {
  const readable = snapshots.filter((one) => one.health === 'good' || one.health === 'unchecked');
  const newest = (list: readonly ListedSnapshot[]) =>
    list.toSorted((a, b) => b.takenAt.localeCompare(a.takenAt))[0];
  return newest(readable.filter((one) => one.kind === 'rewind')) ?? newest(readable) ?? snapshots[0];
}
