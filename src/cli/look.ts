import { count } from '../../words/plurals.ts';
import {
  checkSnapshot,
  type DataFolder,
  readHappened,
  rulesOf,
  SnapbackError,
  type TaskOptions,
  verifySnapshots,
} from '../index.ts';
import type { Answer } from './answer.ts';
import { describeChats, listChats } from './conversation.ts';
import { describeHappened } from './happened-report.ts';
import { toListed, warnOf } from './list.ts';
import { describeList, describeSnapshot } from './report.ts';

/* The commands that look at snapshots. All but `status` also work in a folder whose database is gone. */

/** `status`: what was lost, and which snapshot brings it back. */
export async function status(folder: DataFolder, task: TaskOptions): Promise<Answer> {
  const happened = await readHappened(folder, task);
  return { json: happened, lines: describeHappened(happened, rulesOf(folder.profile), new Date()) };
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
