import { compareEach } from '../compare/compare-snapshot.ts';
import type { Comparison } from '../compare/compare-table.ts';
import type { HostDatabase } from '../host/host-database.ts';
import { SnapbackError } from '../model/errors.ts';
import type { Refusal } from '../model/restore.ts';
import type { SelectedPart, Selection } from '../model/selection.ts';
import type { TaskOptions } from '../model/task.ts';
import { foldName } from '../sqlite/names.ts';
import { copyStage, type Stage } from '../stage/stage.ts';
import type { StagedTable } from '../stage/staged-table.ts';
import { createYielder } from '../system/yielder.ts';
import { MOST_STAYING } from './belonging.ts';
import { type ChosenChat, chooseChat } from './choose-chat.ts';
import { type ChosenRelated, chooseRelated } from './choose-related.ts';
import { chooseRows } from './choose-rows.ts';
import {
  beginChoosing,
  type ChosenTable,
  type ChosenTables,
  countChosen,
  hasChoosableRows,
} from './chosen-rows.ts';
import { mergeLiveRows } from './merge-stage.ts';
import type { Search } from './operation.ts';
import { findDifferingParents, MOST_PULLED, pullParents } from './pull-parents.ts';
import { findDeclared, findForeignKeys, type Reference } from './references.ts';
import { refusalOf } from './refusals.ts';
import {
  NO_PART,
  type Obstacle,
  type Selected,
  type SelectedStage,
  SOURCE_SCHEMA,
  type Source,
} from './selected-stage.ts';
import { readStagedTablesAt, readTablesAt } from './tables-at.ts';

/*
 * Restoring a part of a snapshot. Rows of the snapshot that differ are chosen, with the parents that they need. Then a copy
 * of the stage is made that holds these, and of all other rows what the database holds.
 *
 * For planning, writing, verifying and undoing, this is a restore like any other, of that copy: it changes what was chosen.
 */

type Found = ChosenChat & ChosenRelated;

const NONE_FOUND: Found = { staying: [], related: [], guessed: [], reusesIds: false, obstacle: null };

/**
 * Makes the stage whose restore brings back the selected part and changes nothing else. Call it in the transaction that the
 * plan is made in. The caller closes the stage.
 * @throws `usage` for what cannot be selected, `disk-full`, `schema-needs-host`, `cancelled`, database errors
 */
export async function selectPart(
  source: Source,
  database: HostDatabase,
  selection: Selection,
  task: TaskOptions,
): Promise<SelectedStage> {
  const { folder, stage, place } = source;
  const names = selection.by === 'tables' ? selection.tables.map((name) => findTable(stage, name)) : null;
  const whole = new Set(names);
  const nothing = { part: NO_PART, hash: '', whole, chosen: new Map() };
  const refused = (obstacle: Obstacle): SelectedStage => ({
    stage: { ...stage, tables: [] },
    selected: { ...nothing, obstacle },
    close: null,
  });
  const tablesAt = readStagedTablesAt(stage) ?? (await readTablesAt(folder, database, task));
  if (tablesAt !== null) return refused('not-applied');
  const usable = stage.tables
    .filter((staged) => whole.has(foldName(staged.live.name)) || hasChoosableRows(staged))
    .map((staged) => ({ ...staged, schemaName: SOURCE_SCHEMA }));
  const keys = [...findForeignKeys(database, usable), ...findDeclared(database, usable)];
  const named = selection.by === 'rows' ? selection.rows.map(({ table }) => findTable(stage, table)) : names;
  const needed = named === null || hasRelated(selection) ? usable : withParents(usable, new Set(named), keys);
  const tables = await compareSource(database, needed, whole, task);
  const isSalvaged = stage.about?.salvaged !== undefined;
  if (selection.by === 'rows') chooseRows(database, tables, { rows: selection.rows, isSalvaged });
  const yielder = createYielder(task);
  const found: Found = {
    ...NONE_FOUND,
    ...(await findRelated(database, tables, selection, { keys, yielder })),
  };
  if (found.reusesIds) return refused('ids-reused');
  if (found.obstacle !== null) return refused(found.obstacle);
  const pulled = await pullParents(database, tables, keys, yielder);
  if (pulled === null) return refused('too-many');
  const staying = [...found.staying, ...findDifferingParents(database, tables, keys)];
  const part: SelectedPart = {
    ...{ pulled, related: found.related, guessed: found.guessed },
    staying: staying.slice(0, MOST_STAYING),
    moreStaying: staying.length > MOST_STAYING,
  };
  const counted = [...tables.values()].map((table) => ({ table, rows: countChosen(database, table) }));
  const taken = counted.filter(({ table, rows }) => table.isWhole || rows > 0);
  const chosen = new Map(taken.map(({ table, rows }) => [table.comparison.staged.live.name, rows]));
  const touched = new Set([...chosen.keys()].map(foldName));
  const drift = stage.drift.filter(({ table }) => touched.has(foldName(table)));
  const guessedBlobs = stage.guessedBlobs.filter(({ table }) => touched.has(foldName(table)));
  const only = taken.map(({ table }) => table);
  if (only.every(({ isWhole }) => isWhole)) {
    const own = stage.tables.filter(({ live }) => touched.has(foldName(live.name)));
    return {
      stage: { ...stage, drift, guessedBlobs, tables: own },
      selected: { part, hash: '', whole, chosen, obstacle: null },
      close: null,
    };
  }
  const copy = copyStage(stage, { folder: place, nativeBinding: folder.nativeBinding });
  try {
    const target = { stage: copy, nativeBinding: folder.nativeBinding };
    const merged = await mergeLiveRows(target, database, only, task);
    return {
      stage: { ...copy, drift, guessedBlobs, tables: merged.tables },
      selected: { part, hash: merged.hash, whole, chosen, obstacle: null },
      close: copy.close,
    };
  } catch (error) {
    await copy.close();
    throw error;
  }
}

function hasRelated(selection: Selection): boolean {
  return selection.by === 'rows' && selection.related !== undefined && selection.related !== 'none';
}

/** Chooses what belongs to a chat, or what comes along with rows. */
async function findRelated(
  database: HostDatabase,
  tables: ChosenTables,
  selection: Selection,
  search: Search,
): Promise<ChosenChat | ChosenRelated | null> {
  switch (selection.by) {
    case 'chat':
      return chooseChat(database, tables, selection, search.keys);
    case 'rows':
      return chooseRelated(database, tables, selection, search);
    case 'tables':
      return null;
  }
}

/** The folded name of a table that can be restored from the snapshot. @throws `usage` */
function findTable(stage: Stage, name: string): string {
  const staged = stage.tables.find(({ live }) => foldName(live.name) === foldName(name));
  const known = stage.tables.filter(({ live }) => live.readOnly === null).map(({ live }) => live.name);
  if (staged === undefined)
    throw refuse(
      `There is no table “${name}” both in this snapshot and in the database. Choose among: ${known.join(', ')}.`,
    );
  if (staged.live.readOnly !== null)
    throw refuse(
      `The rows of “${staged.live.name}” come from other tables. Choose among: ${known.join(', ')}.`,
    );
  return foldName(staged.live.name);
}

function refuse(message: string): SnapbackError {
  return new SnapbackError('usage', message, { command: 'restore' });
}

/** The tables of these names, and those that a chain of foreign keys leads to from there. */
function withParents(
  tables: readonly StagedTable[],
  names: ReadonlySet<string>,
  keys: readonly Reference[],
): readonly StagedTable[] {
  const found = new Set(names);
  for (let before = 0; before < found.size; ) {
    before = found.size;
    for (const { child, parent } of keys)
      if (found.has(foldName(child.live.name))) found.add(foldName(parent.live.name));
  }
  return tables.filter(({ live }) => found.has(foldName(live.name)));
}

async function compareSource(
  database: HostDatabase,
  tables: readonly StagedTable[],
  whole: ReadonlySet<string>,
  task: TaskOptions,
): Promise<ChosenTables> {
  const comparisons = await compareEach(database, tables, 'differing', createYielder(task));
  const found = new Map<string, ChosenTable>();
  for (const [index, comparison] of comparisons.entries()) {
    const name = foldName(comparison.staged.live.name);
    found.set(name, beginChoosing(database, comparison, { index, isWhole: whole.has(name) }));
  }
  return found;
}

/**
 * Why a plan of a selected part may not be applied; null: it may. `comparisons`: those of the tables that are written. They
 * prove that nothing else than the chosen rows differs from what is restored.
 */
export function findSelectRefusal(
  { db }: HostDatabase,
  { obstacle, chosen, whole }: Selected,
  comparisons: readonly Comparison[],
): Refusal | null {
  const count = ({ put, gone }: Comparison) =>
    Number(
      db
        .prepare<[], unknown>(
          `SELECT (SELECT count(*) FROM ${put} WHERE differs) + (SELECT count(*) FROM ${gone})`,
        )
        .pluck()
        .get(),
    );
  const isExact = comparisons.every((comparison) => {
    const { name } = comparison.staged.live;
    return whole.has(foldName(name)) || count(comparison) === chosen.get(name);
  });
  const found = obstacle ?? (isExact ? null : 'inexact');
  return found === null
    ? null
    : refusalOf(new SnapbackError('selection-refused', REASONS[found], { why: found }));
}

const REASONS: Readonly<Record<Obstacle, string>> = {
  'no-operation': 'Nothing tells which rewind took this, so it is not known what else that took.',
  'ids-reused': 'Events of this chat have the ids of others that were written since, or the reverse.',
  'too-many': `More than ${MOST_PULLED} rows would have to come along, because selected rows refer to them.`,
  'not-applied': 'The chat app has not applied all events of the log to its tables, now or in the snapshot.',
  inexact: 'Some rows that should stay cannot be held exactly as they are.',
};
