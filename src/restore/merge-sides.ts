import { compareEach } from '../compare/compare-snapshot.ts';
import type { Comparison } from '../compare/compare-table.ts';
import type { HostDatabase } from '../host/host-database.ts';
import { type ErrorDetail, SnapbackError } from '../model/errors.ts';
import type { Refusal } from '../model/restore.ts';
import type { Merge, MergedPart } from '../model/selection.ts';
import type { TaskOptions } from '../model/task.ts';
import { quoteName } from '../sqlite/names.ts';
import { attachStage } from '../stage/staged-view.ts';
import { createYielder } from '../system/yielder.ts';
import { beginChoosing } from './chosen-rows.ts';
import { findMergeBase, type MergeBase } from './merge-base.ts';
import { refusalOf } from './refusals.ts';
import { findRewindSince, isKeyedById, liveNames, type RewindSince } from './rewind-since.ts';
import { SOURCE_SCHEMA, type Source } from './selected-stage.ts';
import { readStagedTablesAt, readTablesAt } from './tables-at.ts';
import {
  BASE_SCHEMA,
  collides,
  findBaseTable,
  type MergedTable,
  markConflicts,
  takeSides,
} from './three-way.ts';

/* Which side is taken of each row that a snapshot and the database have otherwise, and which rows a person has to choose. */

/**
 * `no-log`: the snapshot has no events, or they have no ids of their own. `elsewhere`: a part of what they hold is in another table. `not-applied`: the tables do not hold the whole
 * log, now or in the snapshot. `other-timeline`: newer events have the ids of lost ones, or earlier events have changed.
 * `no-gaps`: the profile wants ids without gaps, and the record of the rewind has to go. `newer-taken`: the rewind took
 * newer events, too. `rewound-further`: a later rewind took what the first one had left of its chat, so a gap would remain.
 * `several-rewinds`: there is no base, and more than one rewind is recorded since. `wrong-base`: the named one is not the
 * state just after the rewind. `base-unreadable`: what may be that state cannot be read. `without-key`: both sides changed a
 * row of a table in which rows are not told apart by their key, because one has no value there.
 */
type Obstacle =
  | 'no-log'
  | 'elsewhere'
  | 'not-applied'
  | 'other-timeline'
  | 'no-gaps'
  | 'newer-taken'
  | 'rewound-further'
  | 'several-rewinds'
  | 'wrong-base'
  | 'base-unreadable'
  | 'without-key';

/** Why a snapshot cannot be merged. */
type Refused = { readonly refusal: Refusal } & Pick<MergedPart, 'otherBases'>;

/** `tables`: with the sides that are taken, in temporary tables; what nothing decides is marked as a conflict. */
export type MergeSides = {
  readonly refusal: null;
  readonly base: MergedPart['base'];
  readonly tables: readonly MergedTable[];
  /** Lets go of the base. */
  readonly close: () => Promise<void>;
};

/**
 * Takes the side of each row that only one side has changed since the base. Writes temporary tables only.
 * @throws as `findMergeBase`, `schema-needs-host`, `cancelled`, database errors
 */
export async function findMergeSides(
  source: Source,
  database: HostDatabase,
  baseId: Merge['baseId'],
  task: TaskOptions,
): Promise<MergeSides | Refused> {
  const { folder, stage } = source;
  const tablesAt = readStagedTablesAt(stage) ?? (await readTablesAt(folder, database, task));
  if (tablesAt !== null) return refuse('not-applied');
  const { profile } = database;
  if (profile.log.joined.length > 0) return refuse('elsewhere');
  const usable = stage.tables
    .filter(({ live, emptyOrAbsent }) => live.readOnly === null && !emptyOrAbsent)
    .map((staged) => ({ ...staged, schemaName: SOURCE_SCHEMA }));
  const comparisons = await compareEach(database, usable, 'differing', createYielder(task));
  const log = comparisons.find(({ staged }) => staged.role === 'log');
  if (log === undefined || stage.lastEventId === null || !isKeyedById(log.staged, profile.log.columns.id))
    return refuse('no-log');
  if (!log.isKeyed) return refuse('no-log');
  const rewind = findRewindSince(database, log, stage.lastEventId);
  if (rewind.isOtherLog) return refuse('other-timeline');
  if (rewind.tookNewer) return refuse('newer-taken');
  if (rewind.wentFurther) return refuse('rewound-further');
  if (profile.log.gapless && rewind.records.length > 0) return refuse('no-gaps');
  const { base, unread, others } = await findMergeBase(source, database, { baseId, rewind }, task);
  if (unread !== null)
    return {
      ...refuse('base-unreadable', { base: unread, hasOthers: others.length > 0 }),
      otherBases: others,
    };
  if (base === null && baseId !== null) return refuse('wrong-base');
  if (base === null && rewind.records.length > 1) return refuse('several-rewinds');
  const close = async () => base?.stage.close();
  try {
    if (base !== null) attachStage(database.db, base.stage, BASE_SCHEMA);
    const tables = await takeAllSides(database, { comparisons, base }, task);
    const collision = tables.find((table) => collides(database, table));
    if (collision !== undefined) {
      await close();
      return refuse('without-key', { table: collision.comparison.staged.live.name });
    }
    settleLog(database, tables, rewind);
    for (const table of tables) markConflicts(database, table);
    return { refusal: null, base: nameOf(base), tables, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Takes a side of each row that differs, table by table. */
async function takeAllSides(
  database: HostDatabase,
  { comparisons, base }: { readonly comparisons: readonly Comparison[]; readonly base: MergeBase | null },
  task: TaskOptions,
): Promise<readonly MergedTable[]> {
  const yielder = createYielder(task);
  const tables: MergedTable[] = [];
  for (const [index, comparison] of comparisons.entries()) {
    const chosen = beginChoosing(database, comparison, { index, isWhole: false });
    const ofBase = findBaseTable(comparison.staged, base?.stage.tables);
    tables.push(takeSides(database, chosen, { base: ofBase, index }));
    await yielder.step();
  }
  return tables;
}

/**
 * The record of the rewind goes. And where no base has an event, its flags tell which side it is taken from: those that the
 * rewind set go with it, those that newer events set stay.
 */
function settleLog(
  database: HostDatabase,
  tables: readonly MergedTable[],
  { records, after }: RewindSince,
): void {
  const [record = null] = records;
  const table = tables.find(({ comparison }) => comparison.staged.role === 'log');
  if (table === undefined || record === null) return;
  const { comparison, sides } = table;
  const { table: live, id, superseded } = liveNames(database, comparison);
  const same = comparison.identity.map((column, index) => `l.${quoteName(column)} = x.i${index}`);
  const lines = (line: string, from: string, where: string) =>
    `line IN (SELECT ${line} FROM ${from} x CROSS JOIN ${live} ON ${same.join(' AND ')} WHERE ${where})`;
  database.db.exec(
    `UPDATE ${sides} SET take = 'theirs' WHERE side = 'gone' AND ${lines('x.rowid', comparison.gone, `l.${id} = ${record}`)}`,
  );
  if (superseded === null) return;
  const by = `CAST(l.${superseded} AS INTEGER)`;
  const settle = (take: string, where: string) =>
    `UPDATE ${sides} SET take = '${take}' WHERE side = 'put' AND NOT based AND take IS NULL
      AND ${lines('x.ord', comparison.put, `x.survivor AND ${where}`)};`;
  database.db.exec(`${settle('theirs', `${by} = ${record}`)} ${settle('mine', `${by} > ${after}`)}`);
}

function nameOf(base: MergeBase | null): MergedPart['base'] {
  return base === null ? null : { snapshot: base.snapshot, inferred: base.inferred };
}

/** `detail`: what it is about. */
function refuse(why: Obstacle, detail: ErrorDetail = {}): Refused {
  const reason = REASONS[why].replace('…', `“${detail.table}”`);
  const error = new SnapbackError('merge-refused', reason, { why, ...detail });
  return { refusal: refusalOf(error), otherBases: [] };
}

/** `…` stands for the table that it is about. */
const REASONS: Readonly<Record<Obstacle, string>> = {
  'no-log': 'The events of the log have no ids of their own that tell which ones are newer.',
  elsewhere: 'A part of what the events hold is in another table than the log.',
  'not-applied': 'The chat app has not applied all events of the log to its tables, now or in the snapshot.',
  'other-timeline': 'Newer events have the ids of lost ones, or earlier events have changed.',
  'no-gaps':
    'The profile says that ids must have no gaps, and the record of the rewind would have to be removed.',
  'newer-taken': 'The rewind also took messages that were written after this snapshot was taken.',
  'rewound-further':
    'The chat was rewound again later, to an earlier message than the first time. Bring back first what that took, with the snapshot from before that rewind.',
  'several-rewinds':
    'The chats were rewound more than once since this snapshot, and no snapshot of the time after the first rewind was found.',
  'wrong-base': 'The snapshot to compare with does not hold the state just after the rewind.',
  'base-unreadable':
    'The snapshot that may hold the state just after the rewind, which tells who changed a row, cannot be read.',
  'without-key':
    'In the table … a row has no value in its key, so that rows cannot be told apart by it, and a row was changed both in the snapshot and since.',
};
