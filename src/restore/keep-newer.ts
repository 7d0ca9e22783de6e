import type { HostDatabase } from '../host/host-database.ts';
import { SnapbackError } from '../model/errors.ts';
import type { Referring, Refusal, RestoreOptions, RestorePlan } from '../model/restore.ts';
import type { TaskOptions } from '../model/task.ts';
import { explainPrivateWrite, openPrivateDatabase } from '../sqlite/database.ts';
import { placeOfName } from '../sqlite/names.ts';
import type { Stage } from '../stage/stage.ts';
import { columnInStage, type StagedTable } from '../stage/staged-table.ts';
import {
  copyMarks,
  copyNewerEvents,
  countEarlier,
  nameCopied,
  type Target,
  tookNewer,
} from './newer-events.ts';
import { refusalOf } from './refusals.ts';

/*
 * Restoring a snapshot while keeping the events that were written since. The log becomes the snapshot's and the newer events
 * after it, with the flags that these set, less the record of the rewind: replaying that would rewind again. The tables
 * become the snapshot's. Nobody has to guess how the host changes them: the fresh checkpoint ends with the snapshot's last
 * event, so the host itself applies the newer ones at its next start.
 *
 * For planning, writing and verifying, this is a restore like any other, of a stage to which these events were added.
 */

/** What was added to a stage. */
export type KeptEvents = {
  readonly events: number;
  /** How many records of a rewind were left out. */
  readonly rewindRecords: number;
  /** How many were left out as they were asked to be, and those that were kept and may refer to them. */
  readonly leftOut: number;
  readonly referring: readonly Referring[];
  /** The content of the events: it belongs to what a plan says. */
  readonly hash: string;
  /** Why they cannot be kept; null: they can. Then nothing was added. */
  readonly obstacle: Obstacle | null;
};

/**
 * `no-ids`: the log has no ids by which newer events are told. `elsewhere`: a part of what they hold is in another table. `wrong-end`: the snapshot does not end with the event that
 * it names as its last. `no-replay`, `no-gaps`: the profile says that the host does not replay, or wants ids without gaps.
 * `no-places`: the log lacks the columns of the profile's `sequence`. `place-taken`: newer events have the places of others in their streams.
 * `several-rewinds`: more than one rewind is recorded since. `newer-taken`: the rewind took newer events, too.
 * `replaced-by-left-out`: an event that stays is superseded by one that is left out. `replaced`: newer events supersede lost ones. `other-timeline`: newer events have the ids of lost ones, or earlier events
 * have changed.
 */
type Obstacle =
  | 'no-ids'
  | 'elsewhere'
  | 'wrong-end'
  | 'no-replay'
  | 'no-gaps'
  | 'no-places'
  | 'place-taken'
  | 'several-rewinds'
  | 'newer-taken'
  | 'replaced-by-left-out'
  | 'replaced'
  | 'other-timeline';

/** A stage of its own that may be added to. */
export type OwnStage = { readonly stage: Stage; readonly nativeBinding: string | undefined };

/**
 * Adds the live events after the snapshot's last one to its stage. Call it in the transaction that the plan is made in,
 * before the stage is read there. `leaveOut`: these are not added. @throws `usage` if one of them is no newer event, `disk-full`, `schema-needs-host`, `cancelled`, database errors
 */
export async function addNewerEvents(
  { stage, nativeBinding }: OwnStage,
  {
    database,
    leaveOut = [],
  }: { readonly database: HostDatabase; readonly leaveOut?: RestoreOptions['leaveOut'] },
  task: TaskOptions,
): Promise<{ readonly stage: Stage; readonly kept: KeptEvents }> {
  const refused = (obstacle: Obstacle) => ({
    stage,
    kept: { events: 0, rewindRecords: 0, leftOut: 0, referring: [], hash: '', obstacle },
  });
  const { log: rules } = database.profile;
  const staged = stage.tables.find(({ role }) => role === 'log');
  if (staged === undefined || placeOfName(staged.columns, rules.columns.id) === -1) return refused('no-ids');
  if (rules.joined.length > 0) return refused('elsewhere');
  if (!rules.replays) return refused('no-replay');
  if (stage.lastEventId === null || readLastStaged(stage, staged, rules.columns.id) !== stage.lastEventId)
    return refused('wrong-end');
  const db = openPrivateDatabase(stage.file, { nativeBinding });
  try {
    db.exec('BEGIN');
    const added = await addTo(
      { db, staged, after: stage.lastEventId, leaveOut: new Set(leaveOut) },
      database,
      task,
    );
    if (typeof added === 'string') return refused(added);
    db.exec('COMMIT');
    const grown = (table: StagedTable) =>
      table === staged ? { ...table, rows: table.rows + added.events } : table;
    return { stage: { ...stage, tables: stage.tables.map(grown) }, kept: { ...added, obstacle: null } };
  } catch (error) {
    throw explainPrivateWrite(error, stage.file);
  } finally {
    if (db.inTransaction) db.exec('ROLLBACK');
    db.close();
  }
}

/** Adds the newer events and what they flagged, or says why they cannot be kept. */
async function addTo(
  target: Target,
  database: HostDatabase,
  task: TaskOptions,
): Promise<Omit<KeptEvents, 'obstacle'> | Obstacle> {
  const copied = await copyNewerEvents(target, database, task);
  const { events, records, leftOut, referring, keyTaken, hash } = copied;
  const [record = null, ...more] = records;
  if (keyTaken) return 'other-timeline';
  const [unknown] = [...target.leaveOut].filter((id) => !leftOut.includes(id));
  if (unknown !== undefined) throw noSuchEvent(unknown);
  if (more.length > 0) return 'several-rewinds';
  if (copied.isReplaced) return 'replaced-by-left-out';
  if ((record !== null || leftOut.length > 0) && events > 0 && database.profile.log.gapless) return 'no-gaps';
  if (record !== null && tookNewer(target, database, record)) return 'newer-taken';
  const misplaced = findMisplaced(target, database);
  if (misplaced !== null) return misplaced;
  const marks = copyMarks(target, database, record);
  // Without a record, and with no event missing, these flags may be the rewind itself.
  const isPrefix = countEarlier(target, database) >= target.staged.rows;
  if (marks.events > 0 && record === null && isPrefix) return 'replaced';
  return {
    ...{ events, rewindRecords: records.length, leftOut: leftOut.length, referring },
    hash: nameCopied(hash, marks.hash),
  };
}

function noSuchEvent(id: bigint): SnapbackError {
  return new SnapbackError('usage', `There is no newer event ${id} that could be left out.`, {
    command: 'restore',
  });
}

/** Why newer events do not fit into their streams, as the profile's `sequence` wants it; null: they do. */
function findMisplaced({ db, staged, after }: Target, { profile }: HostDatabase): Obstacle | null {
  const { sequence, columns } = profile.log;
  if (sequence === null) return null;
  const places = [sequence.stream, sequence.place, columns.id].map((one) => placeOfName(staged.columns, one));
  if (places.includes(-1)) return 'no-places';
  const [stream, place, id] = places.map((one) => columnInStage(staged, one));
  const isAny = (groups: string, having: string) =>
    db
      .prepare<[bigint], unknown>(
        `SELECT 1 FROM ${staged.name} WHERE ${place} IS NOT NULL GROUP BY ${groups} HAVING max(${id}) > ? AND ${having} LIMIT 1`,
      )
      .get(after) !== undefined;
  if (isAny(`${stream}, ${place}`, 'count(*) > 1')) return 'place-taken';
  const hasGap = `max(${place}) - min(${place}) + 1 <> count(*)`;
  return sequence.gapless && isAny(`${stream}`, hasGap) ? 'no-gaps' : null;
}

/** The highest event id in the stage, 0 without events; null if one is no integer. */
function readLastStaged({ db }: Stage, staged: StagedTable, id: string): bigint | null {
  const column = columnInStage(staged, placeOfName(staged.columns, id));
  const last = db
    .prepare<[], unknown>(`SELECT ifnull(max(${column}), 0) FROM ${staged.name}`)
    .pluck()
    .safeIntegers()
    .get();
  return typeof last === 'bigint' ? last : null;
}

/** Why a plan that keeps newer events may not be applied; null: it may, or there are none to keep. */
export function findKeepRefusal(
  plan: Pick<RestorePlan, 'newerEvents' | 'newerEventsLost'>,
  { obstacle, events, rewindRecords, leftOut }: KeptEvents,
): Refusal | null {
  if (events === 0 && plan.newerEventsLost === 0) return null;
  const records = plan.newerEvents.reduce((sum, one) => sum + one.rewindRecords, 0);
  const found =
    obstacle ?? (plan.newerEventsLost !== leftOut || records !== rewindRecords ? 'other-timeline' : null);
  return found === null
    ? null
    : refusalOf(
        new SnapbackError('newer-not-kept', `${REASONS[found]} So newer events cannot be kept.`, {
          why: found,
        }),
      );
}

const REASONS: Readonly<Record<Obstacle, string>> = {
  'no-ids': 'The log has no ids that tell which events are newer.',
  elsewhere: 'A part of what the events hold is in another table than the log.',
  'wrong-end': 'The snapshot does not say exactly where it ends.',
  'no-replay': 'The profile says that the chat app does not apply events of its log when it starts.',
  'no-gaps': 'The profile allows no gaps between events, and there would be one.',
  'no-places': 'The log lacks the columns by which the profile says where events stand in their streams.',
  'place-taken': 'Newer events stand where lost ones stood in their streams.',
  'several-rewinds': 'The chats were rewound more than once since this snapshot.',
  'newer-taken': 'The rewind also took messages that were written after this snapshot was taken.',
  'replaced-by-left-out':
    'An event that would stay is replaced by one that is left out. Leave both out, or none.',
  replaced: 'Newer events replace lost ones, and no rewind is recorded that would tell why.',
  'other-timeline': 'Newer events have the ids of lost ones, or earlier events have changed.',
};
