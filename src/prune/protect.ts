import { findPerhapsOnlyCopies } from '../catalog/lost.ts';
import { isBeingWritten } from '../host/being-written.ts';
import type { DataFolder } from '../host/data-folder.ts';
import { readJournal } from '../journal/journal.ts';
import { replayJournal } from '../journal/replay.ts';
import { withLiveLog } from '../log/live-log.ts';
import { SnapbackError } from '../model/errors.ts';
import type { Protection, ProtectionLook } from '../model/protection.ts';
import type { SnapshotId, TakeResult } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import { isInHands } from '../recovery/in-hands.ts';
import { hostRules, retire, takeIfDue } from './due.ts';
import { asOnlyTaker } from './one-taker.ts';
import { planPrune } from './prune.ts';

/*
 * What Snapback does by itself while a folder is open, if a person allowed it. It deletes nothing, moves nothing that alone
 * can bring something back, and each of its actions is an entry of the history.
 */

type Done = Pick<ProtectionLook, 'taken' | 'moved' | 'notes'>;

const NOTHING: Done = { taken: false, moved: 0, notes: [] };

/**
 * Does once what was allowed and is due at `now`. Busy, and nothing done, while somebody writes to the database, restores,
 * or does the same. What the system or the database refuses is told in the notes. @throws only bugs
 */
export async function protectOnce(
  folder: DataFolder,
  allowed: Protection,
  now: Date,
  task: TaskOptions = {},
): Promise<ProtectionLook> {
  const at = now.toISOString();
  const ended = { at, busy: false };
  if (!allowed.take && !allowed.tidy) return { ...ended, ...NOTHING };
  try {
    if (isBeingWritten(folder.databaseFile, now) || (await isBeingRestored(folder)))
      return { ...ended, ...NOTHING, busy: true };
    const done = await asOnlyTaker(folder, async () => {
      const taken = allowed.take ? await takeOnce(folder, now, task) : null;
      const except = taken?.taken === true ? [taken.id] : [];
      const tidied = allowed.tidy ? await tidyOnce(folder, { now, except }, task) : null;
      return {
        taken: taken?.taken === true,
        moved: tidied?.retired.length ?? 0,
        notes: [...(taken?.taken === true ? taken.notes : []), ...(tidied?.notes ?? [])],
      };
    });
    return done === null ? { ...ended, ...NOTHING, busy: true } : { ...ended, ...done };
  } catch (error) {
    if (!(error instanceof SnapbackError)) throw error;
    const busy = error.code === 'database-busy';
    return { ...ended, ...NOTHING, busy, notes: busy ? [] : [error.message] };
  }
}

function takeOnce(folder: DataFolder, now: Date, task: TaskOptions): Promise<TakeResult> {
  return takeIfDue(folder, { now, by: 'itself', retires: false }, task);
}

type Tidying = { readonly now: Date; readonly except: readonly SnapshotId[] };

/**
 * Where it cannot be told what only a snapshot holds, nothing is moved: the error says why. What comes under a rule while
 * that is found out is left for the next time.
 */
async function tidyOnce(folder: DataFolder, { now, except }: Tidying, task: TaskOptions) {
  const going: SnapshotId[] = [];
  for (const rule of hostRules(folder.profile))
    going.push(...(await planPrune(folder, rule, { now, except })).goes.map(({ id }) => id));
  if (going.length === 0) return { retired: [], notes: [] };
  const copies = await findPerhapsOnlyCopies(folder, going, task);
  const newestEventAt = await withLiveLog(folder, 'patient', task, (live) => live.lastTime());
  const only = going.filter((id) => !copies.includes(id));
  return retire(folder, { now, by: 'itself', except, only, newestEventAt });
}

/** A restore of any process: a checkpoint of what it is about to replace would come too late. */
async function isBeingRestored(folder: DataFolder): Promise<boolean> {
  return replayJournal(await readJournal(folder)).open.some((one) => isInHands(folder, one));
}
