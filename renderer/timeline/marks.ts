import type { ListedSnapshot } from '../../electron/contract.ts';

/** One or more snapshots at the same place of the timeline. */
export type Mark = {
  /** The id of its newest snapshot. */
  readonly id: string;
  readonly kind: string;
  /** Newest first. */
  readonly snapshots: readonly ListedSnapshot[];
  readonly x: number;
};

/** Marks that are nearer to each other than this cannot be told apart. */
const LEAST_DISTANCE = 10;

/** A snapshot and when it was taken, in milliseconds since 1970. */
export type Moment = { readonly snapshot: ListedSnapshot; readonly time: number };

/** The snapshots, oldest first. */
export function orderByTime(snapshots: readonly ListedSnapshot[]): readonly Moment[] {
  return snapshots
    .map((snapshot) => ({ snapshot, time: Date.parse(snapshot.takenAt) }))
    .toSorted((a, b) => a.time - b.time);
}

/**
 * Snapshots, oldest first, as marks from left to right. Neighbours of one kind share a mark where there is no room for two.
 */
export function placeMarks(moments: readonly Moment[], xOf: (time: number) => number): readonly Mark[] {
  const marks: { kind: string; snapshots: ListedSnapshot[]; x: number }[] = [];
  const open = new Map<string, (typeof marks)[number]>();
  for (const { snapshot, time } of moments) {
    const x = xOf(time);
    const last = open.get(snapshot.kind);
    if (last !== undefined && x - last.x < LEAST_DISTANCE) {
      last.snapshots.push(snapshot);
      continue;
    }
    const mark = { kind: snapshot.kind, snapshots: [snapshot], x };
    open.set(snapshot.kind, mark);
    marks.push(mark);
  }
  return marks.map(({ snapshots, ...mark }) => ({
    ...mark,
    id: snapshots.at(-1)?.id ?? '',
    snapshots: snapshots.toReversed(),
  }));
}
