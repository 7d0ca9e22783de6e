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

/** The snapshots as marks from left to right. Neighbours of one kind share a mark where there is no room for two. */
export function placeMarks(
  snapshots: readonly ListedSnapshot[],
  xOf: (time: number) => number,
): readonly Mark[] {
  const placed = snapshots
    .map((snapshot) => ({ snapshot, x: xOf(Date.parse(snapshot.takenAt)) }))
    .toSorted((a, b) => a.x - b.x || a.snapshot.takenAt.localeCompare(b.snapshot.takenAt));
  const marks: { kind: string; snapshots: ListedSnapshot[]; x: number }[] = [];
  const open = new Map<string, (typeof marks)[number]>();
  for (const { snapshot, x } of placed) {
    const last = open.get(snapshot.kind);
    if (last !== undefined && x - last.x < LEAST_DISTANCE) {
      last.snapshots.unshift(snapshot);
      continue;
    }
    const mark = { kind: snapshot.kind, snapshots: [snapshot], x };
    open.set(snapshot.kind, mark);
    marks.push(mark);
  }
  return marks.map((mark) => ({ ...mark, id: mark.snapshots[0]?.id ?? '' }));
}
