import type { Profile } from '../host/profile.ts';
import { foldName } from '../sqlite/names.ts';
import type { Table } from '../sqlite/table.ts';
import { stageColumn } from '../stage/layout.ts';
import { findOwnKey } from '../stage/own-key.ts';
import type { Tables } from '../stage/own-tables.ts';
import type { Stage } from '../stage/stage.ts';
import type { StagedTable } from '../stage/staged-table.ts';
import type { ComparedColumn } from './compared.ts';

/** A table that two snapshots have, the one before (`here`) and the one after (`there`). */
type Pair = {
  readonly here: StagedTable;
  readonly there: StagedTable;
  /** The table after, with those of its columns that both have, by the names of the stage before. */
  readonly asked: StagedTable;
  readonly columns: readonly ComparedColumn[];
};

type Side = Pick<Stage, 'db' | 'tables'>;

/** Pairs the tables that two stages share. Of tables that are only known from snapshots, the rows tell the key. */
export function pairTables(before: Side, after: Side, from: Tables['from']): readonly Pair[] {
  return after.tables.flatMap((there) => {
    const here = before.tables.find((one) => foldName(one.live.name) === foldName(there.live.name));
    if (here === undefined) return [];
    if (from === 'database' || there.live.key.length > 0) return [pairUp(here, there)];
    const key = findOwnKey([
      { db: after.db, staged: there },
      { db: before.db, staged: here },
    ]);
    return [pairUp(withKey(here, key), withKey(there, key))];
  });
}

function withKey(staged: StagedTable, key: readonly string[]): StagedTable {
  return { ...staged, live: { ...staged.live, key } };
}

function pairUp(here: StagedTable, there: StagedTable): Pair {
  const shared = there.columns.flatMap((name, place) => {
    const at = here.columns.indexOf(name);
    return at === -1 ? [] : [{ name: stageColumn(at), place }];
  });
  const columns = there.live.columns.flatMap((column): readonly ComparedColumn[] => {
    const [before, after] = [here, there].map(({ columns }) => {
      const place = columns.indexOf(column.name);
      return place === -1 ? null : stageColumn(place);
    });
    return before == null && after == null ? [] : [{ column, before: before ?? null, after: after ?? null }];
  });
  return {
    here,
    there,
    asked: {
      ...there,
      live: tableOfStage(here),
      columns: shared.map(({ name }) => name),
      places: shared.map(({ place }) => place),
    },
    columns,
  };
}

/** A staged table as an ordinary one, with the affinities and the key of the live table that it was laid out for. */
function tableOfStage({ live, name, columns, rowid }: StagedTable): Table {
  const own = (column: string) => stageColumn(columns.indexOf(column));
  const hasKey = live.key.length > 0 && live.key.every((column) => columns.includes(column));
  const keyColumn = rowid === 'key' && live.rowidColumn !== null ? own(live.rowidColumn) : null;
  return {
    ...live,
    name,
    kind: 'table',
    readOnly: null,
    columns: columns.flatMap((column) =>
      live.columns.filter((one) => one.name === column).map((one) => ({ ...one, name: own(column) })),
    ),
    generated: [],
    key: hasKey ? live.key.map(own) : [],
    withoutRowid: false,
    rowidColumn: keyColumn,
    rowid: keyColumn ?? 'ord',
    scanHint: '',
  };
}

/** The profile in which the log's columns have the names of the stage. Those that it lacks have none. */
export function profileOfStage(profile: Profile, live: Table, { name, columns }: StagedTable): Profile {
  const names = columns.map(foldName);
  const own = (column: string) => {
    const place = names.indexOf(foldName(column));
    return place === -1 ? '' : stageColumn(place);
  };
  const { id, ts, kind, payload } = profile.log.columns;
  const renamed = { id: own(id), ts: own(ts), kind: own(kind), payload: own(payload) };
  return {
    ...profile,
    log: { ...profile.log, table: name, columns: { ...profile.log.columns, ...renamed } },
    tables: profile.tables.filter((table) => foldName(table) !== foldName(live.name)),
  };
}
