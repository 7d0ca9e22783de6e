import type { DataFolder } from '../host/data-folder.ts';
import type { SchemaDrift } from '../model/diff.ts';
import { SnapbackError } from '../model/errors.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import { foldName } from '../sqlite/names.ts';
import { lookAgain } from '../stage/look-again.ts';
import { findOwnKey } from '../stage/own-key.ts';
import { withOwnTables } from '../stage/own-tables.ts';
import type { Stage, StagePlace } from '../stage/stage.ts';
import type { StagedTable } from '../stage/staged-table.ts';
import { stageById } from '../stage/staged-view.ts';
import { type SearchedTable, tableOfStage } from './searched-rows.ts';

/*
 * A stage is laid out for the tables of today's database. What a snapshot holds beyond those is searched in a second stage,
 * which is laid out for the snapshot's own tables.
 */

type Found = {
  readonly folder: DataFolder;
  readonly id: SnapshotId;
  readonly place: Pick<StagePlace, 'folder'>;
  readonly stage: Stage;
};

/**
 * Gives `use` the tables and columns of a snapshot that the database lacks, with the notes on what cannot be searched even
 * so. @throws as `withOwnTables` and `stageById`, but for damage that only these tables have
 */
export async function withLostTables<T>(
  { folder, id, place, stage }: Found,
  task: TaskOptions,
  use: (lost: readonly SearchedTable[], notes: readonly string[]) => Promise<T>,
): Promise<T> {
  const lost = stage.drift.filter((one) => one.loses > 0 && LOSING.includes(one.kind));
  if (lost.length === 0) return use([], notesOf(stage));
  const unknown = lost.filter(({ kind }) => kind === 'table-unknown').map(({ table }) => table);
  const profile = { ...folder.profile, tables: [...folder.profile.tables, ...unknown] };
  const own = { ...folder, profile };
  let begun = false;
  try {
    return await lookAgain((withStages) =>
      withOwnTables(own, [id], { signal: task.signal }, async (live) => {
        const found = await stageById(own, id, { folder: place.folder, live, proof: 'facts' }, task);
        return withStages([found.stage], async () => {
          begun = true;
          const rest = { drift: [], unreadable: stage.unreadable };
          return use(tablesOf(found.stage, lost, stage, own), notesOf(rest));
        });
      }),
    );
  } catch (error) {
    const isOfThese = error instanceof SnapbackError && error.code.startsWith('snapshot-') && !begun;
    if (!isOfThese) throw error;
  }
  return use([], notesOf(stage));
}

const LOSING: readonly SchemaDrift['kind'][] = ['table-missing-live', 'table-unknown', 'column-missing-live'];

function tablesOf(
  own: Stage,
  lost: readonly SchemaDrift[],
  stage: Stage,
  { profile }: Pick<DataFolder, 'profile'>,
): readonly SearchedTable[] {
  const isOf = (table: string) => (one: { readonly table: string }) =>
    foldName(one.table) === foldName(table);
  return own.tables.flatMap((staged): readonly SearchedTable[] => {
    const here = lost.filter(isOf(staged.live.name));
    if (here.length === 0) return [];
    const known = stage.tables.find(({ live }) => foldName(live.name) === foldName(staged.live.name));
    const keyOf = (one: StagedTable) => known?.live.key ?? findOwnKey([{ db: own.db, staged: one }]);
    const columns = here.flatMap(({ column }) => (column === null ? [] : [foldName(column)]));
    const only = here.some(({ kind }) => kind !== 'column-missing-live') ? null : new Set(columns);
    return [tableOfStage({ stage: own, profile, keyOf }, staged, only)];
  });
}

/** What a snapshot holds, of one table or of all, that has no place in its stage. */
export function notesOf(
  { drift, unreadable }: Pick<Stage, 'drift' | 'unreadable'>,
  table: string | null = null,
): readonly string[] {
  const isMeant = (one: { readonly table: string }) =>
    table === null || foldName(one.table) === foldName(table);
  return [
    ...drift.filter(isMeant).flatMap(describeLost),
    ...unreadable.filter(isMeant).map((one) => `“${one.table}” cannot be read here, so it was not searched.`),
  ];
}

function describeLost({ kind, table, column, loses }: SchemaDrift): readonly string[] {
  if (loses === 0) return [];
  if (kind === 'table-missing-live' || kind === 'table-unknown')
    return [`The database has no table “${table}”, so it was not searched.`];
  return kind === 'column-missing-live'
    ? [`The database has no column “${column ?? ''}” in “${table}”, so it was not searched.`]
    : [];
}
