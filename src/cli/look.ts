import { count } from '../../words/plurals.ts';
import {
  checkSnapshot,
  type DataFolder,
  type Look,
  listSnapshots,
  readHappened,
  rulesOf,
  SnapbackError,
  type SnapshotSummary,
  type TaskOptions,
  verifySnapshots,
} from '../index.ts';
import type { Answer } from './answer.ts';
import type { FolderCommand, ListFilter } from './command.ts';
import { describeChats, listChats } from './conversation.ts';
import { describeHappened } from './happened-report.ts';
import { describeList, describeNoMatch, describeSnapshot } from './report.ts';

/* The commands that look at snapshots. All but `status` also work in a folder whose database is gone. */

type ListCommand = Extract<FolderCommand, { readonly name: 'list' }>;

/** `status`: what was lost, and which snapshot brings it back. */
export async function status(folder: DataFolder, task: TaskOptions): Promise<Answer> {
  const happened = await readHappened(folder, task);
  return { json: happened, lines: describeHappened(happened, rulesOf(folder.profile), new Date()) };
}

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

/** `show`: one snapshot, read to its end, and its chats. */
export async function show(folder: DataFolder, id: string, task: TaskOptions): Promise<Answer> {
  const now = new Date();
  const snapshot = await checkSnapshot(folder, id, task);
  const listed = await listChats(folder, id, task);
  const about = describeSnapshot(snapshot, rulesOf(folder.profile), now);
  const lines = [...about, ...describeChats(listed), ...warnOf(folder)];
  return { json: { ...toListed(snapshot), chats: listed?.chats ?? null }, lines };
}

/** `verify`: reads snapshots to their end. Fails, with an answer, if one of them cannot be trusted. */
export async function verify(folder: DataFolder, ids: readonly string[], task: TaskOptions): Promise<Answer> {
  const snapshots = await verifySnapshots(folder, ids, task);
  const unwell = snapshots.filter(({ health }) => health !== 'good');
  const answer = {
    json: snapshots.map(toListed),
    lines: [...describeList(snapshots, rulesOf(folder.profile), new Date()), ...warnOf(folder)],
  };
  const [first] = unwell;
  if (first === undefined) return answer;
  const code = unwell.some(({ health }) => health === 'damaged') ? 'snapshot-damaged' : 'snapshot-unreadable';
  const message = `${count(unwell.length, 'snapshot')} of ${snapshots.length} cannot be trusted.`;
  return {
    ...answer,
    failure: new SnapbackError(code, message, { first: first.id, why: first.healthDetail }),
  };
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
function warnOf({ databaseProblem }: DataFolder): readonly string[] {
  if (databaseProblem === null) return [];
  return [
    `${databaseProblem.message} Only the snapshots can be looked at; restoring needs the database, or an older copy of it (--to FILE --start-from FILE).`,
  ];
}

/** A summary with its tables as an object. A Map becomes that object, so that `__proto__` is a name like any other. */
function toListed({ tables, ...summary }: SnapshotSummary): object {
  return {
    ...summary,
    tables: tables === null ? null : new Map(tables.map(({ name, rows }) => [name, rows])),
  };
}
