import { createHash } from 'node:crypto';
import { compareEach } from '../compare/compare-snapshot.ts';
import type { Comparison } from '../compare/compare-table.ts';
import type { HostDatabase } from '../host/host-database.ts';
import { type ErrorDetail, SnapbackError } from '../model/errors.ts';
import type { Merge, MergedPart, Refusal } from '../model/restore.ts';
import type { TaskOptions } from '../model/task.ts';
import { foldName, quoteName } from '../sqlite/names.ts';
import { copyStage } from '../stage/stage.ts';
import { attachStage } from '../stage/staged-view.ts';
import { createYielder } from '../system/yielder.ts';
import { beginChoosing, countChosen } from './chosen-rows.ts';
import { applyChoices, readConflicts } from './conflicts.ts';
import { findMergeBase, type MergeBase } from './merge-base.ts';
import { mergeLiveRows } from './merge-stage.ts';
import { refusalOf } from './refusals.ts';
import { findRewindSince, isKeyedById, liveNames, type RewindSince } from './rewind-since.ts';
import { NO_MERGE, NO_PART, type SelectedStage, SOURCE_SCHEMA, type Source } from './selected-stage.ts';
import { readStagedTablesAt, readTablesAt } from './tables-at.ts';
import {
  BASE_SCHEMA,
  collides,
  findBaseTable,
  type MergedTable,
  markConflicts,
  takeSides,
} from './three-way.ts';

/*
 * Restoring a snapshot while keeping what was written since in the tables themselves, for a chat app that would not apply
 * it again. Each row that differs is taken from the side that changed it since the rewind; those that both changed are
 * conflicts, which a person has to choose. The record of the rewind goes, so that nothing rewinds again.
 *
 * For planning, writing, verifying and undoing, this is the restore of a part: of the rows that are taken from the snapshot.
 */

/**
 * `no-log`: the snapshot has no events, or they have no ids of their own. `not-applied`: the tables do not hold the whole
 * log, now or in the snapshot. `other-timeline`: newer events have the ids of lost ones, or earlier events have changed.
 * `no-gaps`: the profile wants ids without gaps, and the record of the rewind has to go. `newer-taken`: the rewind took
 * newer events, too. `rewound-further`: a later rewind took what the first one had left of its chat, so a gap would remain.
 * `several-rewinds`: there is no base, and more than one rewind is recorded since. `wrong-base`: the named one is not the
 * state just after the rewind. `base-unreadable`: what may be that state cannot be read. `without-key`: both sides changed a
 * row of a table in which rows are not told apart by their key, because one has no value there.
 */
type Obstacle =
  | 'no-log'
  | 'not-applied'
  | 'other-timeline'
  | 'no-gaps'
  | 'newer-taken'
  | 'rewound-further'
  | 'several-rewinds'
  | 'wrong-base'
  | 'base-unreadable'
  | 'without-key';

/**
 * Makes the stage whose restore takes from the snapshot what the merge takes from it, and changes nothing else. As long as
 * conflicts are open, it has their rows as they are now. Call it in the transaction that the plan is made in. The caller
 * closes the stage.
 * @throws `usage` for what cannot be chosen, as `findMergeBase`, `disk-full`, `schema-needs-host`, `cancelled`, database errors
 */
export async function mergeNewer(
  source: Source,
  database: HostDatabase,
  { baseId, choices }: Merge,
  task: TaskOptions,
): Promise<SelectedStage> {
  const { folder, stage, place } = source;
  const tablesAt = readStagedTablesAt(stage) ?? (await readTablesAt(folder, database, task));
  if (tablesAt !== null) return refuse(source, 'not-applied');
  const { profile } = database;
  const usable = stage.tables
    .filter(({ live, emptyOrAbsent }) => live.readOnly === null && !emptyOrAbsent)
    .map((staged) => ({ ...staged, schemaName: SOURCE_SCHEMA }));
  const comparisons = await compareEach(database, usable, 'differing', createYielder(task));
  const log = comparisons.find(({ staged }) => staged.role === 'log');
  if (log === undefined || stage.lastEventId === null || !isKeyedById(log.staged, profile.log.columns.id))
    return refuse(source, 'no-log');
  if (!log.isKeyed) return refuse(source, 'no-log');
  const rewind = findRewindSince(database, log, stage.lastEventId);
  if (rewind.isOtherLog) return refuse(source, 'other-timeline');
  if (rewind.tookNewer) return refuse(source, 'newer-taken');
  if (rewind.wentFurther) return refuse(source, 'rewound-further');
  if (profile.log.gapless && rewind.records.length > 0) return refuse(source, 'no-gaps');
  const { base, unread } = await findMergeBase(source, database, { baseId, rewind }, task);
  if (unread !== null) return refuse(source, 'base-unreadable', { base: unread });
  let copy: SelectedStage['stage'] | null = null;
  const close = async () => {
    await copy?.close();
    await base?.stage.close();
  };
  try {
    if (baseId !== null && base === null) return refuse(source, 'wrong-base');
    if (base === null && rewind.records.length > 1) return refuse(source, 'several-rewinds');
    if (base !== null) attachStage(database.db, base.stage, BASE_SCHEMA);
    const tables = await takeAllSides(database, { comparisons, base }, task);
    const collision = tables.find((table) => collides(database, table));
    if (collision !== undefined) {
      await close();
      return refuse(source, 'without-key', { table: collision.comparison.staged.live.name });
    }
    settleLog(database, tables, rewind);
    for (const table of tables) markConflicts(database, table);
    applyChoices(database, tables, choices);
    const { undecided, ...conflicts } = readConflicts(database, tables);
    const part = { base: nameOf(base), ...conflicts };
    const counted = tables.map((table) => ({ table, rows: countChosen(database, table) }));
    const taken = counted.filter(({ rows }) => rows > 0).map(({ table }) => table);
    const chosen = new Map(counted.map(({ table, rows }) => [table.comparison.staged.live.name, rows]));
    const touched = new Set(taken.map(({ comparison }) => foldName(comparison.staged.live.name)));
    const isTouched = ({ table }: { readonly table: string }) => touched.has(foldName(table));
    copy = copyStage(stage, { folder: place, nativeBinding: folder.nativeBinding });
    const target = { stage: copy, nativeBinding: folder.nativeBinding };
    const merged = await mergeLiveRows(target, database, taken, task);
    return {
      stage: {
        ...copy,
        drift: stage.drift.filter(isTouched),
        guessedBlobs: stage.guessedBlobs.filter(isTouched),
        tables: merged.tables,
      },
      selected: {
        ...{ part: NO_PART, whole: new Set(), chosen, obstacle: null },
        hash: hashOf(merged.hash, part),
        merged: { part, undecided, refusals: part.conflictsOpen === 0 ? [] : [openRefusal(part)] },
      },
      close,
    };
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

/** One name for what is restored, and for what was shown of it. */
function hashOf(rows: string, { base, conflictCount, conflictsOpen }: MergedPart): string {
  const told = [rows, base?.snapshot, base?.inferred, conflictCount, conflictsOpen];
  return createHash('sha256').update(JSON.stringify(told)).digest('hex');
}

/** Nothing is merged. `detail`: what it is about. */
function refuse({ stage }: Source, why: Obstacle, detail: ErrorDetail = {}): SelectedStage {
  const about = Object.values(detail).map((name) => `“${name}”`);
  const reason = REASONS[why].replace('…', about.join(''));
  const refusal = refusalOf(new SnapbackError('merge-refused', reason, { why, ...detail }));
  return {
    stage: { ...stage, tables: [] },
    selected: {
      ...{ part: NO_PART, hash: why, whole: new Set(), chosen: new Map(), obstacle: null },
      merged: { part: NO_MERGE, undecided: [], refusals: [refusal] },
    },
    close: null,
  };
}

function openRefusal({ conflictsOpen, conflictCount }: MergedPart): Refusal {
  return refusalOf(
    new SnapbackError(
      'conflicts-open',
      conflictsOpen === 1
        ? 'One row has changed both in the snapshot and since, and nothing says which version to take.'
        : `${conflictsOpen} rows have changed both in the snapshot and since, and nothing says which versions to take.`,
      { open: conflictsOpen, conflicts: conflictCount },
    ),
  );
}

/** `…` stands for what it is about. */
const REASONS: Readonly<Record<Obstacle, string>> = {
  'no-log': 'The events of the log have no ids of their own that tell which ones are newer.',
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
    'The snapshot … may hold the state just after the rewind, which tells who changed a row, but it cannot be read.',
  'without-key':
    'In the table … a row has no value in its key, so that rows cannot be told apart by it, and a row was changed both in the snapshot and since.',
};
