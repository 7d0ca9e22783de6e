import type { ListedSnapshot } from '../../electron/contract.ts';
import { orderByTime } from './marks.ts';

export type TableCounts = {
  readonly name: string;
  /** Oldest first. Snapshots whose tables nobody has counted yet are left out. */
  readonly points: readonly { readonly takenAt: string; readonly rows: number }[];
};

/** How many rows each table had in the snapshots of the host. Tables that never changed come last. */
export function countsOverTime(snapshots: readonly ListedSnapshot[]): readonly TableCounts[] {
  const tables = new Map<string, { takenAt: string; rows: number }[]>();
  for (const { snapshot } of orderByTime(snapshots)) {
    const { takenAt, tables: counted, kind, health } = snapshot;
    if (kind !== 'restore' && health === 'good')
      for (const { name, rows } of counted ?? []) {
        const points = tables.get(name) ?? [];
        points.push({ takenAt, rows });
        tables.set(name, points);
      }
  }
  const changes = ({ points }: TableCounts) => Number(points.some(({ rows }) => rows !== points[0]?.rows));
  return [...tables]
    .map(([name, points]) => ({ name, points }))
    .filter(({ points }) => points.length > 1)
    .toSorted((a, b) => changes(b) - changes(a));
}
