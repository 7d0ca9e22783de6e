import type { DataFolder } from '../host/data-folder.ts';
import type { Profile } from '../host/profile.ts';
import { type LiveLog, withLiveLog } from '../log/live-log.ts';
import { SnapbackError } from '../model/errors.ts';
import type { By } from '../model/history.ts';
import type { PrunePolicy } from '../model/prune.ts';
import type { SnapshotId, TakeResult } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import { takeUpToDate } from '../restore/tables-at.ts';
import { listFilesOfKind, type SnapshotFile } from '../snapshots/files.ts';
import { isCheckpoint, PERIODIC_KIND, REWIND_KIND } from '../snapshots/kinds.ts';
import type { TakenSnapshot } from '../snapshots/take.ts';
import {
  type Counted,
  countEvents,
  glanceAtLast,
  type LastEvent,
  lookAtCheckpoint,
  readLastEvent,
  rememberTaken,
} from './look-at-checkpoint.ts';
import { applyPrune, planPrune } from './prune.ts';

type Due = {
  readonly due: boolean;
  /** Plain sentences. Where not all of the checkpoint was compared with the log, they say what was. */
  readonly reason: string;
  /** The checkpoint from which events and time were counted; null where there is none. */
  readonly counted: SnapshotId | null;
  /** Newer checkpoints that could not be counted from. */
  readonly passedOver: readonly { readonly id: SnapshotId; readonly why: string }[];
  /** The time of the log's last event; null where it has none. */
  readonly newestEventAt: Date | null;
  /** The id and the hash of the log's last event; null for an empty log. */
  readonly newest: LastEvent | null;
};

/**
 * Tells whether a checkpoint is due by the host's rule: at the first event, then after so many seconds since the newest
 * checkpoint was modified or so many events after its `last_event_id`. Reads only head and tail of files. One that is cut
 * off, unreadable or of another timeline is passed over and named. @throws as `withLiveLog` and `listSnapshotFiles`
 */
export async function isDue(
  folder: DataFolder,
  options: { readonly now?: Date } = {},
  task: TaskOptions = {},
): Promise<Due> {
  const checkpoints = (await listFilesOfKind(folder, PERIODIC_KIND)).filter(isCheckpoint);
  return withLiveLog(folder, 'patient', task, async (live) => {
    const passedOver: Due['passedOver'][number][] = [];
    const newestEventAt = await live.lastTime();
    const newest = await readLastEvent(live);
    for (const file of checkpoints) {
      const found = await lookAtCheckpoint({ folder, file }, live);
      if (typeof found !== 'string')
        return {
          ...(await judge(live, { ...found, file }, folder.profile, options.now ?? new Date())),
          passedOver,
          newestEventAt,
          newest,
        };
      passedOver.push({ id: file.id, why: found });
    }
    const events = await live.countAfter(null);
    const none = passedOver.length === 0 ? 'There is no checkpoint yet' : 'No checkpoint can be counted from';
    const reason =
      events > 0 ? `${none}, and the log has ${countEvents(events)}.` : `${none}, and the log is empty.`;
    return { due: events > 0, reason, counted: null, passedOver, newestEventAt, newest };
  });
}

async function judge(
  live: LiveLog,
  { file, lastEventId, caveat }: Counted & { readonly file: SnapshotFile },
  { periodic }: Profile,
  now: Date,
): Promise<Pick<Due, 'due' | 'reason' | 'counted'>> {
  const { everyEvents, everySeconds } = periodic;
  const seconds = (now.getTime() - file.mtimeMs) / 1000;
  const events = await live.countAfter(lastEventId);
  const due = seconds >= everySeconds || events >= everyEvents;
  const age = `The newest checkpoint is ${Math.max(0, Math.floor(seconds))} seconds old`;
  const limits = `one is taken after ${everySeconds} seconds or ${countEvents(everyEvents)}`;
  return { due, reason: `${age}, with ${countEvents(events)} since; ${limits}.${caveat}`, counted: file.id };
}

/**
 * Takes a checkpoint if one is due. Then it moves to the trash what the host's rules prune: checkpoints beyond the newest
 * ones (never the one just taken), and copies from before a rewind that are too old, unless `retires` is false. If that
 * part fails, the checkpoint stays and the result notes it. @throws as `isDue` and `takeSnapshot`
 */
export async function takeIfDue(
  folder: DataFolder,
  options: { readonly now?: Date; readonly by?: By; readonly retires?: boolean } = {},
  task: TaskOptions = {},
): Promise<TakeResult> {
  const { now = new Date(), by = 'person', retires = true } = options;
  const { due, reason, passedOver, newestEventAt, newest } = await isDue(folder, { now }, task);
  const passed = passedOver.map(({ id, why }) => ` Passed over ${id}: ${why}`).join('');
  if (!due) return { taken: false, reason: reason + passed };
  const taken = await takeAndRemember(folder, newest, task, by);
  if (!retires) return taken;
  return { ...taken, ...(await retire(folder, { now, by, except: [taken.id], newestEventAt })) };
}

type Retiring = {
  readonly now: Date;
  readonly by: By;
  /** What stays, whatever the rules say. */
  readonly except: readonly SnapshotId[];
  /** Nothing else goes, whatever comes under the rules by then. */
  readonly only?: readonly SnapshotId[];
  readonly newestEventAt: Date | null;
};

/** The host's rules. They never name a safety copy. */
export function hostRules({ periodic, rewind }: Profile): readonly PrunePolicy[] {
  return [
    { by: 'count', kind: PERIODIC_KIND, keep: periodic.keep },
    { by: 'age', kind: REWIND_KIND, olderThanDays: rewind.keepDays },
  ];
}

/**
 * Moves to the trash what the host's rules prune. What cannot be moved is noted. @throws as `listSnapshotFiles`
 */
export async function retire(
  folder: DataFolder,
  { newestEventAt, ...choice }: Retiring,
): Promise<Pick<TakenSnapshot, 'retired' | 'notes'>> {
  const { now } = choice;
  const copies = await listFilesOfKind(folder, REWIND_KIND);
  const { keepDays } = folder.profile.rewind;
  const retired: SnapshotId[] = [];
  const notes: string[] = [];
  for (const rule of hostRules(folder.profile)) {
    try {
      if ((await planPrune(folder, rule, choice)).goes.length === 0) continue;
      const witnesses = [newestEventAt?.getTime(), ...copies.map(({ mtimeMs }) => mtimeMs)];
      if (rule.by === 'age' && isClockAhead(now, witnesses, keepDays)) notes.push(CLOCK_AHEAD);
      else {
        const pruned = await applyPrune(folder, rule, choice);
        retired.push(...pruned.moved);
        notes.push(...pruned.notes);
      }
    } catch (error) {
      if (!(error instanceof SnapbackError)) throw error;
      notes.push(`Older snapshots could not be moved to the trash: ${error.message}`);
    }
  }
  return { retired, notes };
}

/** Takes a checkpoint, due or not, and remembers that it has the log's events. @throws as `takeSnapshot` */
export async function takeCheckpoint(folder: DataFolder, task: TaskOptions = {}): Promise<TakenSnapshot> {
  return takeAndRemember(folder, await glanceAtLast(folder), task);
}

/** `newest`: the log's last event before. Without it, the next look at the checkpoint compares all of its events. */
async function takeAndRemember(
  folder: DataFolder,
  newest: LastEvent | null,
  task: TaskOptions,
  by: By = 'person',
): Promise<TakenSnapshot> {
  const taken = await takeUpToDate(folder, PERIODIC_KIND, task, by);
  if (newest !== null) await rememberTaken(folder, taken.id, newest);
  return taken;
}

const CLOCK_AHEAD =
  'No copy before a rewind was moved to the trash: the clock is far ahead of everything that the log and the copies say. If it is right, prune them yourself.';

/**
 * Whether the clock is more than `days` ahead of everything that the host wrote, in milliseconds since 1970. The clock
 * may then be wrong, and everything would look old. Times in the future do not count. Where the host itself writes under
 * a wrong clock, this cannot tell; but then the host prunes by that clock, too.
 */
function isClockAhead(now: Date, witnesses: readonly (number | undefined)[], days: number): boolean {
  const seen = witnesses.filter((time) => time !== undefined && time <= now.getTime());
  const newest = seen.reduce<number | null>((latest, time = 0) => Math.max(latest ?? time, time), null);
  return newest === null || now.getTime() - newest > days * DAY_MS;
}

const DAY_MS = 24 * 60 * 60 * 1000;
