import {
  type DataFolder,
  type Look,
  listSnapshots,
  rulesOf,
  type SnapshotSummary,
  type TaskOptions,
} from '../index.ts';
import type { Answer } from './answer.ts';
import type { FolderCommand, ListFilter } from './command.ts';
import { describeList, describeNoMatch } from './report.ts';

type ListCommand = Extract<FolderCommand, { readonly name: 'list' }>;

/** `list`: the snapshots that pass the filter. `look`: a look at them from just before. */
export async function list(
  folder: DataFolder,
  { check, filter }: ListCommand,
  look: Look | null,
  task: TaskOptions,
): Promise<Answer> {
  const now = new Date();
  const all = await listSnapshots(folder, { check, look }, task);
  const snapshots = filterList(all, filter, now);
  const found =
    snapshots.length === 0
      ? describeNoMatch(all, filter.kind)
      : describeList(snapshots, rulesOf(folder.profile), now);
  return { json: snapshots.map(toListed), lines: [...found, ...warnOf(folder)] };
}

function filterList(
  snapshots: readonly SnapshotSummary[],
  { kind, since, limit }: ListFilter,
  now: Date,
): readonly SnapshotSummary[] {
  const from = since === null ? 0 : 'iso' in since ? Date.parse(since.iso) : now.getTime() - since.ageMs;
  const matching = snapshots.filter(
    (one) => (kind === null || one.kind === kind) && Date.parse(one.takenAt) >= from,
  );
  if (limit === null) return matching;
  const newest = new Set(matching.toSorted((a, b) => b.takenAt.localeCompare(a.takenAt)).slice(0, limit));
  return matching.filter((one) => newest.has(one));
}

/** A warning that the database cannot be used; nothing if it can. */
export function warnOf({ databaseProblem }: DataFolder): readonly string[] {
  if (databaseProblem === null) return [];
  return [
    `${databaseProblem.message} Only the snapshots can be looked at; restoring needs the database, or an older copy of it (--to FILE --start-from FILE).`,
  ];
}

/** A summary with its tables as an object. A Map becomes that object, so that `__proto__` is a name like any other. */
export function toListed({ tables, ...summary }: SnapshotSummary): object {
  return {
    ...summary,
    tables: tables === null ? null : new Map(tables.map(({ name, rows }) => [name, rows])),
  };
}
