import type { DataFolder } from '../host/data-folder.ts';
import { withLiveLog } from '../log/live-log.ts';
import { SnapbackError } from '../model/errors.ts';
import type { ActionHistory, RestoreEntry } from '../model/history.ts';
import type { TaskOptions } from '../model/task.ts';
import { type RestoreHistory, readRestoreHistory, type ToldRestore } from '../recovery/restore-history.ts';
import { wayBackOf } from '../recovery/way-back.ts';
import { listOtherActions } from './other-actions.ts';

/** Tells how many events were written after the one with this id, which was the last one at that time; null where that is not known. */
type CountSince = (lastEventId: bigint, at: string) => Promise<number | null>;

/**
 * What was done in a data folder, newest first: every restore, undo and redo with its receipt and how it ended, and what
 * else was noted or still shows. Reads the journal, notes and names; of the database only how many events were written
 * since, which stays unknown where it cannot be read, or where ids do not tell.
 * @throws as `readRestoreHistory` and `listOtherActions`; `cancelled`
 */
export async function readHistory(folder: DataFolder, task: TaskOptions = {}): Promise<ActionHistory> {
  const history = await readRestoreHistory(folder);
  const { held, undo, redo } = history.walk;
  const restores = await whileCounting(folder, history, task, async (countSince) => {
    const entries: RestoreEntry[] = [];
    for (const one of history.restores.toReversed())
      entries.push(await describeRestore(one, history, countSince));
    return entries;
  });
  const entries = [...withReplaced(restores), ...(await listOtherActions(folder))];
  return { entries: entries.toSorted((a, b) => b.at.localeCompare(a.at)), held, undo, redo };
}

async function describeRestore(
  one: ToldRestore,
  history: RestoreHistory,
  countSince: CountSince,
): Promise<RestoreEntry> {
  const { id, action, copy: _, ...told } = one;
  const { steps, held, inEffect } = history.walk;
  const step = steps.get(id);
  const way = wayBackOf(one, history);
  const last = way.can ? lastEventAfter(one) : null;
  return {
    ...{ id, ...told },
    kind: step?.kind ?? action ?? 'restore',
    of: step === undefined || step.of === id ? null : step.of,
    standing: id === held ? 'held' : inEffect.has(id) ? 'in-effect' : 'past',
    replacedBy: null,
    wayBack: way.can
      ? { can: true, by: way.by, since: last === null ? null : await countSince(last, one.at) }
      : way,
  };
}

/**
 * Marks what lies between a restore and its target: a restore in effect that went back to before another one has replaced
 * what that one did, until it is undone.
 */
function withReplaced(entries: readonly RestoreEntry[]): readonly RestoreEntry[] {
  const whole = entries.filter(
    ({ kind, standing, receipt }) =>
      kind === 'restore' && standing !== 'past' && receipt?.mode === 'full' && !receipt.isPart,
  );
  return entries.map((entry) => {
    if (entry.standing === 'past') return entry;
    const replacing = whole.find(
      ({ id, at, targetTakenAt }) =>
        id !== entry.id && targetTakenAt !== null && targetTakenAt < entry.at && entry.at < at,
    );
    return replacing === undefined ? entry : { ...entry, replacedBy: replacing.id };
  });
}

/** The last event of the log right after a restore; null where that is not known. One of the tables alone leaves the log. */
function lastEventAfter({ receipt, copy }: ToldRestore): bigint | null {
  if (receipt === null) return null;
  if (receipt.mode === 'full') return receipt.lastEventId;
  return typeof copy === 'string' ? null : BigInt(copy.about.lastEventId);
}

/** Opens the log only where something can be taken back. Where it cannot be read, nothing is known of it. */
async function whileCounting<T>(
  folder: DataFolder,
  { walk }: RestoreHistory,
  task: TaskOptions,
  use: (countSince: CountSince) => Promise<T>,
): Promise<T> {
  const unknown: CountSince = async () => null;
  if (walk.undo === null && walk.redo === null) return use(unknown);
  try {
    return await withLiveLog(folder, 'glance', task, async ({ countAfter, lastId, reusesIds, timeOf }) => {
      const last = await lastId();
      // A deleted event’s id is given again only if it was the last one. Then its event is younger now.
      const isOlder = async (id: bigint, at: string) =>
        !(await reusesIds()) || ((await timeOf(id))?.getTime() ?? Number.NaN) <= Date.parse(at);
      return use(async (id, at) => (id <= last && (await isOlder(id, at)) ? countAfter(id) : null));
    });
  } catch (error) {
    if (!(error instanceof SnapbackError) || error.code === 'cancelled') throw error;
    return use(unknown);
  }
}
